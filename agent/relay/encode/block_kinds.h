// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/container/flat_hash_map.h>

#include <array>
#include <cstdint>
#include <vector>

#include "agent/wire/origin.h"

namespace heaptap::relay {

/// What blocks have in common besides their size and stack.
struct BlockKind {
  wire::Origin origin{};
  std::uint8_t alignLog2 = 0;    ///< 0: the allocator's own alignment.
  std::uint8_t packedSlack = 0;  ///< wire::packSlack.
  std::uint32_t heap = 0;        ///< As the session numbers them.

  [[nodiscard]] std::uint64_t word() const {
    return std::uint64_t{heap} << 32 | static_cast<std::uint64_t>(origin) << 16 |
           std::uint64_t{alignLog2} << 8 | packedSlack;
  }
};

/// Numbers the kinds of blocks of a session with 16 bits. There are some dozens of them; only a hostile
/// target has more than fit, and gets the wrong alignment and slack for the others.
class BlockKinds {
 public:
  static constexpr std::size_t kMax = 0xFFFF;

  std::uint16_t indexOf(const BlockKind& kind) {
    const std::uint64_t word = kind.word();
    Recent& recent = m_recent[word * 0x9E37'79B9'7F4A'7C15 >> 58];
    if (recent.wordPlus1 == word + 1) return recent.index;
    recent = {word + 1, lookUp(kind)};
    return recent.index;
  }
  const BlockKind& operator[](std::uint16_t index) const { return m_kinds[index]; }

 private:
  struct Recent {
    std::uint64_t wordPlus1 = 0;
    std::uint16_t index = 0;
  };

  std::uint16_t lookUp(const BlockKind& kind) {
    const auto next = static_cast<std::uint16_t>(m_kinds.size() < kMax ? m_kinds.size() : kMax - 1);
    const auto [place, isNew] = m_index.try_emplace(kind.word(), next);
    if (isNew && m_kinds.size() < kMax) m_kinds.push_back(kind);
    return place->second;
  }

  std::array<Recent, 64> m_recent{};
  std::vector<BlockKind> m_kinds;
  absl::flat_hash_map<std::uint64_t, std::uint16_t> m_index;
};

}  // namespace heaptap::relay
