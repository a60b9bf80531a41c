// SPDX-License-Identifier: Apache-2.0
//
// The report as text.
#include <algorithm>
#include <string>
#include <vector>

#include "export/report/findings_text.h"
#include "export/report/heaps_text.h"
#include "export/report/report.h"
#include "export/report/site_text.h"
#include "export/report/summary_text.h"
#include "proto/words/session_words.h"
#include "text/printable.h"
#include "text/quantity.h"

namespace heaptap::exporting {
namespace {

using client::SiteOrder;

constexpr std::uint64_t kTopLeaks = 10;
constexpr std::uint64_t kTopSites = 5;
constexpr std::uint64_t kTopFindings = 10;

/// A line for each, and for the largest ones their first sites.
void writeOtherHeaps(Sink& out, const Report& report, std::uint64_t top, NameStyle style) {
  out.write(heapsText(report.summary(), style));
  std::vector<v1::HeapReport> largest(report.summary().heaps().begin(), report.summary().heaps().end());
  std::stable_sort(largest.begin(), largest.end(), [](const v1::HeapReport& a, const v1::HeapReport& b) {
    return a.peak_bytes() > b.peak_bytes();
  });
  if (top != 0 && largest.size() > top) largest.resize(top);
  for (const v1::HeapReport& heap : largest) {
    const auto sites = report.table.select(
        {.order = SiteOrder::PeakBytes, .limit = top, .heap = static_cast<model::HeapId>(heap.id())});
    out.write(heapSitesText(heap, report.table, sites.sites, style));
  }
}

/// What is not worth a long report: nothing leaks, nothing was lost, nothing else was noticed.
bool hasNothingWrong(const Report& report) {
  const v1::Summary& summary = report.summary();
  return !report.leaks.isLive && report.leaks.leaked().groups == 0 && report.findings.empty() &&
         summary.wrong_uses() == 0 && summary.notes().empty() && summary.marks().empty() &&
         !summary.has_sampling() && summary.dropped_allocations() + summary.dropped_frees() == 0;
}

}  // namespace

void writeText(Sink& out, const Report& report) {
  const ReportShape& options = report.options;
  const NameStyle style = styleOf(options);
  const bool isFine = hasNothingWrong(report);
  out.write(options.paint(Tone::Strong, printable(report.title)) + "\n\n" +
            verdictText(report.table, report.leaks, report.title, options.paint));
  out.write(summaryText(report.summary(), &report.leaks, options.paint));
  out.write(report.otherSessions);
  out.write(findingsText(report.profile(), report.findings, options.top.value_or(kTopFindings), style));
  const v1::Summary numbers = summaryOfHeap(report.summary(), report.heap);
  out.write(heapText(report.heap, style) +
            leakGroupsText(report.leaks, {.names = style,
                                          .top = options.top.value_or(kTopLeaks),
                                          .expands = options.expand,
                                          .source = report.source}));
  if (options.leaksOnly) return out.write(heapsText(report.summary(), style));
  const std::uint64_t top = options.top.value_or(kTopSites);
  if (isFine && !options.top && report.heap.id() == 0 && report.summary().heaps().empty()) {
    out.write(peakRankingText(numbers, report.table, report.heapId(), top, style));
    return;
  }
  const auto sites = report.table.select(
      {.order = SiteOrder::PeakBytes, .limit = top, .anyOfOrders = true, .heap = report.heapId()});
  out.write(sitesText(numbers, report.table, sites.sites, top, style));
  if (report.heap.id() == 0) writeOtherHeaps(out, report, top, style);
}

}  // namespace heaptap::exporting
