// SPDX-License-Identifier: Apache-2.0
//
// The report as one JSON document.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "export/report/json_tables.h"
#include "export/report/leak_json.h"
#include "export/report/report.h"
#include "export/report/report_json.h"

namespace heaptap::exporting {
namespace {

using client::SiteOrder;

struct ShownSites {
  std::vector<std::uint32_t> sites;  ///< Each once.
  std::vector<std::size_t> leaks;    ///< Positions in `sites`, most live bytes first.
};

/// All sites by peak; with a limit, those among the first by any of the rankings. With --leaks, the leaks
/// only.
ShownSites shownSites(const Report& report) {
  const std::uint64_t limit = report.options.top.value_or(0);
  const auto leaks =
      report.table.select({.order = SiteOrder::LiveBytes, .limit = limit, .heap = report.heapId()}).sites;
  ShownSites shown;
  if (report.options.leaksOnly) {
    shown.sites = leaks;
  } else {
    shown.sites =
        report.table
            .select(
                {.order = SiteOrder::PeakBytes, .limit = limit, .anyOfOrders = true, .heap = report.heapId()})
            .sites;
    if (limit != 0) {
      std::set<std::uint32_t> all(shown.sites.begin(), shown.sites.end());
      all.insert(leaks.begin(), leaks.end());
      shown.sites = report.table.sorted({all.begin(), all.end()}, SiteOrder::PeakBytes);
    }
  }
  std::vector<std::size_t> positions(report.table.size(), 0);
  for (std::size_t i = 0; i < shown.sites.size(); ++i) positions[shown.sites[i]] = i;
  for (const std::uint32_t site : leaks) shown.leaks.push_back(positions[site]);
  return shown;
}

/// Those of all heaps beside malloc's, one heap after the other.
std::vector<std::uint32_t> sitesOfOtherHeaps(const Report& report) {
  std::vector<std::uint32_t> all;
  const std::uint64_t limit = report.options.top.value_or(0);
  for (const v1::HeapReport& heap : report.summary().heaps()) {
    const auto sites = report.table
                           .select({.order = SiteOrder::PeakBytes,
                                    .limit = limit,
                                    .anyOfOrders = true,
                                    .heap = static_cast<model::HeapId>(heap.id())})
                           .sites;
    all.insert(all.end(), sites.begin(), sites.end());
  }
  return all;
}

}  // namespace

void writeJson(Sink& out, const Report& report) {
  JsonWriter json(out);
  StackTables stacks(report.profile());
  json.beginObject();
  json.key("schemaVersion");
  json.number(kReportSchemaVersion);
  json.key("summary");
  json.raw(dumped(summaryJson(report.summary())));
  json.key("findings");
  json.beginArray();
  const client::FindingNames names(report.profile());
  const std::uint64_t limit = report.options.top.value_or(0);
  for (std::size_t i = 0; i < report.findings.size() && (limit == 0 || i < limit); ++i)
    json.raw(dumped(findingJson(report.findings[i], names, stacks)));
  json.endArray();
  const ShownSites shown = shownSites(report);
  json.key("leaks");
  json.beginArray();
  for (const std::size_t site : shown.leaks) json.number(site);
  json.endArray();
  json.key("sites");
  writeSites(json, report.table, shown.sites, stacks);
  if (report.heap.id() == 0 && !report.options.leaksOnly) {
    json.key("heapSites");
    writeSites(json, report.table, sitesOfOtherHeaps(report), stacks);
  }
  std::map<std::uint32_t, std::size_t> rowOfSite;
  for (const std::size_t row : shown.leaks) rowOfSite.emplace(shown.sites[row], row);
  writeLeaks(json, report.leaks, rowOfSite, limit, stacks);
  stacks.writeTables(json);
  json.endObject();
  json.endLine();
}

}  // namespace heaptap::exporting
