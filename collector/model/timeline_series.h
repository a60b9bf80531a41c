// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "collector/model/ids.h"
#include "collector/model/timeline_steps.h"

namespace heaptap::model {

/// Which interval of a session is asked for, in how many steps at most, and of which pairs and threads.
/// Units: ns since the session's start.
struct SeriesQuery {
  static constexpr std::uint32_t kMost = 1024;
  static constexpr std::size_t kMostGroups = 128;
  static constexpr std::uint32_t kMostLanes = 64;

  std::uint64_t fromNs = 0;
  std::uint64_t toNs = 0;  ///< Not included. 0: to the end.
  std::uint32_t steps = 256;
  /// A pair is in one of them. Empty: one group, of all pairs of malloc's heap.
  std::vector<std::vector<PairId>> groups = {};
  std::uint32_t lanes = 0;  ///< So many threads have one of their own.
  /// Where there are many events, steps may end where sums of them are stored, and be fewer.
  bool mayMove = false;

  [[nodiscard]] std::size_t groupCount() const { return groups.empty() ? 1 : groups.size(); }
};

/// One step of which the events are known.
struct SeriesStep {
  std::uint32_t step = 0;  ///< Its number: it begins at TimelineSeries::beginOf(step).
  /// What is live at its end is known. Not so where events before it are missing.
  bool isLiveKnown = false;
  /// Of the frees, those that ended a temporary allocation. None: that cannot be told of all of them.
  std::optional<std::uint64_t> temporaries = std::nullopt;

  bool operator==(const SeriesStep&) const = default;
};

/// What a thread has allocated, of all groups. Estimates where allocations are sampled.
struct SeriesLane {
  std::optional<ThreadIndex> thread = std::nullopt;  ///< None: all threads that have no lane of their own, …
  std::uint64_t threads = 1;                         ///< … so many.
  std::vector<std::uint64_t> allocations = {};       ///< By known step.
  std::vector<std::uint64_t> bytes = {};             ///< Likewise.

  bool operator==(const SeriesLane&) const = default;
};

/// An interval in steps, of equal width unless they have moved, with what is live of groups of pairs, and
/// what threads allocate. Units: bytes, and events.
struct TimelineSeries {
  std::uint64_t fromNs = 0;
  std::uint64_t stepNs = 1;
  std::size_t groups = 1;
  /// Ascending. Neither those that reach into `missing`, nor behind the end.
  std::vector<SeriesStep> known = {};
  std::vector<TimeStretch> missing = {};  ///< In the interval: their events are not stored.
  std::vector<std::uint64_t> liveBytes =
      {};                               ///< At the steps' ends, by known step, then by group; 0: unknown.
  std::vector<double> liveErrors = {};  ///< Standard errors of them, in a sampled session; else empty.
  /// By known step: where it begins and ends. Empty: as beginOf() says.
  std::vector<TimeStretch> moved = {};
  std::vector<SeriesLane> lanes = {};  ///< Those with most allocations first, then one of all others.

  [[nodiscard]] std::uint64_t beginOf(std::uint32_t step) const { return fromNs + step * stepNs; }
  /// Of a known step, by position.
  [[nodiscard]] TimeStretch stretchOf(std::size_t at) const {
    if (!moved.empty()) return moved[at];
    return {.fromNs = beginOf(known[at].step), .toNs = beginOf(known[at].step + 1)};
  }
  [[nodiscard]] std::uint64_t live(std::size_t at, std::size_t group) const {
    return liveBytes[at * groups + group];
  }
};

}  // namespace heaptap::model
