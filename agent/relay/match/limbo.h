// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "agent/relay/match/block.h"

namespace heaptap::relay {

/// The reallocs that one stream has begun and not yet ended. There is more than one when a signal handler
/// that interrupts a realloc reallocates too; each has a level of its own, the inner the higher one.
class Limbo {
 public:
  struct Entry {
    unsigned level = 0;
    std::optional<Block> block;  ///< None: the address was not live.
    std::uint32_t stack = 0;     ///< Of the realloc; 0: not recorded.
    bool temporary = false;      ///< Where allocations are sampled; see Freeing.
  };
  [[nodiscard]] bool empty() const { return m_count == 0; }
  [[nodiscard]] Entry& top() { return m_entries[m_count - 1]; }
  /// Levels only grow towards the top, so that there is room for each.
  void push(const Entry& entry) { m_entries[m_count++] = entry; }
  void pop() { --m_count; }
  [[nodiscard]] const Entry* begin() const { return m_entries.data(); }
  [[nodiscard]] const Entry* end() const { return m_entries.data() + m_count; }

 private:
  std::array<Entry, 16> m_entries{};
  std::size_t m_count = 0;
};

}  // namespace heaptap::relay
