// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "collector/model/free_sites.h"
#include "collector/model/heap_totals.h"
#include "collector/model/pair.h"
#include "collector/model/timeline.h"
#include "collector/model/totals.h"

namespace heaptap::model {

/// Frees by floor(log2(lifetime in ns)); where allocations are sampled, what they stand for.
using LifetimeHistogram = std::array<std::uint64_t, 64>;

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
  Totals totals;                    ///< Of malloc's heap; the last event may be any heap's.
  std::vector<PairCounters> pairs;  ///< By PairId.
  LifetimeHistogram lifetimes{};
  Timeline timeline;
  std::vector<FreeSites::Entry> freeSites;
  Rests rests;
  std::vector<HeapTotals> heaps;  ///< Of heaps from 1.
  /// By thread: number of its last one of malloc's heap, or kNoAllocation.
  std::vector<std::uint64_t> lastAllocations;
};

}  // namespace heaptap::model
