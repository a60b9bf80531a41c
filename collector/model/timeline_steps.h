// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace heaptap::model {

/// Which interval of a session's timeline is asked for, and in how many steps at most.
/// Units: ns since the session's start.
struct StepsQuery {
  static constexpr std::uint32_t kMost = 4096;

  std::uint64_t fromNs = 0;
  std::uint64_t toNs = 0;  ///< Not included. 0: to the end.
  std::uint32_t steps = 1000;
};

/// A stretch of time, its end not included.
struct TimeStretch {
  std::uint64_t fromNs = 0;
  std::uint64_t toNs = 0;

  bool operator==(const TimeStretch&) const = default;
};

/// Malloc's heap in one step of time. Units: bytes, and events; estimates where allocations are sampled.
struct TimelineStep {
  std::uint32_t step = 0;          ///< Its number: it begins at TimelineSteps::beginOf(step).
  std::uint64_t liveBytes = 0;     ///< At its end.
  std::uint64_t maxLiveBytes = 0;  ///< The largest within it, its beginning included.
  std::optional<std::uint64_t> minLiveBytes = std::nullopt;    ///< Likewise; only known from events, …
  std::optional<std::uint64_t> allocatedBytes = std::nullopt;  ///< … as this.
  std::uint64_t allocations = 0;
  std::uint64_t frees = 0;
  double liveVariance = 0;  ///< Of liveBytes.
  std::optional<std::uint64_t> rssBytes =
      std::nullopt;  ///< The largest measured in it. None: there was none.
  /// Of the frees, those that ended a temporary allocation. None: that cannot be told of all of them.
  std::optional<std::uint64_t> temporaries = std::nullopt;

  bool operator==(const TimelineStep&) const = default;
};

/// An interval in steps of equal width. Where the stored timeline is what it is made of, the steps may be
/// fewer than were asked for, and begin before the interval: they are whole buckets of it.
struct TimelineSteps {
  std::uint64_t fromNs = 0;
  std::uint64_t stepNs = 1;
  bool fromEvents = false;  ///< Else from the stored timeline.
  std::vector<TimelineStep> known =
      {};  ///< Ascending. Neither those that reach into `missing`, nor behind the end.
  std::vector<TimeStretch> missing = {};  ///< In the interval: their events are not stored.

  [[nodiscard]] std::uint64_t beginOf(std::uint32_t step) const { return fromNs + step * stepNs; }
};

}  // namespace heaptap::model
