// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/sample_weight.h"
#include "collector/model/ids.h"

namespace heaptap::model {

/// Allocations that are counted together: same size, same stack, same entry point, same block beneath.
struct Pair {
  static constexpr std::uint64_t kUnknownSlack = ~std::uint64_t{0};

  std::uint64_t size = 0;               ///< Requested bytes.
  std::uint64_t slack = kUnknownSlack;  ///< What the block has beyond them.
  std::uint64_t sampleInterval = 0;     ///< Bytes between samples on average; 0: all are recorded.
  StackId stack{};
  Origin origin{};
  HeapId heap{};
  std::uint8_t alignLog2 = 0;  ///< 0: the allocator's own alignment.

  /// How many blocks a recorded one stands for, and how many bytes.
  double weight() const { return sampleWeight(size, sampleInterval); }
  std::uint64_t bytes() const { return sampleBytes(size, sampleInterval); }

  bool operator==(const Pair&) const = default;
};

/// What happened to the allocations of one pair. Units: recorded blocks.
struct PairCounters {
  std::uint64_t allocations = 0;
  std::uint64_t live = 0;
  std::uint64_t liveAtPeak = 0;  ///< When the pair's heap was at its peak.
  std::uint64_t temporaries = 0;

  std::uint64_t frees() const { return allocations - live; }
  bool operator==(const PairCounters&) const = default;
};

}  // namespace heaptap::model
