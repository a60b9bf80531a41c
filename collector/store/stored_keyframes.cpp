// SPDX-License-Identifier: Apache-2.0
#include "collector/store/stored_keyframes.h"

#include <algorithm>
#include <string>

#include "collector/ingest/keyframe_columns.h"
#include "collector/ingest/limits.h"
#include "collector/store/rows.h"
#include "collector/store/stored_rows.h"

namespace heaptap::store {
namespace {

/// Stored events without a hole between them.
struct EventRun {
  std::uint64_t first = 0;
  std::uint64_t end = 0;
  std::uint64_t toNs = 0;

  [[nodiscard]] bool hasStartOf(const KeyframePlace& place) const {
    return place.firstEvent >= first && place.firstEvent <= end;
  }
};

/// In their order; the last one, which may be empty, reaches to the end of the session.
Result<std::vector<EventRun>> eventRuns(Database& database) {
  std::vector<EventRun> runs;
  const auto look = [&](const Statement& row) -> Result<void> {
    const auto first = row.as<std::uint64_t>("first_event");
    if (runs.empty() || runs.back().end != first) runs.push_back({.first = first});
    runs.back().end = first + row.as<std::uint64_t>("events");
    runs.back().toNs = row.as<std::uint64_t>("to_ns");
    return {};
  };
  auto read = forEachRow(database, storedRows("first_event, events, to_ns", "event_blob"), look);
  if (!read) return tl::unexpected(read.error());
  const auto counted = database.number("SELECT coalesce(max(events), 0) FROM checkpoint");
  if (!counted) return tl::unexpected(counted.error());
  const auto all = static_cast<std::uint64_t>(*counted);
  if (runs.empty() || runs.back().end < all) runs.push_back({.first = all, .end = all});
  return runs;
}

/// The time of the first checkpoint that has counted so many events at least. None: no checkpoint has.
Result<std::optional<std::uint64_t>> countedNs(Database& database, std::uint64_t events) {
  std::optional<std::uint64_t> first;
  return forEachRow(database, storedRows("events, last_event_ns", "checkpoint"),
                    [&](const Statement& row) -> Result<void> {
                      if (!first && row.as<std::uint64_t>("events") >= events)
                        first = row.as<std::uint64_t>("last_event_ns");
                      return {};
                    })
      .map([&] { return first; });
}

}  // namespace

Result<std::vector<KeyframePlace>> findKeyframes(Database& database) {
  std::vector<KeyframePlace> whole;
  std::optional<KeyframePlace> place;  // That is not whole yet.
  std::uint64_t nextPart = 0;
  const auto look = [&](const Statement& row) -> Result<void> {
    const auto sequence = row.as<std::uint64_t>("sequence");
    const auto part = row.as<std::uint64_t>("part");
    if (part == 0)
      place = {.firstSequence = sequence,
               .lastSequence = sequence,
               .atNs = row.as<std::uint64_t>("at_ns"),
               .firstEvent = row.as<std::uint64_t>("first_event"),
               .firstAllocation = row.as<std::uint64_t>("first_allocation")};
    else if (place && (part != nextPart || sequence != place->lastSequence + 1))
      place.reset();  // The collector was killed between the parts.
    if (!place) return {};
    nextPart = part + 1;
    place->lastSequence = sequence;
    place->blocks += row.as<std::uint64_t>("blocks");
    if (row.integer("last") == 0) return {};
    whole.push_back(*place);
    place.reset();
    return {};
  };
  return forEachRow(
             database,
             storedRows("sequence, part, last, blocks, at_ns, first_event, first_allocation", "keyframe"),
             look)
      .map([&] { return std::move(whole); });
}

Result<std::optional<AskableInstants>> findAskableInstants(Database& database, Asked asked) {
  using Answer = std::optional<AskableInstants>;
  const auto runs = eventRuns(database);
  if (!runs) return tl::unexpected(runs.error());
  const auto keyframes = findKeyframes(database);
  if (!keyframes) return tl::unexpected(keyframes.error());
  // The last stretch of events: where there is no keyframe in it, an earlier one.
  for (auto run = runs->rbegin(); run != runs->rend(); ++run) {
    AskableInstants instants{.fromNs = 0, .untilNs = {}};
    if (run != runs->rbegin()) instants.untilNs = run->toNs;
    if (run->first == 0) return Answer(instants);
    if (asked == Asked::Blocks) {
      const auto start =
          std::find_if(keyframes->begin(), keyframes->end(),
                       [&](const KeyframePlace& keyframe) { return run->hasStartOf(keyframe); });
      if (start == keyframes->end()) continue;
      instants.fromNs = start->atNs;
    }
    const auto counted = countedNs(database, run->first);
    if (!counted) return tl::unexpected(counted.error());
    if (!*counted || **counted > instants.untilNs.value_or(**counted)) continue;
    instants.fromNs = std::max(instants.fromNs, **counted);
    return Answer(instants);
  }
  return Answer();
}

Result<void> readKeyframe(Database& database, const KeyframePlace& place, std::size_t pairs,
                          std::uint32_t timeUnitNs,
                          const std::function<Result<void>(std::span<const model::LiveBlock>)>& take) {
  ingest::KeyframeColumns columns;
  std::uint64_t nextNumber = 0;
  std::uint64_t lastNs = 0;
  const auto sequence = [](std::uint64_t number) {
    return std::to_string(static_cast<std::int64_t>(number));
  };
  return forEachRow(database,
                    storedRows("blocks, data", "keyframe",
                               "sequence BETWEEN " + sequence(place.firstSequence) + " AND " +
                                   sequence(place.lastSequence)),
                    [&](const Statement& row) {
                      const auto blocks = std::min<std::uint64_t>(row.as<std::uint64_t>("blocks"),
                                                                  ingest::kMaxKeyframeBlocks + 1ULL);
                      return columns
                          .read(row.text("data"), {.blocks = static_cast<std::uint32_t>(blocks),
                                                   .firstNumber = nextNumber,
                                                   .numbered = place.firstAllocation,
                                                   .pairs = pairs,
                                                   .fromNs = lastNs,
                                                   .untilNs = place.atNs,
                                                   .timeUnitNs = timeUnitNs})
                          .and_then([&]() -> Result<void> {
                            if (columns.blocks().empty()) return {};
                            nextNumber = columns.blocks().back().number + 1;
                            lastNs = columns.blocks().back().atNs;
                            return take(columns.blocks());
                          });
                    });
}

}  // namespace heaptap::store
