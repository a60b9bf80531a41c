// SPDX-License-Identifier: Apache-2.0
#include "cli/report/snapshot_report.h"

#include <string>

#include "cli/message.h"
#include "cli/report/report_json.h"
#include "cli/report/report_text.h"
#include "text/quantity.h"
#include "text/shell_word.h"

namespace heaptap::cli {
namespace {

constexpr std::uint64_t kTopSites = 10;

v1::GetSitesRequest requestFor(const OpenedSession& opened, const ReportOptions& options,
                               std::uint64_t limit) {
  v1::GetSitesRequest request;
  request.set_session(opened.id);
  request.set_heap(0);  // The mark beside it counts malloc's.
  request.set_snapshot(options.snapshot);
  request.set_order(v1::GetSitesRequest::ORDER_LIVE_BYTES);
  request.set_limit(limit);
  return request;
}

Result<void> writeJson(Output& out, OpenedSession& opened, const ReportOptions& options) {
  const char* separator = "\n";
  const auto total = opened.source.sites(
      requestFor(opened, options, options.top.value_or(0)),
      [&](const v1::Site& site) {
        out.write(separator + dumped(siteJson(site)));
        separator = ",\n";
      },
      [&](const v1::MarkReport& mark) {
        out.write("{\n\"schemaVersion\": " + std::to_string(kReportSchemaVersion) +
                  ",\n\"snapshot\": " + dumped(markJson(mark)) + ",\n\"sites\": [");
      });
  if (!total) return tl::unexpected(total.error());
  out.write("\n]\n}\n");
  return {};
}

Result<void> writeText(Output& out, OpenedSession& opened, const ReportOptions& options) {
  v1::MarkReport mark;
  SiteList list;
  const auto total = opened.source.sites(
      requestFor(opened, options, options.top.value_or(kTopSites)),
      [&](const v1::Site& site) { list.sites.push_back(site); },
      [&](const v1::MarkReport& found) { mark = found; });
  if (!total) return tl::unexpected(total.error());
  list.total = *total;
  auto summary = opened.source.summary(opened.id);
  if (!summary) return tl::unexpected(summary.error());
  out.write(printable(options.session) + "\n\n  " +
            printable(shellLine({summary->info().command().begin(), summary->info().command().end()})) +
            ", pid " + std::to_string(summary->info().pid()) + "\n  as it was after " +
            formatDuration(mark.at_ns()) + ", at the snapshot \"" + printable(mark.name()) + "\", with " +
            formatNumberOf(mark.allocations(), "allocation") + " until then\n");
  // What leaks are at the end, live blocks are in between.
  summary->mutable_info()->set_state(v1::SESSION_LIVE);
  summary->set_live_bytes(mark.live_bytes());
  summary->set_live_blocks(mark.live_blocks());
  out.write(leaksText(*summary, list, {.full = options.fullNames}));
  return {};
}

}  // namespace

Result<void> writeSnapshotReport(Output& out, OpenedSession& opened, const ReportOptions& options) {
  return options.json ? writeJson(out, opened, options) : writeText(out, opened, options);
}

}  // namespace heaptap::cli
