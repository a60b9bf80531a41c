// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <emmintrin.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "agent/relay/match/block_memory.h"
#include "base/prefetch.h"

namespace heaptap::relay {

/// Where a leaf is and how much is in it. All zero: there is none.
struct LeafRef {
  BlockMemory::Ref ref = BlockMemory::kNone;
  std::uint32_t count : 10 = 0;
  std::uint32_t capacity : 10 = 0;
  std::uint32_t isWide : 1 = 0;
  std::uint32_t isOwn : 1 = 0;  ///< Looked at only where what refers to the leaf is its table's own, too.
  std::uint32_t unused : 10 = 0;
};
static_assert(sizeof(LeafRef) == 8);

/// A block in 12 bytes: number:40 | pair:24, and a short time (AllocationTimes). Of an inherited one, whose
/// number is all ones: its size, in what remains.
struct ShortRow {
  static constexpr std::uint64_t kInherited = (std::uint64_t{1} << 40) - 1;
  static constexpr std::uint32_t kPairs = 1U << 24;

  std::uint64_t numberAndPair;
  std::uint32_t time;
};
/// What does not fit into that, as it is.
struct WideRow {
  std::uint64_t number;
  std::uint64_t timeNs;
  std::uint32_t pair;
};

/// Some blocks that are neighbours in memory: first the low 16 bits of all their addresses, which are looked
/// through many at a time, then a row for each, in no order.
class Leaf {
 public:
  static constexpr std::size_t kShortBytes = 12;
  static constexpr std::size_t kWideBytes = 20;
  static constexpr std::uint32_t kAbsent = ~std::uint32_t{0};

  Leaf(char* bytes, const LeafRef& ref) : m_bytes(bytes), m_ref(ref) {}

  /// Bytes of a leaf with room for so many blocks, and the room in a piece of memory.
  [[nodiscard]] static constexpr std::size_t bytesFor(std::uint32_t blocks, bool isWide) {
    return kHeadBytes + blocks * (2 + (isWide ? kWideBytes : kShortBytes));
  }
  [[nodiscard]] static constexpr std::uint32_t capacityOf(std::size_t bytes, bool isWide) {
    return static_cast<std::uint32_t>((bytes - kHeadBytes) / (2 + (isWide ? kWideBytes : kShortBytes)));
  }

  /// How many tables refer to it, and what its rows mean (see BlockTable).
  struct Head {
    std::uint32_t owners;
    std::uint32_t view;
  };
  [[nodiscard]] Head head() const {
    Head head;
    std::memcpy(&head, m_bytes, sizeof head);
    return head;
  }
  void setHead(const Head& head) { std::memcpy(m_bytes, &head, sizeof head); }

  /// Position of the block with these low bits of its address.
  [[nodiscard]] std::uint32_t find(std::uint16_t low) const {
    const __m128i wanted = _mm_set1_epi16(static_cast<short>(low));
    const char* const lows = m_bytes + kHeadBytes;
    for (std::uint32_t at = 0; at < m_ref.count; at += 16) {
      // What is read behind the last one may be anything.
      const __m128i a = _mm_loadu_si128(reinterpret_cast<const __m128i*>(lows + at * 2));
      const __m128i b = _mm_loadu_si128(reinterpret_cast<const __m128i*>(lows + at * 2 + 16));
      const __m128i equal = _mm_packs_epi16(_mm_cmpeq_epi16(a, wanted), _mm_cmpeq_epi16(b, wanted));
      const auto bits = static_cast<std::uint32_t>(_mm_movemask_epi8(equal));
      if (bits == 0) continue;
      const auto found = at + static_cast<std::uint32_t>(std::countr_zero(bits));
      return found < m_ref.count ? found : kAbsent;
    }
    return kAbsent;
  }

  [[nodiscard]] std::uint16_t low(std::uint32_t at) const {
    std::uint16_t low;
    std::memcpy(&low, m_bytes + kHeadBytes + at * 2, sizeof low);
    return low;
  }
  void setLow(std::uint32_t at, std::uint16_t low) {
    std::memcpy(m_bytes + kHeadBytes + at * 2, &low, sizeof low);
  }

  /// Only of a leaf that is not wide.
  [[nodiscard]] ShortRow shortRow(std::uint32_t at) const {
    ShortRow row;
    std::memcpy(&row.numberAndPair, this->row(at), sizeof row.numberAndPair);
    std::memcpy(&row.time, this->row(at) + sizeof row.numberAndPair, sizeof row.time);
    return row;
  }
  void setRow(std::uint32_t at, const ShortRow& row) {
    std::memcpy(this->row(at), &row.numberAndPair, sizeof row.numberAndPair);
    std::memcpy(this->row(at) + sizeof row.numberAndPair, &row.time, sizeof row.time);
  }
  /// Only of one that is.
  [[nodiscard]] WideRow wideRow(std::uint32_t at) const {
    WideRow row;
    std::memcpy(&row.number, this->row(at), sizeof row.number);
    std::memcpy(&row.timeNs, this->row(at) + 8, sizeof row.timeNs);
    std::memcpy(&row.pair, this->row(at) + 16, sizeof row.pair);
    return row;
  }
  void setRow(std::uint32_t at, const WideRow& row) {
    std::memcpy(this->row(at), &row.number, sizeof row.number);
    std::memcpy(this->row(at) + 8, &row.timeNs, sizeof row.timeNs);
    std::memcpy(this->row(at) + 16, &row.pair, sizeof row.pair);
  }
  /// Copies a block of a leaf of the same width.
  void copy(std::uint32_t to, const Leaf& from, std::uint32_t at) {
    setLow(to, from.low(at));
    std::memcpy(row(to), from.row(at), rowBytes());
  }
  /// Copies all blocks of a leaf of the same width.
  void copyAll(const Leaf& from) {
    std::memcpy(m_bytes + kHeadBytes, from.m_bytes + kHeadBytes, std::size_t{from.m_ref.count} * 2);
    std::memcpy(row(0), from.row(0), std::size_t{from.m_ref.count} * rowBytes());
  }

  void prefetchAll() const {
    for (std::size_t at = 0; at < bytesFor(m_ref.count, m_ref.isWide != 0); at += 64) prefetch(m_bytes + at);
  }
  void prefetchLows() const {
    prefetch(m_bytes);
    if (m_ref.count > 28) prefetch(m_bytes + 64);
    if (m_ref.count > 60) prefetch(m_bytes + 128);
    if (m_ref.count > 92) prefetch(m_bytes + 192);
  }
  void prefetchRow(std::uint32_t at) const {
    prefetchToWrite(row(at));
    // A row may lie in two lines.
    prefetchToWrite(row(at) + rowBytes() - 1);
  }

 private:
  static constexpr std::size_t kHeadBytes = sizeof(Head);

  [[nodiscard]] std::size_t rowBytes() const { return m_ref.isWide != 0 ? kWideBytes : kShortBytes; }
  [[nodiscard]] char* row(std::uint32_t at) const {
    return m_bytes + kHeadBytes + std::size_t{m_ref.capacity} * 2 + std::size_t{at} * rowBytes();
  }

  char* m_bytes;
  const LeafRef& m_ref;
};

}  // namespace heaptap::relay
