// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/error.h"
#include "collector/model/history.h"
#include "collector/model/timeline_steps.h"
#include "collector/replay/batch_chain.h"

namespace heaptap::replay {

/// What of a session is known without its events.
struct KnownOverTime {
  const model::History& history;
  std::uint64_t endNs = 0;     ///< Nothing is known of later times.
  bool withoutEvents = false;  ///< None was to be stored.
};

/// From so many events on, the stored timeline is looked at first, …
inline constexpr std::uint64_t kMostZoomedEvents = 1U << 22;
/// … and is what the answer is made of where it has so many buckets in the interval.
inline constexpr std::uint64_t kEnoughBuckets = 64;

/// The heap in an interval, in steps.
///
///     stored timeline  |    ▂    |    ▅    |    ▇    |    buckets: what was live at their ends is exact
///     events                      ··· ·· ··· · ··
///     interval                      [ | | | | | )         counted from the end of the bucket before
///
/// Cost:   of the events in the interval and the bucket that it begins in, at most some tenths of a second as
///         long as that is 1/64 of the session; of longer intervals that have many events, some milliseconds.
/// Memory: of the steps, and a row for each stored batch.
/// Errors: Usage: the interval ends before it begins; Corrupt; Unavailable: withdrawn.
Result<model::TimelineSteps> stepsOf(StoredEvents& events, const KnownOverTime& known,
                                     const model::StepsQuery& query, const OnProgress& onProgress = {});

}  // namespace heaptap::replay
