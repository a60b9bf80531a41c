// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <random>

#include "agent/relay/base/splitting_table.h"
#include "agent/relay/match/block_leaf.h"
#include "agent/relay/match/block_memory.h"

namespace heaptap::relay {

/// 64 KiB of the address space in which there are blocks. They lie in one leaf, or by their addresses in
/// 2^bits of them, which a node refers to.
struct BlockRegion {
  std::uint32_t key = 0;  ///< Address / 64 KiB.
  std::uint8_t bits = 0;
  bool isOwn = false;  ///< Looked at only where its segment is its table's own, too.
  LeafRef leaf = {};   ///< Without bits.
  BlockMemory::Ref node() const { return leaf.ref; }  ///< With bits; what else `leaf` has is not used.

  [[nodiscard]] bool isEmpty() const { return leaf.ref == BlockMemory::kNone; }
};
static_assert(sizeof(BlockRegion) == 16);

/// Random multipliers, so that a target cannot choose addresses that collide.
class BlockRegionHash {
 public:
  BlockRegionHash() {
    std::random_device random;
    for (std::uint64_t& multiplier : m_multipliers)
      multiplier = (std::uint64_t{random()} << 32 | random()) | 1;
  }
  std::uint64_t operator()(std::uint32_t key) const {
    const std::uint64_t mixed = (key + 1ULL) * m_multipliers[0];
    return (mixed ^ mixed >> 32) * m_multipliers[1];
  }
  std::uint64_t operator()(const BlockRegion& region) const { return (*this)(region.key); }

 private:
  std::array<std::uint64_t, 2> m_multipliers;
};

/// The directory of a table of blocks.
using BlockRegions = SplittingTable<BlockRegion, BlockRegionHash, 9>;

}  // namespace heaptap::relay
