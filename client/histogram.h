// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "client/filter.h"
#include "client/profile.h"
#include "collector/model/estimate.h"
#include "collector/model/size_bucket.h"

namespace heaptap::client {

/// Allocations with minBytes <= size <= maxBytes. Units: blocks; where allocations are sampled, estimates.
struct SizeBucket {
  std::uint64_t minBytes = 0;
  std::uint64_t maxBytes = 0;
  std::uint64_t allocations = 0;
  std::uint64_t liveBlocks = 0;

  bool operator==(const SizeBucket&) const = default;
};

/// Adds up sizes by powers of two.
class SizeHistogram {
 public:
  void add(const model::Pair& pair, const model::PairCounters& counters) {
    Sums& sums = m_buckets[model::sizeBucket(pair.size)];
    sums.allocated.add(pair, counters.allocations);
    sums.live.add(pair, counters.live);
  }
  /// Smallest first; ranges without allocations are left out.
  [[nodiscard]] std::vector<SizeBucket> buckets() const;

 private:
  struct Sums {
    model::Estimate allocated;
    model::Estimate live;
  };
  std::array<Sums, model::kSizeBuckets> m_buckets{};
};

/// The sizes of all allocations that pass.
[[nodiscard]] std::vector<SizeBucket> sizesOf(const Profile& profile, const FilterMatch& filter = {});

}  // namespace heaptap::client
