// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <mutex>

namespace heaptap::detail {

/// Ended blocks in the order of their ends, linked through themselves. The oldest leave when there are too
/// many bytes. Threads: any.
template <class Block>
class GuardQuarantine {
 public:
  /// Takes `block`, and gives back what has to leave: a list by `next`, maybe with `block`.
  [[nodiscard]] Block* exchange(Block& block, std::size_t limit) noexcept {
    const std::lock_guard lock(m_mutex);
    block.next = nullptr;
    (m_newest != nullptr ? m_newest->next : m_oldest) = &block;
    m_newest = &block;
    m_bytes += bytesOf(block);
    return takeDownTo(limit);
  }

  [[nodiscard]] Block* takeAll() noexcept {
    const std::lock_guard lock(m_mutex);
    return takeDownTo(0);
  }

  template <class Visit>
  void forEach(const Visit& visit) noexcept {
    const std::lock_guard lock(m_mutex);
    for (Block* block = m_oldest; block != nullptr; block = block->next) visit(*block);
  }

 private:
  static std::size_t bytesOf(const Block& block) noexcept {
    return Block::wholeLayout(block.layout())->size();
  }

  Block* takeDownTo(std::size_t limit) noexcept {
    Block* const first = m_oldest;
    Block* last = nullptr;
    while (m_oldest != nullptr && m_bytes > limit) {
      m_bytes -= bytesOf(*m_oldest);
      last = m_oldest;
      m_oldest = m_oldest->next;
    }
    if (m_oldest == nullptr) m_newest = nullptr;
    if (last == nullptr) return nullptr;
    last->next = nullptr;
    return first;
  }

  std::mutex m_mutex;
  Block* m_oldest = nullptr;
  Block* m_newest = nullptr;
  std::size_t m_bytes = 0;
};

}  // namespace heaptap::detail
