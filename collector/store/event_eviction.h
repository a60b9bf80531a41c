// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/error.h"
#include "collector/store/database.h"

namespace heaptap::store {

struct Evicted {
  std::uint64_t events = 0;
  std::uint64_t eventBytes = 0;     ///< Of their blobs.
  std::uint64_t keyframeBytes = 0;  ///< Of keyframes.
  std::uint64_t upTo = 0;           ///< The message up to which nothing is left. 0: nothing went.

  [[nodiscard]] std::uint64_t bytes() const { return eventBytes + keyframeBytes; }
  Evicted& operator+=(const Evicted& other) {
    events += other.events;
    eventBytes += other.eventBytes;
    keyframeBytes += other.keyframeBytes;
    upTo = std::max(upTo, other.upTo);
    return *this;
  }
};

inline constexpr std::uint64_t kKeepNothing = ~std::uint64_t{0};

struct Eviction {
  std::uint64_t bytes = 0;  ///< To be free for other use.
  std::uint64_t upTo =
      0;  ///< Of the checkpoint that covers what goes: what is younger is needed to read the file.
  /// From this message on nothing goes: that of the newest keyframe.
  std::uint64_t keepFrom = kKeepNothing;
};

/// Deletes event blobs and keyframes, the oldest first, until at least so many bytes are free or none is left
/// that may go. Where there is a keyframe later, all go that come before it: the first instant that can still
/// be asked is that of a keyframe. Checkpoints go with the events that were counted from them; those of marks
/// stay.
Result<Evicted> evictOldestEvents(Database& database, const Eviction& eviction);

/// Bytes of the file that hold something.
Result<std::uint64_t> usedBytes(Database& database);

}  // namespace heaptap::store
