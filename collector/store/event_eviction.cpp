// SPDX-License-Identifier: Apache-2.0
#include "collector/store/event_eviction.h"

#include <algorithm>
#include <limits>
#include <string>

#include "collector/store/stored_keyframes.h"

namespace heaptap::store {

namespace {

Result<void> remove(Database& database, const std::string& table, std::uint64_t upTo) {
  auto removal = database.prepare("DELETE FROM " + table + " WHERE sequence <= :up_to");
  if (!removal) return tl::unexpected(removal.error());
  return removal->run(Named{"up_to", upTo});
}

/// Event blobs and keyframes, as they were stored.
constexpr const char* kRows =
    "SELECT sequence, events, length(data) AS bytes, 0 AS is_keyframe, 0 AS begins FROM event_blob "
    "WHERE sequence <= :up_to AND sequence < :keep_from UNION ALL "
    "SELECT sequence, 0, length(data), 1, part = 0 FROM keyframe "
    "WHERE sequence <= :up_to AND sequence <= :keep_from ORDER BY sequence";

/// Those whose next event is gone: no instant is counted from them any more.
constexpr const char* kStaleCheckpoints =
    "DELETE FROM checkpoint WHERE mark IS NULL AND sequence < :before AND "
    "events < coalesce((SELECT first_event FROM event_blob ORDER BY sequence LIMIT 1), events + 1)";

Result<void> removeCheckpoints(Database& database, std::uint64_t before) {
  auto removal = database.prepare(kStaleCheckpoints);
  if (!removal) return tl::unexpected(removal.error());
  return removal->run(Named{"before", before});
}

}  // namespace

Result<Evicted> evictOldestEvents(Database& database, const Eviction& eviction) {
  Evicted enough;  // Up to the last row that must go, …
  Evicted all;     // … and up to the row that is looked at.
  if (eviction.bytes == 0) return enough;
  auto keyframes = findKeyframes(database);
  if (!keyframes) return tl::unexpected(keyframes.error());
  auto rows = database.prepare(kRows);
  if (!rows) return tl::unexpected(rows.error());
  constexpr auto kLargest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  rows->start(Named{"up_to", eviction.upTo}, Named{"keep_from", std::min(eviction.keepFrom, kLargest)});
  const auto isWhole = [&](std::uint64_t sequence) {
    return std::any_of(keyframes->begin(), keyframes->end(), [&](const KeyframePlace& place) {
      return place.firstSequence == sequence && place.lastSequence <= eviction.upTo;
    });
  };
  while (true) {
    const auto row = rows->next();
    if (!row) return tl::unexpected(row.error());
    if (!*row) {
      // What is kept is still to be stored: then nothing of before is of use.
      if (eviction.keepFrom != kKeepNothing) enough = all;
      break;
    }
    const bool isEnough = all.eventBytes + all.keyframeBytes >= eviction.bytes;
    const auto sequence = rows->as<std::uint64_t>("sequence");
    if (sequence >= eviction.keepFrom) {
      enough = all;
      break;
    }
    if (isEnough && rows->integer("begins") != 0 && isWhole(sequence)) {
      enough = all;
      break;
    }
    const bool isKeyframe = rows->integer("is_keyframe") != 0;
    (isKeyframe ? all.keyframeBytes : all.eventBytes) += rows->as<std::uint64_t>("bytes");
    all.events += rows->as<std::uint64_t>("events");
    all.upTo = sequence;
    if (!isEnough) enough = all;
  }
  if (enough.upTo == 0) return enough;
  return remove(database, "event_blob", enough.upTo)
      .and_then([&] { return remove(database, "span", enough.upTo); })
      .and_then([&] { return remove(database, "keyframe", enough.upTo); })
      .and_then([&] { return removeCheckpoints(database, enough.upTo); })
      .map([&] { return enough; });
}

Result<std::uint64_t> usedBytes(Database& database) {
  const auto pages = database.number(
      "SELECT (SELECT page_count FROM pragma_page_count) - "
      "(SELECT freelist_count FROM pragma_freelist_count)");
  if (!pages) return tl::unexpected(pages.error());
  return database.number("PRAGMA page_size").map([&](std::int64_t size) {
    return static_cast<std::uint64_t>(*pages * size);
  });
}

}  // namespace heaptap::store
