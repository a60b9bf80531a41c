// SPDX-License-Identifier: Apache-2.0
#include "export/report/site_text.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <utility>

#include "export/report/folded_stack.h"
#include "export/report/stack_labels.h"
#include "export/report/stack_text.h"
#include "proto/words/session_words.h"
#include "text/quantity.h"
#include "text/utf8.h"

namespace heaptap::exporting {
namespace {

constexpr std::size_t kIndexColumns = 6;
constexpr std::size_t kSiteColumns = 13;
constexpr std::size_t kShareColumns = 9;
constexpr double kBarColumns = 40;

/// Labels of the sites of one list.
StackLabels labelsOf(const client::SiteTable& table, const std::vector<std::uint32_t>& sites, NameStyle style,
                     StackFolder& folder, std::size_t columns) {
  std::vector<model::StackId> stacks;
  for (const std::uint32_t site : sites) stacks.push_back(table.key(site).stack);
  return {folder, style, columns, stacks};
}

std::string siteNumber(const std::string& value) { return paddedLeft(value, kSiteColumns); }

/// Sites get their numbers in the order in which the rankings name them, so that they can be found below.
class SiteNumbers {
 public:
  std::size_t of(std::uint32_t site) {
    return m_numbers.try_emplace(site, m_numbers.size() + 1).first->second;
  }
  /// Sites by number.
  [[nodiscard]] std::vector<std::uint32_t> inOrder() const {
    std::vector<std::uint32_t> order(m_numbers.size());
    for (const auto& [site, assigned] : m_numbers) order[assigned - 1] = site;
    return order;
  }

