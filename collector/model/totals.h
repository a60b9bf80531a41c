// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace heaptap::model {

/// Where allocations are sampled: what the recorded ones stand for, and how sure that is. Variances are of
/// bytes.
struct EstimatedTotals {
  double allocations = 0;
  double liveBlocks = 0;
  double liveVariance = 0;
  double peakVariance = 0;

  bool operator==(const EstimatedTotals&) const = default;
};

/// The session in numbers. Where allocations are sampled, events are the recorded ones, and bytes what they
/// stand for: estimates.
struct Totals {
  std::uint64_t allocations = 0;
  std::uint64_t frees = 0;
  std::uint64_t allocatedBytes = 0;
  std::uint64_t liveBytes = 0;
  std::uint64_t peakBytes = 0;
  std::uint64_t peakAtNs = 0;  ///< When the peak was first reached.
  std::uint64_t temporaries = 0;
  std::uint64_t lastEventNs = 0;

  EstimatedTotals estimate = {};  ///< All zero where every allocation is recorded.

  std::uint64_t liveBlocks() const { return allocations - frees; }
  bool operator==(const Totals&) const = default;
};

}  // namespace heaptap::model
