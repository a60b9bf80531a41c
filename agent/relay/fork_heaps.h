// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

#include "agent/relay/inherited_heap.h"

namespace heaptap::relay {

/// The heaps that forking processes had, by the number of the fork, until the children come for them. Many
/// never do (they exec, or never allocate), so that only the latest are kept.
/// Threads: the drain's.
class ForkHeaps {
 public:
  struct Limits {
    std::size_t heaps = 256;             ///< Forks of which the children have not yet come.
    std::size_t bytes = 256ULL << 20;    ///< Of memory, the very latest heap aside.
    std::size_t inherited = 8ULL << 20;  ///< Inherited blocks in the address tables of all children.
  };
  ForkHeaps() = default;
  explicit ForkHeaps(const Limits& limits) : m_limits(limits) {}

  [[nodiscard]] const Limits& limits() const { return m_limits; }

  /// Keeps the heap that process `parent` had at fork `number`; the oldest ones go when it gets too much.
  void keep(std::uint32_t number, std::uint32_t parent, InheritedHeap heap);
  /// Hands out the heap of this fork, once. None: it went, or there never was one.
  std::optional<InheritedHeap> take(std::uint32_t number, std::uint32_t parent);

 private:
  struct Kept {
    std::uint32_t parent = 0;
    InheritedHeap heap;
  };
  void drop(std::map<std::uint32_t, Kept>::iterator kept);

  Limits m_limits;
  std::map<std::uint32_t, Kept> m_kept;  ///< Forks are numbered in their order: the oldest is first.
  std::size_t m_bytes = 0;
};

}  // namespace heaptap::relay
