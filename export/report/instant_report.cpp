// SPDX-License-Identifier: Apache-2.0
//
// The report of an instant, and of a stretch of time.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "client/instant_words.h"
#include "export/report/json_tables.h"
#include "export/report/report.h"
#include "export/report/report_json.h"
#include "export/report/site_text.h"
#include "proto/words/session_words.h"
#include "text/printable.h"
#include "text/quantity.h"
#include "text/shell_word.h"

namespace heaptap::exporting {
namespace {

using client::SiteOrder;

constexpr std::uint64_t kTopOfInstant = 10;
constexpr std::uint64_t kTopOfRankings = 5;

/// What is said of malloc's heap as a whole is not what the report shows.
bool isOfPart(const Report& report) {
  return !report.filter.empty() || report.heapId() != model::kMallocHeap;
}

/// Of the heap that is looked at, what passes the filter; of samples, with the errors.
struct PartSum : client::SiteCounters {
  double bytesError = 0;
  double blocksError = 0;
};

PartSum sumOf(const Report& report) {
  PartSum sum;
  for (std::uint32_t site = 0; site < report.table.size(); ++site) {
    if (report.table.key(site).heap != report.heapId()) continue;
    const client::SiteCounters counters = report.table.counters(site);
    sum.allocations += counters.allocations;
    sum.allocatedBytes += counters.allocatedBytes;
    sum.liveBlocks += counters.liveBlocks;
    sum.liveBytes += counters.liveBytes;
    const client::SiteErrors errors = report.table.errors(site).value_or(client::SiteErrors());
    sum.bytesError = std::hypot(sum.bytesError, errors.liveBytes);
    sum.blocksError = std::hypot(sum.blocksError, errors.liveBlocks);
  }
  return sum;
}

LiveBlocks liveOf(const Report& report, std::string word) {
  const PartSum sum = sumOf(report);
  return {.word = std::move(word),
          .bytes = sum.liveBytes,
          .blocks = sum.liveBlocks,
          .bytesError = sum.bytesError,
          .blocksError = sum.blocksError};
}

std::string headText(const Report& report, const std::string& when) {
  const v1::SessionInfo& info = report.summary().info();
  return report.options.paint(Tone::Strong, printable(report.title)) + "\n\n  " +
         printable(shellLine({info.command().begin(), info.command().end()})) +
         (info.pid() == 0 ? "" : ", " + pidWords(info)) + "\n  " + when + "\n" +
         (report.filter.empty() ? "" : "  only " + printable(report.filter) + "\n");
}

std::string changeText(std::uint64_t before, std::uint64_t after, std::string (*format)(std::uint64_t)) {
  return format(before) + " -> " + format(after) + " (" +
         (after >= before ? "+" + format(after - before) : "-" + format(before - after)) + ")";
}

std::string estimateWords(const Report& report) {
  return report.profile().isSampled() ? ", estimated from samples" : "";
}

/// What a stretch has come to: of malloc's heap as a whole, or of the part that is looked at.
std::string stretchText(const Report& report) {
  const v1::InstantReport& to = *report.profile().instant;
  if (isOfPart(report)) {
    if (to.gone()) return {};
    const PartSum sum = sumOf(report);
    return "  " + formatNumberOf(sum.allocations, "allocation") + " of " + formatBytes(sum.allocatedBytes) +
           " in it, " + formatCount(sum.allocations - std::min(sum.allocations, sum.liveBlocks)) +
           " of them freed before its end" + estimateWords(report) + "\n";
  }
  const v1::InstantReport& from = to.from();
  const std::uint64_t allocations = to.allocations() - std::min(from.allocations(), to.allocations());
  const std::uint64_t frees = to.frees() - std::min(from.frees(), to.frees());
  return "  live " + changeText(from.live_bytes(), to.live_bytes(), formatBytes) + " in blocks " +
         changeText(from.live_blocks(), to.live_blocks(), formatCount) + "; " +
         formatNumberOf(allocations, "allocation") + ", " + formatNumberOf(frees, "free") +
         estimateWords(report) + "\n";
}

double inSeconds(std::uint64_t ns) { return static_cast<double>(ns) / 1e9; }

nlohmann::ordered_json instantJson(const v1::InstantReport& instant) {
  nlohmann::ordered_json json{
      {"atSeconds", inSeconds(instant.at_ns())},
      {"name",
       instant.mark().empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(instant.mark())},
      {"snapshot", instant.snapshot()},
      {"peak", instant.peak()},
      {"liveBytes", instant.live_bytes()},
      {"liveBlocks", instant.live_blocks()},
      {"allocations", instant.allocations()},
      {"frees", instant.frees()},
      {"liveBytesError", instant.has_live_bytes_error()
                             ? nlohmann::ordered_json(wholeError(instant.live_bytes_error()))
                             : nlohmann::ordered_json(nullptr)}};
  return json;
}

}  // namespace

void writeInstantText(Sink& out, const Report& report) {
  const NameStyle style = styleOf(report.options);
  const v1::InstantReport& instant = *report.profile().instant;
  const auto top = [&](std::uint64_t usual) { return report.options.top.value_or(usual); };
  const auto shown = report.table.select(
      {.order = SiteOrder::LiveBytes, .limit = top(kTopOfInstant), .heap = report.heapId()});
  if (!instant.has_from()) {
    out.write(headText(
        report, "as it was at " + client::wordsFor(instant) + ", with " +
                    formatNumberOf(isOfPart(report) ? sumOf(report).allocations : instant.allocations(),
                                   "allocation") +
                    " until then" + estimateWords(report)));
    out.write(liveSitesText(liveOf(report, "live"), report.table, shown, style));
    if (report.ofLifetimes)
      out.write(allocationRankingsText(report.table, report.heapId(), top(kTopOfRankings), style));
    return;
  }
  out.write(
      headText(report, "from " + client::wordsFor(instant.from()) + " to " + client::wordsFor(instant)));
  out.write(stretchText(report));
  if (instant.gone()) {
    out.write(liveSitesText(liveOf(report, "gone"), report.table, shown, style));
    return;
  }
  out.write(liveSitesText(liveOf(report, "new and still there"), report.table, shown, style));
  out.write(allocationRankingsText(report.table, report.heapId(), top(kTopOfRankings), style));
}

void writeInstantJson(Sink& out, const Report& report) {
  const v1::InstantReport& instant = *report.profile().instant;
  JsonWriter json(out);
  StackTables stacks(report.profile());
  json.beginObject();
  json.key("schemaVersion");
  json.number(kReportSchemaVersion);
  if (instant.has_from()) {
    json.key("from");
    json.raw(dumped(instantJson(instant.from())));
  }
  // A snapshot's has always been called so.
  json.key(instant.has_from() ? "to" : instant.snapshot() ? "snapshot" : "instant");
  json.raw(dumped(instantJson(instant)));
  if (instant.has_from()) {
    json.key("blocks");
    json.text(instant.gone() ? "gone" : "new");
  }
  json.key("filter");
  json.textOrNull(report.filter);
  json.key("sites");
  writeSites(json, report.table,
             report.table
                 .select({.order = (instant.has_from() || report.ofLifetimes) && !instant.gone()
                                       ? SiteOrder::Allocations
                                       : SiteOrder::LiveBytes,
                          .limit = report.options.top.value_or(0),
                          .heap = report.heapId()})
                 .sites,
             stacks);
  stacks.writeTables(json);
  json.endObject();
  json.endLine();
}

}  // namespace heaptap::exporting
