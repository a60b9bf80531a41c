// SPDX-License-Identifier: Apache-2.0
#include "tests/export/sums.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/export/message_sums.h"
#include "tests/export/profiler_sums.h"

namespace heaptap::exporting::test {
namespace {

using Sum = std::optional<std::uint64_t>;

Sum sumInFolded(const std::string& text, Cost) {
  std::uint64_t sum = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t blank = line.rfind(' ');
    EXPECT_NE(blank, std::string::npos) << line;
    EXPECT_NE(blank, 0U);
    sum += std::stoull(line.substr(blank + 1));
  }
  return sum;
}

Sum sumInCsv(const std::string& text, Cost cost) {
  static const std::map<Cost, std::string> kColumns{
      {Cost::Live, "live_bytes"},       {Cost::Leaked, "live_bytes"},
      {Cost::Peak, "peak_bytes"},       {Cost::Allocations, "allocations"},
      {Cost::Bytes, "allocated_bytes"}, {Cost::Temporary, "temporary_allocations"}};
  const auto records = csvRecords(text);
  const auto& names = records.at(0);
  const auto column = std::find(names.begin(), names.end(), kColumns.at(cost)) - names.begin();
  std::uint64_t sum = 0;
  for (std::size_t i = 1; i < records.size(); ++i) {
    EXPECT_EQ(records[i].size(), names.size());
    if (records[i].at(0) == "malloc") sum += std::stoull(records[i].at(static_cast<std::size_t>(column)));
  }
  return sum;
}

Sum sumInJson(const std::string& text, Cost cost) {
  static const std::map<Cost, std::string> kColumns{
      {Cost::Live, "bytes"},           {Cost::Leaked, "bytes"},
      {Cost::Peak, "peakBytes"},       {Cost::Allocations, "allocations"},
      {Cost::Bytes, "allocatedBytes"}, {Cost::Temporary, "temporaries"}};
  const auto json = nlohmann::json::parse(text);
  std::uint64_t sum = 0;
  for (const auto& number : json.at("sites").at(kColumns.at(cost))) sum += number.get<std::uint64_t>();
  return sum;
}

/// Every number behind `mark`.
std::uint64_t numbersBehind(const std::string& text, const std::string& mark) {
  std::uint64_t sum = 0;
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1))
    sum += std::stoull(text.substr(at + mark.size(), 24));
  return sum;
}

Sum sumInSvg(const std::string& text, Cost) { return numbersBehind(text, "<g data-self=\""); }

Sum sumInDot(const std::string& text, Cost) { return numbersBehind(text, ", self="); }

Sum sumInHtml(const std::string& text, Cost cost) {
  const std::string mark = "id=\"data\">";
  const std::size_t begin = text.find(mark) + mark.size();
  // As a browser does: to the first end of a script.
  const auto json = nlohmann::json::parse(text.substr(begin, text.find("</script", begin) - begin));
  const std::string name(
      wordsOf(cost == Cost::Leaked && json["costs"][0]["cost"] != "leaked" ? Cost::Live : cost).name);
  std::uint64_t sum = 0;
  for (const auto& tree : json.at("costs")) {
    if (tree.at("cost") != name) continue;
    for (const auto& self : tree.at("self")) sum += self.get<std::uint64_t>();
    EXPECT_EQ(sum, tree.at("total").at(0).get<std::uint64_t>());
    return sum;
  }
  ADD_FAILURE() << "no tree of " << name;
  return sum;
}

Sum sumInSpeedscope(const std::string& text, Cost) {
  const auto json = nlohmann::json::parse(text);
  const auto& profile = json.at("profiles").at(0);
  const auto& frames = json.at("shared").at("frames");
  std::vector<std::size_t> open;
  std::uint64_t at = 0;
  for (const auto& event : profile.at("events")) {
    EXPECT_GE(event.at("at").get<std::uint64_t>(), at);
    at = event.at("at");
    const std::size_t frame = event.at("frame");
    EXPECT_LT(frame, frames.size());
    if (event.at("type") == "O") {
      open.push_back(frame);
      continue;
    }
    EXPECT_EQ(open.back(), frame);
    open.pop_back();
  }
  EXPECT_TRUE(open.empty());
  EXPECT_EQ(profile.at("endValue").get<std::uint64_t>(), at);
  return at;
}

/// What `heaptap check` says of leaks; of other costs, nothing.
Sum sumInSarif(const std::string& text, Cost cost) {
  const auto json = nlohmann::json::parse(text);
  if (cost != Cost::Leaked) return std::nullopt;
  std::uint64_t sum = 0;
  for (const auto& result : json.at("runs").at(0).at("results"))
    if (result.at("ruleId") == "leaked") sum += result.at("properties").at("bytes").get<std::uint64_t>();
  return sum;
}
Sum sumInJunit(const std::string& text, Cost cost) {
  if (cost != Cost::Leaked) return std::nullopt;
  std::uint64_t sum = 0;
  const std::string mark = " bytes&#10;";
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1))
    sum += std::stoull(text.substr(text.rfind(' ', at - 1) + 1));
  return sum;
}

Sum none(const std::string&, Cost) { return std::nullopt; }

const std::map<std::string_view, std::function<Sum(const std::string&, Cost)>> kReaders{
    {"text", none},
    {"json", sumInJson},
    {"csv", sumInCsv},
    {"html", sumInHtml},
    {"sarif", sumInSarif},
    {"junit", sumInJunit},
    {"folded", sumInFolded},
    {"svg", sumInSvg},
    {"pprof", sumInPprof},
    {"gperftools", sumInGperftools},
    {"speedscope", sumInSpeedscope},
    {"perfetto", sumInPerfetto},
    {"heaptrack", sumInHeaptrack},
    {"massif", sumInMassif},
    {"callgrind", sumInCallgrind},
    {"dot", sumInDot}};

}  // namespace

std::vector<std::vector<std::string>> csvRecords(const std::string& text) {
  std::vector<std::vector<std::string>> records{{""}};
  bool isQuoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string& field = records.back().back();
    if (isQuoted) {
      if (text[i] != '"')
        field += text[i];
      else if (i + 1 < text.size() && text[i + 1] == '"')
        field += text[i++];
      else
        isQuoted = false;
    } else if (text[i] == '"') {
      EXPECT_EQ(field, "");
      isQuoted = true;
    } else if (text[i] == ',') {
      records.back().emplace_back();
    } else if (text.compare(i, 2, "\r\n") == 0) {
      records.push_back({""});
      ++i;
    } else {
      field += text[i];
    }
  }
  EXPECT_FALSE(isQuoted);
  records.pop_back();
  return records;
}

Sum sumIn(std::string_view format, const std::string& exported, Cost cost) {
  const auto reader = kReaders.find(format);
  if (reader == kReaders.end()) {
    ADD_FAILURE() << "no reader for " << format << ": add one to tests/export/sums.cpp";
    return std::nullopt;
  }
  return reader->second(exported, cost);
}

}  // namespace heaptap::exporting::test
