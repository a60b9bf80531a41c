// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "agent/wire/origin.h"

namespace heaptap::relay {

/// What the pairs of a session say of a block, by their index: in 8 bytes, which never move.
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
    if (m_size % kChunk == 0) m_chunks.push_back(std::make_unique<Chunk>());
    (*m_chunks[m_size / kChunk])[m_size % kChunk] =
        fact.size << 16 | static_cast<std::uint64_t>(fact.origin) << 8 | fact.alignLog2;
    ++m_size;
  }
  [[nodiscard]] std::size_t size() const { return m_size; }
  [[nodiscard]] Fact operator[](std::uint32_t index) const {
    const std::uint64_t word = (*m_chunks[index / kChunk])[index % kChunk];
    return {word >> 16, static_cast<wire::Origin>(word >> 8 & 0xFF), static_cast<std::uint8_t>(word)};
  }

 private:
  static constexpr std::size_t kChunk = 4096;
  using Chunk = std::array<std::uint64_t, kChunk>;

  std::vector<std::unique_ptr<Chunk>> m_chunks;
  std::size_t m_size = 0;
};

}  // namespace heaptap::relay
