// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "client/filter.h"
#include "client/profile.h"

namespace heaptap::client {

/// What trees are drawn by. Units: bytes or blocks; where allocations are sampled, estimates.
enum class Cost : std::uint8_t {
  LiveBytes,
  LiveBlocks,
  PeakBytes,  ///< Live when the heap was at its peak.
  Allocations,
  AllocatedBytes,
  Temporaries,
};

/// Blocks that a pair has recorded towards a cost; of samples, before they are weighted.
[[nodiscard]] std::uint64_t recordedOf(const model::PairCounters& counters, Cost cost);
/// Else it is a number of blocks.
[[nodiscard]] bool isOfBytes(Cost cost);

/// A cost by stack: what was allocated at the stack itself, and there and in all that it called. Of one heap,
/// the filter's, or malloc's when it names none: nothing is added up across heaps. Threads: any, as it never
/// changes.
class StackCosts {
 public:
  StackCosts(const Profile& profile, Cost cost, const FilterMatch& filter = {});
  /// Of costs that are known: `self` by stack, for all that the profile has.
  StackCosts(const Profile& profile, std::vector<std::uint64_t> self);

  [[nodiscard]] std::uint64_t self(model::StackId stack) const { return m_self[index(stack)]; }
  [[nodiscard]] std::uint64_t total(model::StackId stack) const { return m_total[index(stack)]; }
  /// Of everything; the empty stack's total.
  [[nodiscard]] std::uint64_t sum() const { return m_total.front(); }
  [[nodiscard]] std::size_t stacks() const { return m_self.size(); }

 private:
  void addUp(const Profile& profile);

  std::vector<std::uint64_t> m_self;  ///< By stack.
  std::vector<std::uint64_t> m_total;
};

}  // namespace heaptap::client
