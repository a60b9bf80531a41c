// SPDX-License-Identifier: Apache-2.0
#include "tests/support/spelled_out.h"

#include <cstddef>
#include <string>
#include <utility>

namespace heaptap::test {
namespace {

using nlohmann::json;

/// A row of a table as an object.
json rowOf(const json& table, std::size_t row) {
  json object = json::object();
  for (const auto& [name, column] : table.items()) object[name] = column.at(row);
  return object;
}

json stackOf(const json& report, json row) {
  json stack = json::array();
  for (; !row.is_null(); row = report.at("stacks").at("caller").at(row.get<std::size_t>())) {
    json frame = rowOf(report.at("frames"), report.at("stacks").at("frame").at(row.get<std::size_t>()));
    json& module = frame.at("module");
    if (!module.is_null()) module = report.at("modules").at("path").at(module.get<std::size_t>());
    stack.push_back(std::move(frame));
  }
  return stack;
}

json siteOf(const json& report, const json& table, std::size_t row) {
  json site = rowOf(table, row);
  site["stack"] = stackOf(report, site.at("stack"));
  for (json& range : site.at("sizeHistogram"))
    range = {{"minBytes", range.at(0)},
             {"maxBytes", range.at(1)},
             {"allocations", range.at(2)},
             {"liveBlocks", range.at(3)}};
  if (site.contains("freedAt"))
    for (json& freed : site["freedAt"])
      freed = {{"frees", freed.at(0)}, {"stack", stackOf(report, freed.at(1))}};
  if (site.contains("bytesError") && !site["bytesError"].is_null())
    for (const char* const number :
         {"bytes", "blocks", "allocations", "allocatedBytes", "peakBytes", "temporaries"})
      site["errors"][number] = site.at(std::string(number) + "Error");
  return site;
}

json sitesOf(const json& report, const char* table) {
  json sites = json::array();
  const json& columns = report.at(table);
  for (std::size_t row = 0; row < columns.at("stack").size(); ++row)
    sites.push_back(siteOf(report, columns, row));
  return sites;
}

}  // namespace

json spelledOut(const json& report) {
  json spelled = json::object();
  for (const char* const same : {"schemaVersion", "summary", "snapshot"})
    if (report.contains(same)) spelled[same] = report[same];
  if (report.contains("findings")) {
    json& findings = spelled["findings"] = report["findings"];
    for (json& finding : findings)
      for (const char* const stack : {"allocationStack", "freeStack", "earlierFreeStack"})
        if (!finding.at(stack).is_null()) finding[stack] = stackOf(report, finding[stack]);
  }
  for (const char* const table : {"sites", "heapSites"})
    if (report.contains(table)) spelled[table] = sitesOf(report, table);
  if (report.contains("leaks")) {
    json& leaks = spelled["leaks"] = json::array();
    for (const json& row : report["leaks"]) leaks.push_back(spelled.at("sites").at(row.get<std::size_t>()));
  }
  return spelled;
}

json reportIn(const std::string& printed) {
  const json report = json::parse(printed, nullptr, false);
  return report.is_discarded() ? report : spelledOut(report);
}

}  // namespace heaptap::test
