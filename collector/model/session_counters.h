// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "collector/model/counts.h"
#include "collector/model/history.h"
#include "counting/timeline.h"

namespace heaptap::model {

/// "This thread has not allocated yet", in place of an allocation number.
inline constexpr std::uint64_t kNoAllocation = ~0ULL;

/// What recorded events stand for is counted in whole allocations; the rest is carried to the next event.
struct Rests {
  double allocations = 0;
  double frees = 0;

  bool operator==(const Rests&) const = default;
};

/// Everything that a SessionModel has counted, at one instant: enough to go on counting from there.
struct SessionCounters {
  Counts counts;
  LifetimeHistogram lifetimes{};
  counting::Timeline timeline;
  Rests rests;
  /// By thread: number of its last one of malloc's heap, or kNoAllocation.
  std::vector<std::uint64_t> lastAllocations;
};

}  // namespace heaptap::model
