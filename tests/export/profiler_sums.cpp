// SPDX-License-Identifier: Apache-2.0
#include "tests/export/profiler_sums.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <vector>

namespace heaptap::exporting::test {
namespace {

/// The number at the root of a tree whose callers add up to it, all the way.
std::uint64_t massifTree(std::istringstream& lines) {
  std::string line;
  std::getline(lines, line);
  std::istringstream words(line);
  char n = 0, colon = 0;
  std::size_t callers = 0;
  std::uint64_t bytes = 0;
  words >> n >> callers >> colon >> bytes;
  EXPECT_EQ(n, 'n') << line;
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < callers; ++i) sum += massifTree(lines);
  if (callers != 0) {
    EXPECT_EQ(sum, bytes) << line;
  }
  return bytes;
}

}  // namespace

std::optional<std::uint64_t> sumInGperftools(const std::string& text, Cost cost) {
  std::uint64_t live = 0, allocations = 0, bytes = 0;
  std::uint64_t liveInHead = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const bool isHead = line.starts_with("heap profile: ");
    if (!isHead && line.find("] @ 0x") == std::string::npos) continue;
    if (!isHead && line.starts_with("0x")) continue;  // A symbol.
    std::istringstream words(isHead ? line.substr(14) : line);
    std::uint64_t blocks = 0, liveBytes = 0, count = 0, allocated = 0;
    char punctuation = 0;
    words >> blocks >> punctuation >> liveBytes >> punctuation >> count >> punctuation >> allocated;
    if (isHead) {
      liveInHead = liveBytes;
      continue;
    }
    live += liveBytes;
    allocations += count;
    bytes += allocated;
  }
  EXPECT_EQ(live, liveInHead);
  switch (cost) {
    case Cost::Live:
    case Cost::Leaked:
    case Cost::Peak: return live;
    case Cost::Bytes: return bytes;
    case Cost::Allocations: return allocations;
    case Cost::Temporary: return std::nullopt;
  }
  return std::nullopt;
}

/// By the rules of heaptrack's own reader.
std::optional<std::uint64_t> sumInHeaptrack(const std::string& text, Cost cost) {
  std::vector<std::uint64_t> sizes;
  std::uint64_t live = 0, peak = 0, allocations = 0, bytes = 0, temporary = 0, last = 0, traces = 0, ips = 0,
                used = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    words >> std::hex;
    std::string kind;
    std::uint64_t first = 0, second = 0;
    words >> kind >> first >> second;
    if (kind == "i") ++ips;
    if (kind == "t") {
      EXPECT_TRUE(first >= 1 && first <= ips && second <= traces);
      ++traces;
    }
    if (kind == "a") {
      EXPECT_TRUE(second >= 1 && second <= traces);
      sizes.push_back(first);
    }
    if (kind == "s") {
      EXPECT_EQ(line.size(), line.find(' ', 2) + 1 + first);
    }
    if (kind == "+") {
      // heaptrack_gui ends at a number that is allocated before the one before it was.
      EXPECT_LE(first, used);
      used = std::max(used, first + 1);
      live += sizes.at(first);
      bytes += sizes.at(first);
      peak = std::max(peak, live);
      ++allocations;
      last = first;
    }
    if (kind == "-") {
      live -= sizes.at(first);
      temporary += first == last;
      last = 0;
    }
  }
  switch (cost) {
    case Cost::Live:
    case Cost::Leaked: return live;
    case Cost::Bytes: return bytes;
    case Cost::Allocations: return allocations;
    case Cost::Peak: return peak;
    case Cost::Temporary: return temporary;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> sumInMassif(const std::string& text, Cost cost) {
  if (cost != Cost::Peak && cost != Cost::Live) return std::nullopt;
  std::istringstream lines(text);
  std::uint64_t bytes = 0, peak = 0, tree = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("mem_heap_B=")) bytes = std::stoull(line.substr(11));
    if (!line.starts_with("heap_tree=")) continue;
    tree = line == "heap_tree=empty" ? bytes : massifTree(lines);
    EXPECT_EQ(tree, bytes);
    if (line == "heap_tree=peak") peak = bytes;
  }
  return cost == Cost::Peak ? peak : bytes;
}

std::optional<std::uint64_t> sumInCallgrind(const std::string& text, Cost cost) {
  static const std::map<Cost, std::string> kEvents{
      {Cost::Live, "LiveBytes"},          {Cost::Leaked, "LiveBytes"},     {Cost::Peak, "PeakBytes"},
      {Cost::Allocations, "Allocations"}, {Cost::Bytes, "AllocatedBytes"}, {Cost::Temporary, "Temporaries"}};
  std::size_t column = 0;
  std::uint64_t sum = 0, totals = 0;
  bool isCall = false;
  const auto number = [&column](const std::string& line) {
    std::istringstream words(line);
    std::string word;
    for (std::size_t i = 0; i <= column; ++i) words >> word;
    return std::stoull(word);
  };
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("events: ")) {
      std::istringstream words(line);
      std::string word;
      while (words >> word && word != kEvents.at(cost)) ++column;
    }
    if (line.starts_with("totals: ")) totals = number(line);
    if (line.starts_with("calls=")) isCall = true;
    if (line.empty() || line[0] < '0' || line[0] > '9') continue;
    if (!isCall) sum += number(line);
    isCall = false;
  }
  EXPECT_EQ(sum, totals);
  return sum;
}

}  // namespace heaptap::exporting::test
