// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "agent/wire/event.h"
#include "base/prefetch.h"

namespace heaptap::relay {

/// What an event says of an allocation's pair, as the target wrote it.
struct WrittenPair {
  std::uint64_t word = 0;  ///< size:32 | slack:8 | stack:24, see wire::stackWord().
  std::uint16_t rest = 0;  ///< extra:8 | origin:8.

  /// `place`: word 1 of the event in full. None: its size is written elsewhere.
  static std::optional<WrittenPair> of(wire::EventKind kind, std::uint64_t place, std::uint64_t word) {
    if (kind != wire::EventKind::Alloc && kind != wire::EventKind::ReallocDone) return std::nullopt;
    return WrittenPair{word, static_cast<std::uint16_t>(place >> 48)};
  }
};

/// The pairs that were seen last, by what events say: without the session's id of the stack and the number of
/// the kind, which the table of all pairs goes by. One place for a pair, in which another may take its turn;
/// it is fetched from memory as soon as the event is in sight. Threads: the drain's.
class PairCache {
 public:
  [[nodiscard]] std::optional<std::uint32_t> find(const WrittenPair& pair) const {
    const Place& place = m_places[home(pair)];
    if (place.word != pair.word || place.rest != pair.rest || place.indexPlus1 == 0) return std::nullopt;
    return place.indexPlus1 - 1;
  }

  /// `pairs`: how many there are in all; the cache grows with them.
  void remember(const WrittenPair& pair, std::uint32_t index, std::size_t pairs) {
    if (pairs * 2 > m_places.size() && m_bits < kMostBits) grow();
    m_places[home(pair)] = {pair.word, index + 1, pair.rest};
  }

  void prefetch(const WrittenPair& pair) const { heaptap::prefetch(&m_places[home(pair)]); }

 private:
  struct Place {
    std::uint64_t word = 0;
    std::uint32_t indexPlus1 = 0;  ///< 0: empty.
    std::uint16_t rest = 0;
  };
  static_assert(sizeof(Place) == 16);

  static constexpr unsigned kLeastBits = 8;
  static constexpr unsigned kMostBits = 17;  ///< 2 MiB: what a processor's second cache holds.

  [[nodiscard]] std::size_t home(const WrittenPair& pair) const {
    return ((pair.word ^ std::uint64_t{pair.rest} << 40) * 0x9E37'79B9'7F4A'7C15) >> (64 - m_bits);
  }
  /// What it has is found anew in the table of all pairs.
  void grow() { m_places.assign(std::size_t{1} << ++m_bits, {}); }

  unsigned m_bits = kLeastBits;
  std::vector<Place> m_places{std::size_t{1} << kLeastBits};
};

}  // namespace heaptap::relay