 private:
  std::map<std::uint32_t, std::size_t> m_numbers;
};

struct Ranking {
  const char* title;
  std::uint64_t whole;  ///< What the shares are of.
  std::string explanation;
  std::uint64_t client::SiteCounters::*key;
  std::function<std::string(std::uint64_t)> format;
};

std::string rankingText(const Ranking& ranking, const client::SiteTable& table,
                        const std::vector<std::uint32_t>& sites, std::size_t top, NameStyle style,
                        StackFolder& folder, SiteNumbers& numbers) {
  std::vector<std::pair<std::uint64_t, std::uint32_t>> order;
  order.reserve(sites.size());
  for (const std::uint32_t site : sites) order.emplace_back(table.counters(site).*ranking.key, site);
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  if (top != 0 && order.size() > top) order.resize(top);
  std::erase_if(order, [](const auto& row) { return row.first == 0; });
  std::vector<std::uint32_t> shown;
  for (const auto& [value, site] : order) shown.push_back(site);
  constexpr std::size_t kUsed = kIndexColumns + kSiteColumns + kShareColumns + 2;
  const StackLabels labels = labelsOf(table, shown, style, folder, kReportColumns - kUsed);
  std::string text;
  for (const auto& [value, site] : order) {
    const std::string label = "[" + std::to_string(numbers.of(site)) + "]";
    text += paddedLeft(label, kIndexColumns) + siteNumber(ranking.format(value)) +
            paddedLeft(formatShare(value, ranking.whole), kShareColumns) + "  " +
            labels.of(table.key(site).stack) + "\n";
  }
  if (text.empty()) return {};
  return heading(ranking.title, ranking.explanation, style.paint) + text;
}

/// A line for each range of sizes, with a bar.
std::string sizeHistogramText(const std::vector<client::SizeBucket>& buckets, std::size_t indent) {
  std::uint64_t most = 1;
  std::size_t labelColumns = 0;
  std::size_t countColumns = 0;
  std::vector<std::string> labels;
  for (const client::SizeBucket& bucket : buckets) {
    most = std::max(most, bucket.allocations);
    labels.push_back(formatSizeRange(bucket.minBytes, bucket.maxBytes));
    labelColumns = std::max(labelColumns, width(labels.back()));
    countColumns = std::max(countColumns, width(formatCount(bucket.allocations)));
  }
  std::string text;
  std::size_t row = 0;
  for (const client::SizeBucket& bucket : buckets) {
    const double share = static_cast<double>(bucket.allocations) / static_cast<double>(most);
    // At least one mark for what is there at all.
    const auto bar = static_cast<std::size_t>(std::max(1.0, std::round(kBarColumns * share)));
    text += std::string(indent, ' ') + paddedLeft(labels[row++], labelColumns) + "  " +
            paddedLeft(formatCount(bucket.allocations), countColumns) + "  " +
            std::string(bucket.allocations == 0 ? 0 : bar, '#') + "\n";
  }
  return text;
}

std::string siteText(const v1::Summary& summary, const client::SiteTable& table, std::uint32_t position,
                     std::size_t assigned, NameStyle style, StackFolder& folder) {
  const client::SiteCounters site = table.counters(position);
  const std::uint64_t slack = table.slack(position).allocated;
  const std::string label = "[" + std::to_string(assigned) + "]";
  const client::SiteErrors errors = table.errors(position).value_or(client::SiteErrors());
  std::string text =
      style.paint(Tone::Strong, padded(label, kIndexColumns) + "peak " + formatBytes(site.peakBytes)) +
      bytesError(errors.peakBytes) + " (" + formatShare(site.peakBytes, summary.peak_bytes()) + "), " +
      formatNumberOf(site.allocations, "allocation") + countError(errors.allocations) + " of " +
      formatBytes(site.allocatedBytes) + bytesError(errors.allocatedBytes) + " in all";
  if (site.temporaries != 0) text += ", " + formatCount(site.temporaries) + " temporary";
  if (slack != 0) text += ", " + formatBytes(slack) + " over";
  if (site.liveBlocks != 0)
    text += ",\n" + std::string(kIndexColumns, ' ') + leftWord(summary) + " " + formatBytes(site.liveBytes) +
            bytesError(errors.liveBytes) + " in " + formatNumberOf(site.liveBlocks, "block") +
            countError(errors.liveBlocks);
  const FoldedStack stack = folder.fold(table.key(position).stack, label);
  text += "\n" + stackText(stack.lines, style, kIndexColumns + 2);
  for (const client::FreedAt& freed : table.freedAt(position))
    text += std::string(kIndexColumns, ' ') + "freed here " + formatNumberOf(freed.frees, "time") + "\n" +
            stackText(folder.fold(freed.stack, {}).lines, style, kIndexColumns + 2);
  return text + "\n" + sizeHistogramText(table.sizes(position), kIndexColumns + 2);
}

}  // namespace

std::string liveSitesText(const LiveBlocks& live, const client::SiteTable& table,
                          const client::SiteTable::Selection& shown, NameStyle style) {
  if (live.blocks == 0) return heading(live.word, "nothing", style.paint);
  std::string text = heading(live.word,
                             formatBytes(live.bytes) + bytesError(live.bytesError) + " in " +
                                 formatNumberOf(live.blocks, "block") + countError(live.blocksError) +
                                 " from " + formatNumberOf(shown.total, "site"),
                             style.paint);
  StackFolder folder(table.profile(), style);
  std::vector<model::StackId> ids;
  for (const std::uint32_t position : shown.sites) ids.push_back(table.key(position).stack);
  const ShownStacks stacks(folder, style, kIndexColumns + 2, ids);
  std::uint64_t shownBytes = 0;
  std::uint64_t shownBlocks = 0;
  for (const std::uint32_t position : shown.sites) {
    const client::SiteCounters site = table.counters(position);
    const client::SiteErrors errors = table.errors(position).value_or(client::SiteErrors());
    text += (position == shown.sites.front() ? "" : "\n") +
            style.paint(Tone::Strong, siteNumber(formatBytes(site.liveBytes))) +
            bytesError(errors.liveBytes) + " in " + formatNumberOf(site.liveBlocks, "block") +
            countError(errors.liveBlocks) + " (" + formatShare(site.liveBytes, live.bytes) + "), of " +
            formatNumberOf(site.allocations, "allocation") + " there" +
            stacks.distinction(table.key(position).stack) + "\n" + stacks.of(table.key(position).stack);
    shownBytes += site.liveBytes;
    shownBlocks += site.liveBlocks;
  }
  if (shown.total > shown.sites.size())
    text += "\n  … " + formatNumberOf(shown.total - shown.sites.size(), "more site") + " with " +
            formatBytes(live.bytes - std::min(shownBytes, live.bytes)) + " in " +
            formatNumberOf(live.blocks - std::min(shownBlocks, live.blocks), "block") +
            " (--top 0 shows all)\n";
  return text;
}

std::string allocationRankingsText(const client::SiteTable& table, model::HeapId heap, std::size_t top,
                                   NameStyle style) {
  constexpr std::size_t kUsed = kSiteColumns + kShareColumns + 2;
  StackFolder folder(table.profile(), style);
  std::string text;
  const auto add = [&](const char* title, const char* counted, client::SiteOrder order,
                       std::uint64_t client::SiteCounters::*key) {
    std::uint64_t whole = 0;
    for (std::uint32_t site = 0; site < table.size(); ++site)
      if (table.key(site).heap == heap) whole += table.counters(site).*key;
    std::string rows;
    const auto sites = table.select({.order = order, .limit = top, .heap = heap}).sites;
    const StackLabels labels = labelsOf(table, sites, style, folder, kReportColumns - kUsed);
    for (const std::uint32_t site : sites) {
      const std::uint64_t value = table.counters(site).*key;
      if (value == 0) break;
      rows += siteNumber(formatCount(value)) + paddedLeft(formatShare(value, whole), kShareColumns) + "  " +
              labels.of(table.key(site).stack) + "\n";
    }
    if (!rows.empty()) text += heading(title, "of " + formatNumberOf(whole, counted), style.paint) + rows;
  };
  add("top sites by allocations", "allocation", client::SiteOrder::Allocations,
      &client::SiteCounters::allocations);
  add("top sites by temporaries", "temporary allocation", client::SiteOrder::Temporaries,
      &client::SiteCounters::temporaries);
  return text;
}

std::string sitesText(const v1::Summary& summary, const client::SiteTable& table,
                      const std::vector<std::uint32_t>& sites, std::size_t top, NameStyle style) {
  const Ranking rankings[] = {
      {"top sites by peak", summary.peak_bytes(),
       "of " + formatBytes(summary.peak_bytes()) + " live at the peak", &client::SiteCounters::peakBytes,
       formatBytes},
      {"top sites by allocations", summary.allocations(),
       "of " + formatNumberOf(summary.allocations(), "allocation"), &client::SiteCounters::allocations,
       formatCount},
      {"top sites by temporaries", summary.temporary_allocations(),
       "of " + formatNumberOf(summary.temporary_allocations(), "temporary allocation"),
       &client::SiteCounters::temporaries, formatCount},
  };
  SiteNumbers numbers;
  StackFolder folder(table.profile(), style);
  std::string text;
  for (const Ranking& ranking : rankings)
    text += rankingText(ranking, table, sites, top, style, folder, numbers);
  if (text.empty()) return {};
  text +=
      heading("these sites", "stack with the innermost frame first, sizes with their numbers of allocations",
              style.paint);
  for (const std::uint32_t site : numbers.inOrder())
    text +=
        (numbers.of(site) == 1 ? "" : "\n") + siteText(summary, table, site, numbers.of(site), style, folder);
  return text;
}

std::string peakRankingText(const v1::Summary& summary, const client::SiteTable& table, model::HeapId heap,
                            std::size_t top, NameStyle style) {
  constexpr std::size_t kUsed = kSiteColumns + kShareColumns + 2;
  StackFolder folder(table.profile(), style);
  std::string text;
  const auto sites = table.select({.order = client::SiteOrder::PeakBytes, .limit = top, .heap = heap}).sites;
  const StackLabels labels = labelsOf(table, sites, style, folder, kReportColumns - kUsed);
  for (const std::uint32_t site : sites) {
    const std::uint64_t bytes = table.counters(site).peakBytes;
    if (bytes == 0) break;
    text += siteNumber(formatBytes(bytes)) +
            paddedLeft(formatShare(bytes, summary.peak_bytes()), kShareColumns) + "  " +
            labels.of(table.key(site).stack) + "\n";
  }
  if (text.empty()) return {};
  return heading("top sites by peak",
                 "of " + formatBytes(summary.peak_bytes()) +
                     " live at the peak (--top 5 shows their stacks, and more)",
                 style.paint) +
         text;
}

}  // namespace heaptap::exporting
