// SPDX-License-Identifier: Apache-2.0
#include "cli/report/report_command.h"

#include <utility>

#include "cli/exit_code.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/query_source.h"
#include "cli/report/findings_text.h"
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

v1::GetSitesRequest leaksRequest(const std::string& session, std::uint64_t limit) {
  v1::GetSitesRequest request;
  request.set_session(session);
  request.set_order(v1::GetSitesRequest::ORDER_LIVE_BYTES);
  request.set_limit(limit);
  return request;
}

/// All sites by peak; with a limit, whatever is among the first by any of the three rankings.
v1::GetSitesRequest sitesRequest(const std::string& session, std::uint64_t limit) {
  v1::GetSitesRequest request;
  request.set_session(session);
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
  out.write("{\n\"schemaVersion\": " + std::to_string(kReportSchemaVersion) +
            ",\n\"summary\": " + dumped(summaryJson(*summary)));
  const std::uint64_t limit = options.top.value_or(0);
  if (auto written = writeFindings(out, opened, limit); !written) return written;
  if (auto written = writeSites(out, opened.source, "leaks", leaksRequest(opened.id, limit)); !written)
    return written;
  if (!options.leaksOnly)
    if (auto written = writeSites(out, opened.source, "sites", sitesRequest(opened.id, limit)); !written)
      return written;
  out.write("\n}\n");
  return {};
}

Result<void> writeText(Output& out, OpenedSession& opened, const ReportOptions& options) {
  auto summary = opened.source.summary(opened.id);
  if (!summary) return tl::unexpected(summary.error());
  auto leaks = collect(opened.source, leaksRequest(opened.id, options.top.value_or(kTopLeaks)));
  if (!leaks) return tl::unexpected(leaks.error());
  const NameStyle style{.full = options.fullNames};
  out.write(printable(options.session) + "\n\n" + summaryText(*summary));
  if (!options.collector) out.write(runTreeText(opened.source, *summary, options.session));
  auto findings = opened.source.findings(opened.id);
  if (!findings) return tl::unexpected(findings.error());
  out.write(findingsText(*findings, options.top.value_or(kTopFindings), style));
  out.write(leaksText(*summary, *leaks, style));
  if (options.leaksOnly) return {};
  const std::uint64_t top = options.top.value_or(kTopSites);
  auto sites = collect(opened.source, sitesRequest(opened.id, top));
  if (!sites) return tl::unexpected(sites.error());
  out.write(sitesText(*summary, *sites, top, style));
  return {};
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
