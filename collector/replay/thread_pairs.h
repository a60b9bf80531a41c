// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/container/flat_hash_map.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "collector/model/pair.h"
#include "collector/model/thread_matrix.h"

namespace heaptap::replay {

/// Counts blocks by group, by who has allocated them and by who has freed them.
/// Memory: of the cells that are in use; where a table of all is small, of that. Threads: one at a time.
class ThreadPairs {
 public:
  static constexpr std::size_t kMostCells = 1U << 20;
  /// A place on one side of the matrix: 0 is none, else a thread's index + 1.
  using Side = std::uint32_t;

  ThreadPairs(std::size_t groups, std::size_t threads);

  /// False: there would be more than kMostCells.
  bool add(std::uint32_t group, Side allocatedBy, Side freedBy, const model::Pair& pair);
  /// Takes back one that was added. False: there is none.
  bool remove(std::uint32_t group, Side allocatedBy, Side freedBy, const model::Pair& pair);

  [[nodiscard]] std::vector<model::ThreadCell> cells() const;

 private:
  struct Cell {
    std::uint64_t recorded = 0;
    std::uint64_t bytes = 0;
    double blocks = 0;          ///< Of sampled ones: what they stand for; likewise the next.
    double blocksVariance = 0;  ///< Of that.
    double bytesVariance = 0;
    std::uint64_t exact = 0;
  };
  using Key = std::array<std::uint32_t, 3>;
  Cell* cellAt(const Key& key);

  std::size_t m_sides;      ///< Threads + 1.
  std::vector<Cell> m_all;  ///< By group, who allocated, who freed. Empty: m_some is used.
  absl::flat_hash_map<Key, Cell> m_some;
};

}  // namespace heaptap::replay
