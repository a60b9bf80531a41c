// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
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

/// Adds up sizes by powers of two. Few are used at a time.
class SizeHistogram {
 public:
  void add(const model::Pair& pair, const model::PairCounters& counters);
  /// Smallest first; ranges without allocations are left out.
  [[nodiscard]] std::vector<SizeBucket> buckets() const;

 private:
  struct Sums {
    std::size_t bucket = 0;
    model::Estimate allocated = {};
    model::Estimate live = {};
  };
  std::vector<Sums> m_sums;  ///< By bucket, ascending.
};

/// The sizes of all allocations that pass.
[[nodiscard]] std::vector<SizeBucket> sizesOf(const Profile& profile, const FilterMatch& filter = {});

}  // namespace heaptap::client
