// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "counting/batch_sums.h"

namespace heaptap::counting {

/// What the events of several batches that follow each other add up to, by pair and by thread: enough to tell
/// what is live of any pairs behind them, when that is known before them, and which threads have allocated
/// it. Ids are those of the session. SpanSums in checkpoint.proto is the same as a message.
struct SpanSums {
  struct OfPair {
    std::uint32_t pair = 0;
    std::uint32_t threads = 0;  ///< So many entries of `allocators` are of this pair.
    std::uint64_t frees = 0;
    std::uint64_t temporaries = 0;  ///< Of those frees.

    bool operator==(const OfPair&) const = default;
  };
  struct Allocator {
    std::uint32_t thread = 0;
    std::uint64_t allocations = 0;

    bool operator==(const Allocator&) const = default;
  };

  std::vector<OfPair> pairs;                       ///< By id, those with an event.
  std::vector<Allocator> allocators;               ///< By pair, then by thread.
  std::vector<BatchSums::LastAllocation> threads;  ///< By thread: its last one of malloc's heap.

  /// Precondition: `sums` says which threads have allocated.
  [[nodiscard]] static SpanSums of(const BatchSums& sums);
  /// Adds what comes behind.
  void add(const SpanSums& next);
  /// About how much room they take, in numbers.
  [[nodiscard]] std::size_t entries() const { return pairs.size() + allocators.size(); }
  [[nodiscard]] bool isEmpty() const { return pairs.empty(); }

  bool operator==(const SpanSums&) const = default;
};

}  // namespace heaptap::counting
