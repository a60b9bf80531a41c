// SPDX-License-Identifier: Apache-2.0
#include "cli/top/top_columns.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include "analysis/verdict.h"
#include "client/stack_lines.h"
#include "proto/words/session_words.h"
#include "text/function_name.h"
#include "text/printable.h"
#include "text/quantity.h"
#include "text/utf8.h"

namespace heaptap::cli {
namespace {

constexpr std::size_t kLeastNameColumns = 30;

/// What is left out last.
constexpr std::array kByImportance{TopOrder::Live,   TopOrder::Growth, TopOrder::Peak,       TopOrder::Rate,
                                   TopOrder::Change, TopOrder::Blocks, TopOrder::Allocations};

}  // namespace

std::vector<TopOrder> columnsFor(const TopPicture& picture, TopOrder order, std::size_t columns) {
  const auto possible = ordersOf(picture);
  std::size_t room = columns > kLeastNameColumns ? (columns - kLeastNameColumns) / kTopNumberColumns : 0;
  if (room == 0) room = 1;
  std::vector<TopOrder> chosen{order};
  for (const TopOrder each : kByImportance)
    if (chosen.size() < room && each != order && std::ranges::find(possible, each) != possible.end())
      chosen.push_back(each);
  std::vector<TopOrder> inOrder;
  std::ranges::copy_if(possible, std::back_inserter(inOrder),
                       [&](TopOrder each) { return std::ranges::find(chosen, each) != chosen.end(); });
  return inOrder;
}

std::string_view titleOf(TopOrder order, const TopPicture& picture) {
  switch (order) {
    case TopOrder::Live: return hasEndedByItself(picture.summary) ? "LEFT" : "LIVE";
    case TopOrder::Blocks: return "BLOCKS";
    case TopOrder::Change: return "CHANGE";
    case TopOrder::Growth: return "GROWTH/s";
    case TopOrder::Rate: return "ALLOCS/s";
    case TopOrder::Peak: return "AT PEAK";
    case TopOrder::Allocations: return "ALLOCS";
  }
  return {};
}

std::string signedBytes(double bytes) {
  const auto magnitude = static_cast<std::uint64_t>(std::llround(std::abs(bytes)));
  if (magnitude == 0) return {};
  return (bytes > 0 ? "+" : "-") + formatBytes(magnitude);
}

std::string numberOf(const TopRow& row, TopOrder order) {
  const auto rate = static_cast<std::uint64_t>(std::llround(std::max(row.rate, 0.0)));
  switch (order) {
    case TopOrder::Live: return formatBytes(row.liveBytes);
    case TopOrder::Blocks: return formatCount(row.liveBlocks);
    case TopOrder::Change: return signedBytes(static_cast<double>(row.changedBytes));
    case TopOrder::Growth: return signedBytes(row.growth);
    case TopOrder::Rate: return row.rate > 0 && rate == 0 ? "<1" : rate == 0 ? "" : formatCount(rate);
    case TopOrder::Peak: return formatBytes(row.peakBytes);
    case TopOrder::Allocations: return formatCount(row.allocations);
  }
  return {};
}

std::string sourceOf(const client::StackLine& line) {
  if (line.file.empty()) return {};
  return printable(line.file.substr(line.file.rfind('/') + 1)) +
         (line.line == 0 ? "" : ":" + std::to_string(line.line));
}

SiteLabel labelOf(analysis::OwnCode& own, model::StackId stack, std::size_t columns) {
  constexpr std::size_t kMostLines = 8;
  constexpr std::size_t kMostOfCaller = 40;
  const auto lines = own.ownLines(stack, kMostLines);
  if (lines.empty()) return {.function = "(no stack was recorded)", .rest = {}};
  const auto nameOfLine = [](const client::StackLine& line, std::size_t most) {
    return shortFunctionName(printable(analysis::spokenPlace(line)), most);
  };
  SiteLabel label{.function = nameOfLine(lines.front(), columns), .rest = {}};
  std::size_t used = width(label.function);
  const auto add = [&](const std::string& text) {
    if (used + width(text) > columns) return false;
    label.rest += text;
    used += width(text);
    return true;
  };
  if (const std::string source = sourceOf(lines.front()); !source.empty()) add("  " + source);
  for (std::size_t i = 1; i < lines.size(); ++i)
    if (!add(" ← " + nameOfLine(lines[i], kMostOfCaller))) break;
  return label;
}

}  // namespace heaptap::cli
