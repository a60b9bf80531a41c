// SPDX-License-Identifier: Apache-2.0
#include "tests/export/sums.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

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

/// Fields of a message: numbers, and what is embedded.
struct Field {
  std::uint64_t number = 0;
  std::uint64_t value = 0;
  std::string_view bytes = {};
};
std::uint64_t takeVarint(std::string_view& bytes) {
  std::uint64_t value = 0;
  for (int shift = 0; !bytes.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    value |= std::uint64_t{byte & 0x7FU} << shift;
    if (byte < 0x80) return value;
  }
  ADD_FAILURE() << "a number that does not end";
  return value;
}
std::vector<Field> fieldsOf(std::string_view message) {
  std::vector<Field> fields;
  while (!message.empty()) {
    const std::uint64_t tag = takeVarint(message);
    Field field{.number = tag >> 3, .value = takeVarint(message)};
    if ((tag & 7) == 2) {
      field.bytes = message.substr(0, field.value);
      EXPECT_EQ(field.bytes.size(), field.value);
      message.remove_prefix(field.bytes.size());
    } else {
      EXPECT_EQ(tag & 7, 0U);
    }
    fields.push_back(field);
  }
  return fields;
}
std::vector<std::uint64_t> unpacked(std::string_view bytes) {
  std::vector<std::uint64_t> values;
  while (!bytes.empty()) values.push_back(takeVarint(bytes));
  return values;
}

std::string gunzipped(const std::string& compressed) {
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string input = compressed;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  std::string text;
  std::vector<char> part(1 << 20);
  int status = Z_OK;
  while (status == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(part.data());
    stream.avail_out = static_cast<uInt>(part.size());
    status = inflate(&stream, Z_NO_FLUSH);
    text.append(part.data(), part.size() - stream.avail_out);
  }
  EXPECT_EQ(status, Z_STREAM_END);
  inflateEnd(&stream);
  return text;
}

Sum sumInPprof(const std::string& file, Cost cost) {
  static const std::map<Cost, std::string> kTypes{
      {Cost::Live, "inuse_space"},  {Cost::Leaked, "inuse_space"},
      {Cost::Peak, "peak_space"},   {Cost::Allocations, "alloc_objects"},
      {Cost::Bytes, "alloc_space"}, {Cost::Temporary, "temporary_objects"}};
  const std::string text = gunzipped(file);
  std::vector<std::string_view> strings;
  std::vector<std::uint64_t> types;
  std::set<std::uint64_t> mappings{0}, locations, functions;
  std::uint64_t usual = 0;
  const std::vector<Field> fields = fieldsOf(text);
  for (const Field& field : fields) {
    if (field.number == 6) strings.push_back(field.bytes);
    if (field.number == 14) usual = field.value;
    if (field.number == 1) types.push_back(fieldsOf(field.bytes).at(0).value);
    if (field.number == 3) mappings.insert(fieldsOf(field.bytes).at(0).value);
    if (field.number == 4) locations.insert(fieldsOf(field.bytes).at(0).value);
    if (field.number == 5) functions.insert(fieldsOf(field.bytes).at(0).value);
  }
  EXPECT_EQ(strings.at(0), "");
  EXPECT_EQ(strings.at(usual), kTypes.at(cost)) << "the type that is shown first";
  std::size_t at = 0;
  while (strings.at(types.at(at)) != kTypes.at(cost)) ++at;
  std::uint64_t sum = 0;
  for (const Field& field : fields) {
    if (field.number == 4)
      for (const Field& part : fieldsOf(field.bytes)) {
        if (part.number == 2) {
          EXPECT_TRUE(mappings.contains(part.value));
        }
        if (part.number == 4) {
          EXPECT_TRUE(functions.contains(fieldsOf(part.bytes).at(0).value));
        }
      }
    if (field.number != 2) continue;
    const auto sample = fieldsOf(field.bytes);
    for (const std::uint64_t location : unpacked(sample.at(0).bytes))
      EXPECT_TRUE(locations.contains(location));
    sum += unpacked(sample.at(1).bytes).at(at);
  }
  return sum;
}

Sum sumInPerfetto(const std::string& file, Cost cost) {
  std::uint64_t allocated = 0, freed = 0, allocations = 0, peak = 0;
  std::set<std::uint64_t> strings, frames, callstacks;
  for (const Field& tracePacket : fieldsOf(file))
    for (const Field& packet : fieldsOf(tracePacket.bytes)) {
      if (packet.number != 37) continue;
      for (const Field& field : fieldsOf(packet.bytes)) {
        if (field.bytes.empty()) continue;
        const auto parts = fieldsOf(field.bytes);
        if (field.number == 1) strings.insert(parts.at(0).value);
        if (field.number == 2) {
          frames.insert(parts.at(0).value);
          EXPECT_TRUE(strings.contains(parts.at(1).value));
        }
        if (field.number == 3) {
          callstacks.insert(parts.at(0).value);
          EXPECT_TRUE(frames.contains(parts.back().value));
        }
        if (field.number != 5) continue;
        for (const Field& part : parts) {
          if (part.number != 2) continue;
          for (const Field& number : fieldsOf(part.bytes)) {
            if (number.number == 1) {
              EXPECT_TRUE(callstacks.contains(number.value));
            }
            if (number.number == 2) allocated += number.value;
            if (number.number == 3) freed += number.value;
            if (number.number == 5) allocations += number.value;
            if (number.number == 8) peak += number.value;
          }
        }
      }
    }
  switch (cost) {
    case Cost::Live:
    case Cost::Leaked: return allocated - freed;
    case Cost::Bytes: return allocated;
    case Cost::Allocations: return allocations;
    case Cost::Peak: return peak;
    case Cost::Temporary: return std::nullopt;
  }
  return std::nullopt;
}

Sum sumInGperftools(const std::string& text, Cost cost) {
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
Sum sumInHeaptrack(const std::string& text, Cost cost) {
  std::vector<std::uint64_t> sizes;
  std::uint64_t live = 0, peak = 0, allocations = 0, bytes = 0, temporary = 0, last = 0, traces = 0, ips = 0;
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

Sum sumInMassif(const std::string& text, Cost cost) {
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

Sum sumInCallgrind(const std::string& text, Cost cost) {
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
