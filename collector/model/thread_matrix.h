// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "collector/model/ids.h"

namespace heaptap::model {

/// Of which events, and of which pairs, it is asked which threads have allocated and freed.
/// Units: ns since the session's start.
struct ThreadMatrixQuery {
  static constexpr std::size_t kMostGroups = 1024;

  std::optional<std::uint64_t> afterNs = std::nullopt;  ///< Later events. None: from the beginning.
  std::optional<std::uint64_t> untilNs = std::nullopt;  ///< This included. None: to the end.
  /// One matrix for each; a pair is in one of them. Empty: one group, of all pairs of malloc's heap.
  std::vector<std::vector<PairId>> groups = {};
  /// Only what they have allocated, in the interval. Empty: any.
  std::vector<ThreadIndex> threads = {};
  /// Also how many allocations each of these pairs has in the interval.
  bool countsPairs = false;

  [[nodiscard]] std::size_t matrices() const { return groups.empty() ? 1 : groups.size(); }
};

/// Blocks of a group that one thread has allocated and one has freed.
struct ThreadCell {
  std::uint32_t group = 0;
  /// None: before the interval, by whom is not looked up.
  std::optional<ThreadIndex> allocatedBy = std::nullopt;
  std::optional<ThreadIndex> freedBy = std::nullopt;  ///< None: by none: live at the interval's end.
  std::uint64_t blocks = 0;                           ///< An estimate where allocations are sampled, …
  std::uint64_t bytes = 0;                            ///< … likewise.
  double blocksVariance = 0;                          ///< Of that estimate; 0: it is exact, …
  double bytesVariance = 0;                           ///< … likewise.

  bool operator==(const ThreadCell&) const = default;
};

/// Allocations of a pair in an interval, as they were recorded.
struct PairAllocations {
  PairId pair{};
  std::uint64_t allocations = 0;

  bool operator==(const PairAllocations&) const = default;
};

/// Who has freed what whom has allocated, in an interval: what was allocated in it, and what was freed in it.
struct ThreadMatrix {
  /// Of the interval, what is known: missing events at its beginning or in its middle make it begin later.
  std::uint64_t knownFromNs = 0;
  std::uint64_t knownUntilNs = 0;
  std::vector<ThreadCell> cells;  ///< Those that are not empty, by group, who allocated, who freed.
  /// By group: blocks that were freed, by floor(log2(lifetime in ns)).
  std::vector<std::array<std::uint64_t, 64>> lifetimes;
  /// In what is known of the interval: those that have any, by pair. None: they were not counted.
  std::optional<std::vector<PairAllocations>> pairs = std::nullopt;
};

}  // namespace heaptap::model
