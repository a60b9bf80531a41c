// SPDX-License-Identifier: Apache-2.0
#include "cli/top/row_selection.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <utility>

#include "client/filter.h"

namespace heaptap::cli {
namespace {

constexpr std::array kLiveOrders{TopOrder::Live, TopOrder::Blocks, TopOrder::Change, TopOrder::Growth,
                                 TopOrder::Rate};
constexpr std::array kEndOrders{TopOrder::Live, TopOrder::Blocks, TopOrder::Peak, TopOrder::Allocations};

double keyOf(const TopRow& row, TopOrder order) {
  switch (order) {
    case TopOrder::Live: return static_cast<double>(row.liveBytes);
    case TopOrder::Blocks: return static_cast<double>(row.liveBlocks);
    case TopOrder::Change: return static_cast<double>(row.changedBytes);
    case TopOrder::Growth: return row.growth;
    case TopOrder::Rate: return row.rate;
    case TopOrder::Peak: return static_cast<double>(row.peakBytes);
    case TopOrder::Allocations: return static_cast<double>(row.allocations);
  }
  return 0;
}

/// A regular expression for the text itself.
client::TextPattern patternFor(std::string_view text) {
  const auto isUpper = [](char c) { return c >= 'A' && c <= 'Z'; };
  std::string pattern = std::any_of(text.begin(), text.end(), isUpper) ? "" : "(?i)";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && std::isalnum(byte) == 0 && c != '_' && c != '\0') pattern += '\\';
    pattern += c == '\0' ? std::string("\\x00") : std::string(1, c);
  }
  return {.text = pattern, .isRegex = true};
}

/// Where a text may be found in a stack.
class StackText {
 public:
  StackText(const client::Profile& profile, std::string_view text) {
    const client::TextPattern pattern = patternFor(text);
    client::Filter filters[3];
    filters[0].function = pattern;
    filters[1].module = pattern;
    filters[2].file = pattern;
    for (const client::Filter& filter : filters)
      if (auto match = client::FilterMatch::of(profile, filter)) m_places.push_back(std::move(*match));
  }
  [[nodiscard]] bool isIn(const model::Pair& pair) const {
    return std::any_of(m_places.begin(), m_places.end(),
                       [&pair](const client::FilterMatch& match) { return match.passes(pair); });
  }

 private:
  std::vector<client::FilterMatch> m_places;
};

/// Whether a column shows anything of it.
bool isWorthALine(const TopRow& row, bool isLive) {
  if (row.liveBlocks != 0 || row.changedBytes != 0) return true;
  return isLive ? row.rate != 0 : row.peakBytes != 0 || row.allocations != 0;
}

}  // namespace

std::string_view nameOf(TopOrder order) {
  for (const TopOrderWords& words : kTopOrders)
    if (words.order == order) return words.name;
  return {};
}

std::span<const TopOrder> ordersOf(const TopPicture& picture) {
  if (picture.isLive) return kLiveOrders;
  return kEndOrders;
}

TopOrder possibleOrder(const TopPicture& picture, TopOrder order) {
  const auto possible = ordersOf(picture);
  return std::ranges::find(possible, order) != possible.end() ? order : possible.front();
}

std::vector<std::uint32_t> selectRows(const TopPicture& picture, TopOrder order, std::string_view text) {
  std::vector<std::pair<double, std::uint32_t>> found;
  const client::Profile& profile = picture.table->profile();
  const std::optional<StackText> wanted =
      text.empty() ? std::nullopt : std::optional<StackText>(std::in_place, profile, text);
  for (std::uint32_t i = 0; i < picture.rows.size(); ++i) {
    const TopRow& row = picture.rows[i];
    if (!isWorthALine(row, picture.isLive)) continue;
    if (wanted && !wanted->isIn(profile.definitions.pair(picture.table->pairs(row.site).front()))) continue;
    found.emplace_back(keyOf(row, order), i);
  }
  // Equal ones by what is live, then in the order of the picture, so that no line moves by chance.
  std::sort(found.begin(), found.end(), [&](const auto& a, const auto& b) {
    if (a.first != b.first) return a.first > b.first;
    const std::uint64_t liveOfA = picture.rows[a.second].liveBytes;
    const std::uint64_t liveOfB = picture.rows[b.second].liveBytes;
    return liveOfA != liveOfB ? liveOfA > liveOfB : a.second < b.second;
  });
  std::vector<std::uint32_t> rows;
  rows.reserve(found.size());
  for (const auto& [key, row] : found) rows.push_back(row);
  return rows;
}

}  // namespace heaptap::cli
