// SPDX-License-Identifier: Apache-2.0
#include "cli/report/report_text.h"

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>

#include "cli/report/estimate_text.h"
#include "cli/report/heading.h"
#include "cli/report/size_histogram_text.h"
#include "cli/text/summary_words.h"
#include "text/quantity.h"
#include "text/utf8.h"

namespace heaptap::cli {
namespace {

constexpr std::size_t kIndexColumns = 6;
constexpr std::size_t kNumberColumns = 13;
constexpr std::size_t kShareColumns = 9;

std::string number(const std::string& value) { return paddedLeft(value, kNumberColumns); }

/// Sites get their numbers in the order in which the rankings name them, so that they can be found below.
class SiteNumbers {
 public:
  std::size_t of(std::size_t site) { return m_numbers.try_emplace(site, m_numbers.size() + 1).first->second; }
  /// Sites by number.
  [[nodiscard]] std::vector<std::size_t> inOrder() const {
    std::vector<std::size_t> order(m_numbers.size());
    for (const auto& [site, assigned] : m_numbers) order[assigned - 1] = site;
    return order;
  }

 private:
  std::map<std::size_t, std::size_t> m_numbers;
};

struct Ranking {
  const char* title;
  std::uint64_t whole;  ///< What the shares are of.
  std::string explanation;
  std::function<std::uint64_t(const v1::Site&)> key;
  std::function<std::string(std::uint64_t)> format;
};

std::string rankingText(const Ranking& ranking, const SiteList& list, std::size_t top, NameStyle style,
                        SiteNumbers& numbers) {
  std::vector<std::size_t> order(list.sites.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return ranking.key(list.sites[a]) > ranking.key(list.sites[b]);
  });
  std::string text;
  std::size_t rows = 0;
  for (const std::size_t index : order) {
    const v1::Site& site = list.sites[index];
    const std::uint64_t value = ranking.key(site);
    if (value == 0 || (top != 0 && rows++ == top)) break;
    const std::string label = "[" + std::to_string(numbers.of(index)) + "]";
    constexpr std::size_t kUsed = kIndexColumns + kNumberColumns + kShareColumns + 2;
    text += paddedLeft(label, kIndexColumns) + number(ranking.format(value)) +
            paddedLeft(formatShare(value, ranking.whole), kShareColumns) + "  " +
            siteLabel(site, style, kReportColumns - kUsed) + "\n";
  }
  if (text.empty()) return {};
  return heading(ranking.title, ranking.explanation) + text;
}

std::string siteText(const v1::Summary& summary, const v1::Site& site, std::size_t assigned,
                     NameStyle style) {
  const std::string label = "[" + std::to_string(assigned) + "]";
  const v1::SiteErrors& errors = site.errors();  // All zero where the numbers are exact.
  std::string text =
      padded(label, kIndexColumns) + "peak " + formatBytes(site.peak_bytes()) +
      bytesError(errors.peak_bytes()) + " (" + formatShare(site.peak_bytes(), summary.peak_bytes()) + "), " +
      formatNumberOf(site.allocations(), "allocation") + countError(errors.allocations()) + " of " +
      formatBytes(site.allocated_bytes()) + bytesError(errors.allocated_bytes()) + " in all";
  if (site.temporaries() != 0) text += ", " + formatCount(site.temporaries()) + " temporary";
  if (site.allocated_slack_bytes() != 0) text += ", " + formatBytes(site.allocated_slack_bytes()) + " over";
  if (site.live_blocks() != 0)
    text += ",\n" + std::string(kIndexColumns, ' ') + leftWord(summary) + " " +
            formatBytes(site.live_bytes()) + bytesError(errors.live_bytes()) + " in " +
            formatNumberOf(site.live_blocks(), "block") + countError(errors.live_blocks());
  text += "\n" + stackText(site.lines(), style, kIndexColumns + 2);
  for (const v1::FreeSite& freeSite : site.freed_at())
    text += std::string(kIndexColumns, ' ') + "freed here " + formatNumberOf(freeSite.frees(), "time") +
            "\n" + stackText(freeSite.lines(), style, kIndexColumns + 2);
  return text + "\n" + sizeHistogramText(site, kIndexColumns + 2);
}

}  // namespace

std::string leaksText(const v1::Summary& summary, const SiteList& leaks, NameStyle style) {
  if (summary.live_blocks() == 0) return heading(leftWord(summary), "nothing");
  std::string text = heading(leftWord(summary), formatBytes(summary.live_bytes()) +
                                                    bytesError(summary.sampling().live_bytes_error()) +
                                                    " in " + formatNumberOf(summary.live_blocks(), "block") +
                                                    " from " + formatNumberOf(leaks.total, "site"));
  std::uint64_t shownBytes = 0;
  std::uint64_t shownBlocks = 0;
  for (const v1::Site& site : leaks.sites) {
    text += (&site == &leaks.sites.front() ? "" : "\n") + number(formatBytes(site.live_bytes())) +
            bytesError(site.errors().live_bytes()) + " in " + formatNumberOf(site.live_blocks(), "block") +
            countError(site.errors().live_blocks()) + " (" +
            formatShare(site.live_bytes(), summary.live_bytes()) + "), of " +
            formatNumberOf(site.allocations(), "allocation") + " there\n" +
            stackText(site.lines(), style, kIndexColumns + 2);
    shownBytes += site.live_bytes();
    shownBlocks += site.live_blocks();
  }
  if (leaks.total > leaks.sites.size())
    text += "\n  … " + formatNumberOf(leaks.total - leaks.sites.size(), "more site") + " with " +
            formatBytes(summary.live_bytes() - std::min(shownBytes, summary.live_bytes())) + " in " +
            formatNumberOf(summary.live_blocks() - std::min(shownBlocks, summary.live_blocks()), "block") +
            " (--top 0 shows all)\n";
  return text;
}

std::string sitesText(const v1::Summary& summary, const SiteList& list, std::size_t top, NameStyle style) {
  const Ranking rankings[] = {
      {"top sites by peak", summary.peak_bytes(),
       "of " + formatBytes(summary.peak_bytes()) + " live at the peak",
       [](const v1::Site& s) { return s.peak_bytes(); }, formatBytes},
      {"top sites by allocations", summary.allocations(),
       "of " + formatNumberOf(summary.allocations(), "allocation"),
       [](const v1::Site& s) { return s.allocations(); }, formatCount},
      {"top sites by temporaries", summary.temporary_allocations(),
       "of " + formatNumberOf(summary.temporary_allocations(), "temporary allocation"),
       [](const v1::Site& s) { return s.temporaries(); }, formatCount},
  };
  SiteNumbers numbers;
  std::string text;
  for (const Ranking& ranking : rankings) text += rankingText(ranking, list, top, style, numbers);
  if (text.empty()) return {};
  text +=
      heading("these sites", "stack with the innermost frame first, sizes with their numbers of allocations");
  for (const std::size_t index : numbers.inOrder())
    text +=
        (numbers.of(index) == 1 ? "" : "\n") + siteText(summary, list.sites[index], numbers.of(index), style);
  return text;
}

}  // namespace heaptap::cli
