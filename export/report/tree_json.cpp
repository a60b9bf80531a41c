// SPDX-License-Identifier: Apache-2.0
//
// The report on a tree of processes, as one JSON document.
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "analysis/program_name.h"
#include "export/report/json_tables.h"
#include "export/report/leak_json.h"
#include "export/report/report_json.h"
#include "export/report/tree_report.h"
#include "proto/words/session_words.h"
#include "text/quantity.h"

namespace heaptap::exporting {
namespace {

using client::SiteOrder;
using nlohmann::ordered_json;

double asSeconds(std::int64_t ns) { return static_cast<double>(ns) / 1e9; }

void addNumbers(ordered_json& json, const TreeNumbers& numbers, const std::optional<TreeReport::Time>& time) {
  // What is gone was not allocated then.
  const auto ofTime = [&](std::uint64_t number) {
    return time && time->gone ? ordered_json() : ordered_json(number);
  };
  json["allocations"] = ofTime(numbers.allocations);
  json["frees"] = ofTime(numbers.frees);
  json["allocatedBytes"] = ofTime(numbers.allocatedBytes);
  json["liveBlocks"] = numbers.liveBlocks;
  json["liveBytes"] = numbers.liveBytes;
  const auto error = [](double variance) {
    return variance == 0 ? ordered_json() : ordered_json(wholeError(std::sqrt(variance)));
  };
  json["liveBytesError"] = error(numbers.liveBytesVariance);
  json["liveBlocksError"] = error(numbers.liveBlocksVariance);
  if (time) return;
  json["peakBytes"] = numbers.peakBytes;
  json["leakedBlocks"] = numbers.leakedBlocks;
  json["leakedBytes"] = numbers.leakedBytes;
}

ordered_json textOr(const std::string& text) { return text.empty() ? ordered_json() : ordered_json(text); }

ordered_json sessionJson(const TreeSession& session, const std::optional<TreeReport::Time>& time) {
  const v1::Summary& summary = session.summary;
  const v1::SessionInfo& info = session.member.info;
  ordered_json json;
  json["sessionId"] = info.id();
  json["parentSessionId"] = textOr(info.parent_id());
  json["session"] = session.name;
  json["process"] = session.member.process;
  json["depth"] = session.member.depth;
  json["pid"] = info.pid() == 0 ? ordered_json() : ordered_json(info.pid());
  json["program"] = analysis::programOf(summary);
  json["command"] = std::vector<std::string>(info.command().begin(), info.command().end());
  json["startSeconds"] = asSeconds(session.member.startNs);
  json["endSeconds"] = asSeconds(session.member.endNs);
  json["state"] = textOr(std::string(stateKey(info.state())));
  json["end"] = textOr(summary.end());
  json["exitStatus"] = summary.has_exit_status() ? ordered_json(summary.exit_status()) : ordered_json();
  addNumbers(json, session.numbers, time);
  if (time) {
    json["hadEnded"] = session.isOver;
    return json;
  }
  json["liveAtEnd"] = !session.isLeaked;
  json["temporaryAllocations"] = summary.temporary_allocations();
  json["inheritedBlocks"] = summary.inherited_blocks();
  json["inheritedBytes"] = summary.inherited_bytes();
  json["inheritedFrees"] = summary.inherited_frees();
  json["inheritedFreedBytes"] = summary.inherited_freed_bytes();
  json["droppedEvents"] = summary.dropped_allocations() + summary.dropped_frees();
  json["wrongUses"] = summary.wrong_uses();
  return json;
}

ordered_json treeJson(const client::SessionTree& tree) {
  const v1::SessionInfo& root = tree.root().info;
  return {{"rootSessionId", root.id()},
          {"treeId", textOr(root.tree_id())},
          {"isWholeRun", tree.isWholeRun},
          {"processes", tree.processes},
          {"sessions", tree.members.size()},
          {"missingSessions", tree.missing},
          {"cutOffSessions", tree.cutOff},
          {"startedAt", formatTimestamp(root.started_at_unix_ns())},
          {"durationSeconds", asSeconds(static_cast<std::int64_t>(tree.durationNs()))}};
}

ordered_json timeJson(const TreeReport::Time& time) {
  return {{"fromSeconds",
           time.fromNs ? ordered_json(asSeconds(static_cast<std::int64_t>(*time.fromNs))) : ordered_json()},
          {"atSeconds", asSeconds(static_cast<std::int64_t>(time.atNs))},
          {"mark", textOr(time.mark)},
          {"blocks", !time.fromNs ? "live"
                     : time.gone  ? "gone"
                                  : "new"}};
}

}  // namespace

void writeTreeJson(Sink& out, const TreeReport& report) {
  const bool isInstant = report.time.has_value();
  JsonWriter json(out);
  StackTables stacks(report.table.profile());
  const auto write = [&](std::string_view key, const ordered_json& value) {
    json.key(key);
    json.raw(dumped(value));
  };
  json.beginObject();
  write("schemaVersion", kReportSchemaVersion);
  write("tree", treeJson(report.tree));
  write("time", isInstant ? timeJson(*report.time) : ordered_json());
  write("filter", textOr(report.filter));
  ordered_json sums;
  addNumbers(sums, report.sum(), report.time);
  write("sums", sums);
  json.key("processes");
  json.beginArray();
  for (const TreeSession& session : report.sessions) json.raw(dumped(sessionJson(session, report.time)));
  json.endArray();
  write("notes", report.notes);
  const bool isGrowth = isInstant && report.time->fromNs && !report.time->gone;
  const SiteOrder order = report.options.leaksOnly || (isInstant && !isGrowth) ? SiteOrder::LiveBytes
                          : isGrowth                                           ? SiteOrder::Allocations
                                                                               : SiteOrder::PeakBytes;
  const std::uint64_t limit = report.options.top.value_or(0);
  const auto sites = report.table.select({.order = order, .limit = limit, .heap = report.heap}).sites;
  json.key("sites");
  writeSites(json, report.table, sites, stacks);
  json.key("siteProcesses");
  json.beginArray();
  for (const std::uint32_t site : sites) json.number(report.processesAt(report.table.key(site)).allocating);
  json.endArray();
  if (!isInstant) {
    std::map<std::uint32_t, std::size_t> rowOfSite;
    for (std::size_t row = 0; row < sites.size(); ++row) rowOfSite.emplace(sites[row], row);
    writeLeaks(json, report.leaks, rowOfSite, limit, stacks);
  }
  stacks.writeTables(json);
  json.endObject();
  json.endLine();
}

}  // namespace heaptap::exporting
