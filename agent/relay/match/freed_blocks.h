// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace heaptap::relay {

/// The blocks that were freed last, so that a second free is known from one of an address that never was
/// a block. Written at every free, one place after the other, and searched only when something is wrong.
/// Threads: the drain's.
class FreedBlocks {
 public:
  static constexpr std::size_t kCapacity = std::size_t{1} << 18;
  /// A search looks at everything: a target that is wrong all the time is not searched for each time.
  static constexpr unsigned kMaxSearches = 4096;

  struct Freed {
    std::uint64_t address = 0;
    std::uint32_t pair = 0;
    std::uint32_t stack = 0;  ///< Of the free; 0: not recorded.
  };

  explicit FreedBlocks(std::size_t capacity = kCapacity) : m_capacity(capacity) {}

  void add(const Freed& freed) {
    if (m_blocks.size() < m_capacity)
      m_blocks.push_back(freed);
    else
      m_blocks[m_next] = freed;
    m_next = (m_next + 1) % m_capacity;
  }

  /// The last block at this address; null when it is not, or no longer, known.
  const Freed* find(std::uint64_t address) {
    if (m_searches == kMaxSearches) return nullptr;
    ++m_searches;
    for (std::size_t back = 1; back <= m_blocks.size(); ++back) {
      const Freed& freed = m_blocks[(m_next + m_capacity - back) % m_capacity];
      if (freed.address == address) return &freed;
    }
    return nullptr;
  }

 private:
  std::size_t m_capacity;
  std::vector<Freed> m_blocks;  ///< A ring once it is full.
  std::size_t m_next = 0;
  unsigned m_searches = 0;
};

}  // namespace heaptap::relay
