// SPDX-License-Identifier: Apache-2.0
//
// Threads as JSON and CSV.
#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "cli/threads/thread_listing.h"
#include "export/report/json_tables.h"
#include "export/report/json_writer.h"
#include "text/csv_field.h"
#include "text/quantity.h"

namespace heaptap::cli {
namespace {

using exporting::JsonWriter;

template <class Entries, class Number>
void writeColumn(JsonWriter& json, std::string_view name, const Entries& entries, const Number& number) {
  json.key(name);
  json.beginArray();
  for (const auto& entry : entries) number(entry);
  json.endArray();
}

void writeThread(JsonWriter& json, std::optional<model::ThreadIndex> thread) {
  thread ? json.number(index(*thread)) : json.null();
}

/// `areEstimates`: null where a number is exact, or where nothing was sampled.
void writeErrors(JsonWriter& json, const std::vector<model::ThreadCell>& cells, bool areEstimates) {
  if (!areEstimates) return;
  const auto error = [&](double variance) { variance > 0 ? json.number(std::sqrt(variance)) : json.null(); };
  writeColumn(json, "blocksError", cells, [&](const auto& cell) { error(cell.blocksVariance); });
  writeColumn(json, "bytesError", cells, [&](const auto& cell) { error(cell.bytesVariance); });
}

void writeCells(JsonWriter& json, const std::vector<model::ThreadCell>& cells, bool areEstimates) {
  json.key("cells");
  json.beginObject();
  writeColumn(json, "allocatedBy", cells, [&](const auto& cell) { writeThread(json, cell.allocatedBy); });
  writeColumn(json, "freedBy", cells, [&](const auto& cell) { writeThread(json, cell.freedBy); });
  writeColumn(json, "blocks", cells, [&](const auto& cell) { json.number(cell.blocks); });
  writeColumn(json, "bytes", cells, [&](const auto& cell) { json.number(cell.bytes); });
  writeErrors(json, cells, areEstimates);
  json.endObject();
}

/// Without the zeros at the end.
void writeLifetimes(JsonWriter& json, const std::array<std::uint64_t, 64>& lifetimes) {
  const auto last =
      std::find_if(lifetimes.rbegin(), lifetimes.rend(), [](std::uint64_t frees) { return frees != 0; });
  json.key("lifetimesLog2");
  json.beginArray();
  std::for_each(lifetimes.begin(), last.base(), [&](std::uint64_t frees) { json.number(frees); });
  json.endArray();
}

double inSeconds(std::uint64_t ns) { return static_cast<double>(ns) / 1e9; }

}  // namespace

std::vector<model::ThreadCell> cellsOf(const model::ThreadMatrix& matrix,
                                       std::optional<std::uint32_t> group) {
  std::map<std::pair<std::optional<model::ThreadIndex>, std::optional<model::ThreadIndex>>, model::ThreadCell>
      sums;
  for (const model::ThreadCell& cell : matrix.cells) {
    if (group && cell.group != *group) continue;
    model::ThreadCell& sum = sums[{cell.allocatedBy, cell.freedBy}];
    sum.allocatedBy = cell.allocatedBy;
    sum.freedBy = cell.freedBy;
    sum.blocks += cell.blocks;
    sum.bytes += cell.bytes;
    sum.blocksVariance += cell.blocksVariance;
    sum.bytesVariance += cell.bytesVariance;
  }
  std::vector<model::ThreadCell> cells;
  for (const auto& [sides, cell] : sums) cells.push_back(cell);
  return cells;
}

std::array<std::uint64_t, 64> lifetimesOf(const model::ThreadMatrix& matrix,
                                          std::optional<std::uint32_t> group) {
  std::array<std::uint64_t, 64> sums{};
  for (std::size_t i = 0; i < matrix.lifetimes.size(); ++i)
    for (std::size_t bucket = 0; bucket < sums.size() && (!group || i == *group); ++bucket)
      sums[bucket] += matrix.lifetimes[i][bucket];
  return sums;
}

void writeThreadsJson(exporting::Sink& out, const ThreadListing& listing) {
  const model::DefinitionsView& known = listing.profile().definitions;
  JsonWriter json(out);
  exporting::StackTables stacks(listing.profile());
  json.beginObject();
  json.key("schemaVersion");
  json.number(1);
  json.key("filter");
  json.textOrNull(listing.filter);
  json.key("fromSeconds");
  json.number(inSeconds(fromNs(listing.matrix)));
  json.key("toSeconds");
  json.number(inSeconds(listing.matrix.knownUntilNs));
  json.key("estimated");
  json.boolean(listing.profile().isSampled());
  json.key("threads");
  json.beginObject();
  writeColumn(json, "id", known.threads, [&](const model::Thread& thread) { json.number(thread.tid); });
  writeColumn(json, "name", known.threadNames(), [&](std::string_view name) { json.textOrNull(name); });
  json.endObject();
  const bool areEstimates = listing.profile().isSampled();
  writeCells(json, cellsOf(listing.matrix), areEstimates);
  writeLifetimes(json, lifetimesOf(listing.matrix));
  json.key("sites");
  json.beginArray();
  for (std::uint32_t group = 0; group < listing.sites.size(); ++group) {
    const client::SiteKey key = listing.table.key(listing.sites[group]);
    json.beginObject();
    json.key("stack");
    stacks.write(json, key.stack);
    json.key("heap");
    json.textOrNull(known.heapName(key.heap));
    writeCells(json, cellsOf(listing.matrix, group), areEstimates);
    writeLifetimes(json, lifetimesOf(listing.matrix, group));
    json.endObject();
  }
  json.endArray();
  stacks.writeTables(json);
  json.endObject();
  json.endLine();
}

void writeThreadsCsv(exporting::Sink& out, const ThreadListing& listing) {
  const auto names = listing.profile().definitions.threadNames();
  const auto thread = [&](std::optional<model::ThreadIndex> index) {
    if (!index) return std::string(",");
    const std::size_t at = model::index(*index);
    return csvField(names[at]) + "," + std::to_string(listing.profile().definitions.threads[at].tid);
  };
  const bool areEstimates = listing.profile().isSampled();
  const auto errors = [&](const model::ThreadCell& cell) {
    const auto text = [](double variance) {
      return variance > 0 ? std::to_string(wholeError(std::sqrt(variance))) : std::string();
    };
    if (!areEstimates) return std::string();
    return "," + text(cell.blocksVariance) + "," + text(cell.bytesVariance);
  };
  out.write("\"allocatedBy\",\"allocatedById\",\"freedBy\",\"freedById\",\"blocks\",\"bytes\"" +
            std::string(areEstimates ? ",\"blocksError\",\"bytesError\"" : "") + "\r\n");
  for (const model::ThreadCell& cell : cellsOf(listing.matrix))
    out.write(thread(cell.allocatedBy) + "," + thread(cell.freedBy) + "," + std::to_string(cell.blocks) +
              "," + std::to_string(cell.bytes) + errors(cell) + "\r\n");
}

}  // namespace heaptap::cli
