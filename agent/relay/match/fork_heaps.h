// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

#include "agent/relay/match/inherited_heap.h"

namespace heaptap::relay {

/// The heaps that forking processes had, by the number of the fork, until the children come for them. Many
/// never do (they exec, or never allocate), so that only the latest are kept.
/// Threads: the drain's.
class ForkHeaps {
 public:
  static constexpr std::size_t kMaxHeaps = 256;  ///< Forks of which the children have not yet come.

  explicit ForkHeaps(std::size_t maxHeaps = kMaxHeaps) : m_maxHeaps(maxHeaps) {}

  /// Keeps the heap that process `parent` had at fork `number`. The oldest ones go when there are too many,
  /// and little by little when `isDear`: they hold too much of what their processes have changed since.
  void keep(std::uint32_t number, std::uint32_t parent, InheritedHeap heap, bool isDear = false);
  /// Hands out the heap of this fork, once. None: it went, or there never was one.
  std::optional<InheritedHeap> take(std::uint32_t number, std::uint32_t parent);

 private:
  struct Kept {
    std::uint32_t parent = 0;
    InheritedHeap heap;
  };

  std::size_t m_maxHeaps;
  std::map<std::uint32_t, Kept> m_kept;  ///< Forks are numbered in their order: the oldest is first.
};

}  // namespace heaptap::relay
