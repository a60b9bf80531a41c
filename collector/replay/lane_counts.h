// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "collector/model/pair.h"
#include "collector/model/timeline_series.h"

namespace heaptap::replay {

/// What threads allocate in steps of time.
///
///     thread   ──► lane: an entry for each step in which it allocates
///     too many entries ──► lanes of the threads that have allocated least so far become one
///
/// Memory:  24 bytes for each entry, at most kMostEntries; 4 bytes for each thread; of the rest, its steps.
/// Threads: one at a time.
class LaneCounts {
 public:
  static constexpr std::size_t kMostEntries = 1U << 21;

  /// `mostEntries`: for tests.
  LaneCounts(std::size_t threads, std::size_t steps, std::uint32_t lanes,
             std::size_t mostEntries = kMostEntries);

  /// Precondition: steps never go back; the thread is one of those.
  void add(model::ThreadIndex thread, std::uint32_t step, const model::Pair& pair, std::uint64_t count = 1);

  /// The lanes with most allocations first, then one of all others, of these steps.
  /// A thread that allocates little before others take all the room, and then more, may be among the others.
  [[nodiscard]] std::vector<model::SeriesLane> lanes(const std::vector<model::SeriesStep>& known) const;

 private:
  struct Sum {
    double allocations = 0;
    std::uint64_t bytes = 0;
    void add(const Sum& other) {
      allocations += other.allocations;
      bytes += other.bytes;
    }
  };
  struct Entry {
    std::uint32_t step = 0;
    Sum sum;
  };
  struct Lane {
    std::uint32_t thread = 0;
    double allocations = 0;
    std::vector<Entry> entries = {};
  };
  static constexpr std::uint32_t kNone = 0;  ///< In m_laneOf: it has not allocated yet.
  static constexpr std::uint32_t kRest = ~std::uint32_t{0};

  [[nodiscard]] std::vector<std::size_t> byAllocations() const;
  void giveUpSmall();
  [[nodiscard]] static model::SeriesLane laneOf(const std::vector<Sum>& sums,
                                                const std::vector<model::SeriesStep>& known);

  std::uint32_t m_lanesWanted;
  std::size_t m_mostEntries;
  std::vector<std::uint32_t> m_laneOf;  ///< By thread: position + 1.
  std::vector<Lane> m_lanes;
  std::vector<Sum> m_rest;  ///< By step.
  std::uint64_t m_restThreads = 0;
  std::size_t m_entries = 0;
};

}  // namespace heaptap::replay
