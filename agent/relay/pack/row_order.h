// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "agent/relay/base/live_blocks.h"

namespace heaptap::relay {

/// The positions of rows in the order of their numbers. Threads: one at a time.
class RowOrder {
 public:
  /// Precondition: there are fewer than 2^24 rows, and their numbers have 40 bits, as those of short rows
  /// have.
  void sort(const LargeArray<LiveBlocks::Row>& rows) {
    m_positionBits = static_cast<unsigned>(std::bit_width(rows.size()));
    std::uint64_t largest = 0;
    for (const LiveBlocks::Row& row : rows) largest = std::max(largest, row.number);
    // Each key has the number above the position.
    m_keys.setSize(0);
    m_keys.reserve(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) m_keys.push_back(rows[i].number << m_positionBits | i);
    sortKeys(static_cast<unsigned>(std::bit_width(largest)));
  }
  /// Keeps no more room than for so many.
  void clear(std::size_t mostKept) {
    m_keys.clear(mostKept);
    m_other.clear(mostKept);
  }

  [[nodiscard]] std::size_t size() const { return m_keys.size(); }
  [[nodiscard]] std::size_t operator[](std::size_t i) const {
    return m_keys[i] & ((std::uint64_t{1} << m_positionBits) - 1);
  }

 private:
  /// By the `bits` of the number, eleven at a time from the lowest on: comparing would take three times as
  /// long.
  void sortKeys(unsigned bits) {
    constexpr unsigned kDigitBits = 11;
    m_other.reserve(m_keys.size());
    m_other.setSize(m_keys.size());
    for (unsigned shift = m_positionBits; shift < m_positionBits + bits; shift += kDigitBits) {
      std::array<std::size_t, std::size_t{1} << kDigitBits> places{};
      const auto digit = [&](std::uint64_t key) { return key >> shift & (places.size() - 1); };
      for (const std::uint64_t key : m_keys) ++places[digit(key)];
      std::size_t before = 0;
      for (std::size_t& place : places) before += std::exchange(place, before);
      for (const std::uint64_t key : m_keys) m_other[places[digit(key)]++] = key;
      std::swap(m_keys, m_other);
    }
  }

  unsigned m_positionBits = 0;
  LargeArray<std::uint64_t> m_keys;
  LargeArray<std::uint64_t> m_other;
};

}  // namespace heaptap::relay
