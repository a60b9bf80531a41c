// SPDX-License-Identifier: Apache-2.0
#include "cli/report/report_command.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "cli/exit_code.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/query_source.h"
#include "cli/report/findings_text.h"
#include "cli/report/heaps_text.h"
#include "cli/report/report_json.h"
#include "cli/report/report_text.h"
#include "cli/report/run_tree.h"
#include "cli/report/snapshot_report.h"
#include "cli/report/summary_text.h"

namespace heaptap::cli {
namespace {

constexpr std::uint64_t kTopLeaks = 10;
constexpr std::uint64_t kTopSites = 5;
constexpr std::uint64_t kTopFindings = 10;

v1::GetSitesRequest leaksRequest(const std::string& session, std::uint32_t heap, std::uint64_t limit) {
  v1::GetSitesRequest request;
  request.set_session(session);
  request.set_heap(heap);
  request.set_order(v1::GetSitesRequest::ORDER_LIVE_BYTES);
  request.set_limit(limit);
  return request;
}

/// All sites by peak; with a limit, whatever is among the first by any of the three rankings.
v1::GetSitesRequest sitesRequest(const std::string& session, std::uint32_t heap, std::uint64_t limit) {
  v1::GetSitesRequest request;
  request.set_session(session);
  request.set_heap(heap);
  request.set_order(v1::GetSitesRequest::ORDER_PEAK_BYTES);
  request.set_limit(limit);
  request.set_any_of_orders(limit != 0);
  return request;
}

Result<SiteList> collect(QuerySource& source, const v1::GetSitesRequest& request) {
  SiteList list;
  auto total = source.sites(request, [&list](const v1::Site& site) { list.sites.push_back(site); });
  if (!total) return tl::unexpected(total.error());
  list.total = *total;
  return list;
}

/// Written site by site: a session may have more sites than fit in memory as JSON.
Result<void> writeSites(Output& out, QuerySource& source, const char* key,
                        const v1::GetSitesRequest& request) {
  out.write(std::string(",\n\"") + key + "\": [");
  const char* separator = "\n";
  const auto total = source.sites(request, [&](const v1::Site& site) {
    out.write(separator + dumped(siteJson(site)));
    separator = ",\n";
  });
  if (!total) return tl::unexpected(total.error());
  out.write("\n]");
  return {};
}

/// Those of all heaps beside malloc's, one heap after the other.
Result<void> writeHeapSites(Output& out, OpenedSession& opened, const v1::Summary& summary,
                            std::uint64_t limit) {
  out.write(",\n\"heapSites\": [");
  const char* separator = "\n";
  for (const v1::HeapReport& heap : summary.heaps()) {
    const auto total =
        opened.source.sites(sitesRequest(opened.id, heap.id(), limit), [&](const v1::Site& site) {
          out.write(separator + dumped(siteJson(site)));
          separator = ",\n";
        });
    if (!total) return tl::unexpected(total.error());
  }
  out.write("\n]");
  return {};
}

Result<void> writeFindings(Output& out, OpenedSession& opened, std::uint64_t limit) {
  const auto findings = opened.source.findings(opened.id);
  if (!findings) return tl::unexpected(findings.error());
  out.write(",\n\"findings\": [");
  for (std::size_t i = 0; i < findings->size() && (limit == 0 || i < limit); ++i)
    out.write((i == 0 ? "\n" : ",\n") + dumped(findingJson((*findings)[i])));
  out.write("\n]");
  return {};
}

Result<void> writeJson(Output& out, OpenedSession& opened, const ReportOptions& options) {
  auto summary = opened.source.summary(opened.id);
  if (!summary) return tl::unexpected(summary.error());
  const auto heap = findHeap(*summary, options.heap);
  if (!heap) return tl::unexpected(heap.error());
  out.write("{\n\"schemaVersion\": " + std::to_string(kReportSchemaVersion) +
            ",\n\"summary\": " + dumped(summaryJson(*summary)));
  const std::uint64_t limit = options.top.value_or(0);
  if (auto written = writeFindings(out, opened, limit); !written) return written;
  if (auto written = writeSites(out, opened.source, "leaks", leaksRequest(opened.id, heap->id(), limit));
      !written)
    return written;
  if (!options.leaksOnly)
    if (auto written = writeSites(out, opened.source, "sites", sitesRequest(opened.id, heap->id(), limit));
        !written)
      return written;
  if (heap->id() == 0 && !options.leaksOnly)
    if (auto written = writeHeapSites(out, opened, *summary, limit); !written) return written;
  out.write("\n}\n");
  return {};
}

/// A line for each, and for the largest ones their first sites.
Result<void> writeOtherHeaps(Output& out, OpenedSession& opened, const v1::Summary& summary,
                             std::uint64_t top, NameStyle style) {
  out.write(heapsText(summary));
  std::vector<v1::HeapReport> largest(summary.heaps().begin(), summary.heaps().end());
  std::stable_sort(largest.begin(), largest.end(), [](const v1::HeapReport& a, const v1::HeapReport& b) {
    return a.peak_bytes() > b.peak_bytes();
  });
  if (top != 0 && largest.size() > top) largest.resize(top);
  for (const v1::HeapReport& heap : largest) {
    auto request = sitesRequest(opened.id, heap.id(), top);
    request.set_any_of_orders(false);
    const auto sites = collect(opened.source, request);
    if (!sites) return tl::unexpected(sites.error());
    out.write(heapSitesText(heap, *sites, style));
  }
  return {};
}

Result<void> writeText(Output& out, OpenedSession& opened, const ReportOptions& options) {
  auto summary = opened.source.summary(opened.id);
  if (!summary) return tl::unexpected(summary.error());
  const auto heap = findHeap(*summary, options.heap);
  if (!heap) return tl::unexpected(heap.error());
  auto leaks = collect(opened.source, leaksRequest(opened.id, heap->id(), options.top.value_or(kTopLeaks)));
  if (!leaks) return tl::unexpected(leaks.error());
  const NameStyle style{.full = options.fullNames};
  out.write(printable(options.session) + "\n\n" + summaryText(*summary));
  if (!options.collector) out.write(runTreeText(opened.source, *summary, options.session));
  auto findings = opened.source.findings(opened.id);
  if (!findings) return tl::unexpected(findings.error());
  out.write(findingsText(*findings, options.top.value_or(kTopFindings), style));
  const v1::Summary numbers = summaryOfHeap(*summary, *heap);
  out.write(heapText(*heap) + leaksText(numbers, *leaks, style));
  if (options.leaksOnly) {
    out.write(heapsText(*summary));
    return {};
  }
  const std::uint64_t top = options.top.value_or(kTopSites);
  auto sites = collect(opened.source, sitesRequest(opened.id, heap->id(), top));
  if (!sites) return tl::unexpected(sites.error());
  out.write(sitesText(numbers, *sites, top, style));
  return heap->id() != 0 ? Result<void>{} : writeOtherHeaps(out, opened, *summary, top, style);
}

}  // namespace

int reportCommand(const ReportOptions& options) {
  Output out;
  Result<void> done;
  auto opened = openSession(options.session, options.collector);
  if (!opened)
    done = tl::unexpected(opened.error());
  else if (!options.snapshot.empty())
    done = writeSnapshotReport(out, *opened, options);
  else
    done = options.json ? writeJson(out, *opened, options) : writeText(out, *opened, options);
  if (done) done = out.finish();
  if (done) return kExitOk;
  printError(done.error());
  return exitCodeFor(done.error().code);
}

}  // namespace heaptap::cli
