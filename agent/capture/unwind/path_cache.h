// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

#include "agent/wire/layout.h"

namespace heaptap::capture {

/// Remembers which node a stack is, by a hash of its whole path. Only a guess comes out of it, which the
/// caller checks against the trie: so it may forget, and two paths may share a hash.
///
/// One look-up here and one walk along the parents, which mostly lie side by side, take the place of one
/// search in the trie's index for each frame.
/// Owns: one table, never freed. Constant-initialised.
/// Threads: any; no lock, no system call once it is open.
class PathCache {
 public:
  /// Gets the table; without memory for it nothing is remembered. Before any other use. `sparse`: few stacks
  /// will come, so that it is not worth a huge page, whose zeroing may take the kernel a millisecond.
  void open(bool sparse = false);

  /// The hash of a path that goes on from one with hash `outer` to `frame`.
  static std::uint64_t extend(std::uint64_t outer, std::uint32_t frame) {
    const std::uint64_t mixed = (outer ^ frame) * 0x9E37'79B9'7F4A'7C15;
    return mixed ^ mixed >> 29;
  }

  /// Loads what find() looks at into the cache, for a use soon.
  void prefetch(std::uint64_t hash) const { __builtin_prefetch(m_table + placeOf(hash)); }

  /// Passes the nodes that may be meant to `accept` until it returns true. False: none was.
  template <class Accept>
  bool find(std::uint64_t hash, Accept&& accept) const {
    if (m_table == nullptr) return false;
    const std::atomic<std::uint64_t>* set = setOf(hash);
    for (unsigned way = 0; way < kWays; ++way) {
      const std::uint64_t entry = set[way].load(std::memory_order_acquire);
      if (((entry ^ hash) & kTag) == 0 && entry != 0 && accept(static_cast<std::uint32_t>(entry)))
        return true;
    }
    return false;
  }

  /// In the place of the oldest of those that it competes with.
  void insert(std::uint64_t hash, std::uint32_t node);

 private:
  static constexpr unsigned kWays = 4;
  static constexpr unsigned kSetBits = 16;
  static constexpr std::uint64_t kTag = 0xFFFF'FFFF'0000'0000;
  static constexpr std::size_t kBytes = sizeof(std::uint64_t) * kWays << kSetBits;

  [[nodiscard]] std::atomic<std::uint64_t>* setOf(std::uint64_t hash) const {
    return m_table + placeOf(hash);
  }
  static std::uint64_t placeOf(std::uint64_t hash) { return (hash & ((1U << kSetBits) - 1)) * kWays; }

  std::atomic<std::uint64_t>* m_table = nullptr;  // tag:32 | node:32 each, 0 when empty.
};

}  // namespace heaptap::capture
