// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "agent/wire/origin.h"
#include "base/prefetch.h"

namespace heaptap::relay {

/// What the pairs of a session say of a block, by their index: in 8 bytes, which never move, in chunks each
/// twice as large as the one before.
/// Threads: one that adds. Others may read what was added before they were handed its index.
class PairFacts {
 public:
  struct Fact {
    std::uint64_t size = 0;  ///< Below 2^48.
    wire::Origin origin{};
    std::uint8_t alignLog2 = 0;

    /// A block that was made without a layout, from one that had one, goes with everything: its alignment is
    /// unknown.
    [[nodiscard]] wire::Family family() const {
      return origin == wire::Origin::ExplicitHeapUnsized ? wire::Family::Any : wire::familyOf(origin);
    }
    [[nodiscard]] std::uint16_t folded() const {
      return wire::foldBlock(wire::familyOf(origin), size, alignLog2);
    }
  };

  void add(const Fact& fact) {
    const Place place = placeOf(m_size++);
    if (place.at == 0) m_chunks[place.chunk] = std::make_unique_for_overwrite<std::uint64_t[]>(place.size());
    m_chunks[place.chunk][place.at] =
        fact.size << 16 | static_cast<std::uint64_t>(fact.origin) << 8 | fact.alignLog2;
  }
  [[nodiscard]] std::size_t size() const { return m_size; }
  [[nodiscard]] Fact operator[](std::uint32_t index) const {
    const Place place = placeOf(index);
    const std::uint64_t word = m_chunks[place.chunk][place.at];
    return {word >> 16, static_cast<wire::Origin>(word >> 8 & 0xFF), static_cast<std::uint8_t>(word)};
  }
  /// Loads what it says into the cache. `index`: may be of none.
  void prefetch(std::uint32_t index) const {
    const Place place = placeOf(index);
    heaptap::prefetch(m_chunks[place.chunk].get() + place.at);
  }

 private:
  static constexpr unsigned kFirstBits = 12;
  struct Place {
    unsigned chunk;
    std::size_t at;
    [[nodiscard]] std::size_t size() const { return std::size_t{1} << (kFirstBits + chunk); }
  };
  static Place placeOf(std::size_t index) {
    const std::size_t counted = index + (std::size_t{1} << kFirstBits);
    const auto bits = static_cast<unsigned>(std::bit_width(counted)) - 1;
    return {bits - kFirstBits, counted ^ std::size_t{1} << bits};
  }

  std::array<std::unique_ptr<std::uint64_t[]>, 32 - kFirstBits + 1> m_chunks;
  std::size_t m_size = 0;
};

}  // namespace heaptap::relay
