// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace heaptap::model {

/// A heap beside malloc's, in numbers. All its allocations are recorded, whether malloc's are sampled or not.
struct HeapTotals {
  std::uint64_t allocations = 0;
  std::uint64_t frees = 0;
  std::uint64_t allocatedBytes = 0;
  std::uint64_t liveBytes = 0;
  std::uint64_t peakBytes = 0;  ///< Its own peak, at its own time.
  std::uint64_t peakAtNs = 0;   ///< When that was first reached.

  std::uint64_t liveBlocks() const { return allocations - frees; }
  bool operator==(const HeapTotals&) const = default;
};

}  // namespace heaptap::model
