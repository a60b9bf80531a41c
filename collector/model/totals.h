// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace heaptap::model {

/// The session in numbers.
struct Totals {
  std::uint64_t allocations = 0;
  std::uint64_t frees = 0;
  std::uint64_t allocatedBytes = 0;
  std::uint64_t liveBytes = 0;
  std::uint64_t peakBytes = 0;
  std::uint64_t peakAtNs = 0;  ///< When the peak was first reached.
  std::uint64_t temporaries = 0;
  std::uint64_t lastEventNs = 0;

  std::uint64_t liveBlocks() const { return allocations - frees; }
  bool operator==(const Totals&) const = default;
};

}  // namespace heaptap::model
