// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "counting/timeline.h"

/// What events add up to: counted beside the program, and merged by the collector.
namespace heaptap::counting {

/// What the events of one batch add up to. Ids are those of the session; sizes in bytes, times in ns since
/// the session's start. Where allocations are sampled, bytes are what the samples stand for. BatchSums in
/// ingest.proto is the same as a message.
struct BatchSums {
  /// What happened to the blocks of one pair.
  struct OfPair {
    std::uint32_t pair = 0;
    std::uint32_t allocations = 0;
    std::uint32_t frees = 0;
    std::uint32_t temporaries = 0;
    bool isAtPeak = false;    ///< The pair's heap is in `peaks` …
    std::int32_t atPeak = 0;  ///< … and these are its allocations less its frees up to there.

    bool operator==(const OfPair&) const = default;
  };
  /// A heap has never been larger than at one event of the batch.
  struct Peak {
    std::uint32_t heap = 0;
    std::uint64_t atNs = 0;  ///< When that size was first reached.

    bool operator==(const Peak&) const = default;
  };
  struct LastAllocation {
    std::uint32_t thread = 0;
    std::uint64_t number = 0;

    bool operator==(const LastAllocation&) const = default;
  };
  struct FreeSite {
    std::uint32_t pair = 0;
    std::uint32_t stack = 0;
    std::uint32_t frees = 0;

    bool operator==(const FreeSite&) const = default;
  };
  /// Blocks of a pair that one thread has allocated.
  struct Allocator {
    std::uint32_t pair = 0;
    std::uint32_t thread = 0;
    std::uint32_t allocations = 0;

    bool operator==(const Allocator&) const = default;
  };
  /// Of the whole session up to the last event, where allocations are sampled.
  struct Estimate {
    double allocations = 0;
    double liveBlocks = 0;
    double liveVariance = 0;
    double peakVariance = 0;
    double allocationRest = 0;
    double freeRest = 0;

    bool operator==(const Estimate&) const = default;
  };

  std::uint64_t endNs = 0;                    ///< Of the last event.
  std::vector<OfPair> pairs;                  ///< By id, those with an event.
  std::vector<Peak> peaks;                    ///< By heap.
  std::array<std::uint64_t, 64> lifetimes{};  ///< Frees of malloc's heap by floor(log2(lifetime in ns)).
  Timeline timeline = Timeline::part();       ///< Of malloc's heap, as wide as it is at `endNs`.
  std::vector<LastAllocation> threads;        ///< By thread: its last one of malloc's heap in the batch.
  std::vector<FreeSite> freeSites;            ///< By pair, then by stack. Of all heaps.
  bool hasAllocators = false;                 ///< Relays of earlier versions do not say …
  std::vector<Allocator> allocators;          ///< … by pair, then by thread. Of all heaps.
  std::optional<Estimate> estimate;           ///< None: every allocation is recorded.

  bool operator==(const BatchSums&) const = default;
};

}  // namespace heaptap::counting
