// SPDX-License-Identifier: Apache-2.0
#include "tests/export/sums.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
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

Sum none(const std::string&, Cost) { return std::nullopt; }

const std::map<std::string_view, std::function<Sum(const std::string&, Cost)>> kReaders{
    {"text", none}, {"json", sumInJson}, {"csv", sumInCsv}, {"folded", sumInFolded}};

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
