// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/error.h"
#include "collector/store/database.h"

namespace heaptap::store {

struct Evicted {
  std::uint64_t events = 0;
  std::uint64_t eventBytes = 0;     ///< Of their blobs.
  std::uint64_t keyframeBytes = 0;  ///< Of keyframes.
  std::uint64_t upTo = 0;           ///< The message up to which nothing is left. 0: nothing went.
};

/// Deletes event blobs and keyframes, the oldest first, until at least `bytes` are free for other use or none
/// is left. Where there is a keyframe later, all go that come before it: the first instant that can still be
/// asked is that of a keyframe. Only such as a checkpoint at `upTo` covers: what is younger is needed to read
/// the file.
Result<Evicted> evictOldestEvents(Database& database, std::uint64_t bytes, std::uint64_t upTo);

/// Bytes of the file that hold something.
Result<std::uint64_t> usedBytes(Database& database);

}  // namespace heaptap::store
