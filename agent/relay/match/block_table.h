// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "agent/relay/match/allocation_times.h"
#include "agent/relay/match/block.h"
#include "agent/relay/match/block_leaf.h"
#include "agent/relay/match/block_region.h"
#include "agent/relay/match/block_store.h"
#include "agent/relay/match/shared_blocks.h"

namespace heaptap::relay {

/// The live blocks by address. Those that are neighbours in memory are neighbours here: a hash table has the
/// regions of the heap, each region its leaves, each leaf up to 128 blocks of 14 bytes. A leaf or a region
/// that gets too full or too empty is divided or joined by itself; nothing is ever rebuilt as a whole, and no
/// step takes more than a fraction of a millisecond. Sparse or hostile addresses cost some 150 bytes a block.
///
/// A process that forks hands its blocks on by sharing all of this (`share`); what one of the two then
/// changes it copies first, a leaf at a time.
///
/// What its blocks take goes when the store does, or bit by bit after `letGo`. Threads: one at a time, with
/// all tables of a store.
class BlockTable {
 public:
  /// `facts`: of the pairs that the blocks to be inserted will name.
  BlockTable(std::shared_ptr<BlockStore> store, std::shared_ptr<const PairFacts> facts);
  BlockTable(BlockTable&&) = default;

  /// Where an address is, or belongs. Valid until the next change.
  class Place {
   public:
    [[nodiscard]] bool isFilled() const { return m_at != Leaf::kAbsent; }

   private:
    friend class BlockTable;
    std::uint64_t m_address = 0;
    std::uint64_t m_hash = 0;
    BlockRegions::Segment* m_segment = nullptr;
    BlockRegion* m_region = nullptr;
    LeafRef* m_leaf = nullptr;  ///< None in an empty region.
    std::uint32_t m_at = Leaf::kAbsent;
  };

  [[nodiscard]] std::size_t size() const { return m_size; }
  [[nodiscard]] Place find(std::uint64_t address);
  /// The block at a filled place.
  [[nodiscard]] Block operator[](const Place& place) const;
  /// Puts a block at the place that was found for its address, in place of what is there.
  void put(const Place& place, const Block& block);
  /// Removes the block at a filled place.
  void erase(const Place& place);

  /// Calls `look` with every block.
  template <class Look>
  void forEach(Look&& look) const {
    m_regions.forEach([&](const BlockRegion& region) {
      forEachLeaf(region, [&](const LeafRef& ref) {
        for (std::uint32_t at = 0; at < ref.count; ++at) look(blockAt(region.key, ref, at));
      });
    });
  }

  /// Adds all blocks but those that are inherited.
  /// Cost: 5 to 15 ns a block, most of it waiting for memory; none is looked at one by one.
  void copyTo(LiveBlocks& live) const;

  /// The address will be looked for soon, after some others: loads what that needs into the cache.
  void prefetch(std::uint64_t address) const;

  /// Its blocks at this moment, for other tables of the store to begin with.
  [[nodiscard]] SharedBlocks share() { return {m_store, m_regions.share(), m_size}; }
  /// Begins with blocks of another table of the store: to this one they are inherited. Precondition: it is
  /// empty.
  void adopt(SharedBlocks blocks);
  /// The last thing that is done with it: leaves its blocks to `cleanUp`.
  void letGo();
  /// Gives back some of the memory of tables that are gone: in each step that of a few hundred regions.
  static void cleanUp(BlockStore& store, unsigned steps);

  /// Bytes of the directory. The rest is in the store.
  [[nodiscard]] std::size_t directoryBytes() const { return m_regions.memoryBytes(); }

 private:
  static constexpr unsigned kRegionBits = 16;
  static constexpr unsigned kMaxBits = 8;
  static constexpr std::uint32_t kMostInLeaf = 128;

  struct Node {
    std::uint32_t owners;
    std::uint32_t count;  ///< Blocks in all leaves.
    [[nodiscard]] LeafRef* leaves() { return reinterpret_cast<LeafRef*>(this + 1); }
    [[nodiscard]] const LeafRef* leaves() const { return reinterpret_cast<const LeafRef*>(this + 1); }
  };
  static_assert(sizeof(Node) == 8);

  static std::uint32_t keyOf(std::uint64_t address) {
    return static_cast<std::uint32_t>(address >> kRegionBits);
  }
  static std::uint16_t lowOf(std::uint64_t address) { return static_cast<std::uint16_t>(address); }
  static std::size_t nodeBytes(unsigned bits) { return sizeof(Node) + (sizeof(LeafRef) << bits); }

  [[nodiscard]] Node& nodeOf(const BlockRegion& region) const {
    return *reinterpret_cast<Node*>(m_store->memory.at(region.node()));
  }
  [[nodiscard]] Leaf leafAt(const LeafRef& ref) const { return {m_store->memory.at(ref.ref), ref}; }
  [[nodiscard]] LeafRef& leafOf(BlockRegion& region, std::uint16_t low) const {
    return region.bits == 0 ? region.leaf : nodeOf(region).leaves()[low >> (kRegionBits - region.bits)];
  }
  template <class Look>
  void forEachLeaf(const BlockRegion& region, Look&& look) const {
    if (region.bits == 0) return look(region.leaf);
    const LeafRef* const leaves = nodeOf(region).leaves();
    for (std::size_t i = 0; i < std::size_t{1} << region.bits; ++i)
      if (leaves[i].ref != BlockMemory::kNone) look(leaves[i]);
  }

  void copyLeaf(std::uint32_t key, const LeafRef& ref, LiveBlocks& live) const;
  [[nodiscard]] Block blockAt(std::uint32_t key, const LeafRef& ref, std::uint32_t at) const;
  std::optional<ShortRow> shorten(const Block& block);
  void write(const LeafRef& ref, std::uint32_t at, const Block& block, const std::optional<ShortRow>& row);

  LeafRef newLeaf(std::uint32_t blocks, bool isWide);
  static void dropLeaf(BlockStore& store, const LeafRef& ref);
  static bool dismantle(BlockStore& store, BlockRegions& regions);
  void resize(LeafRef& ref, std::uint32_t blocks);
  void widen(LeafRef& ref);
  void split(BlockRegion& region);
  void join(BlockRegion& region);
  void divide(const LeafRef& from, LeafRef& low, LeafRef& high, std::uint16_t bit);
  LeafRef joined(LeafRef& a, LeafRef& b);

  void own(Place& place);
  void ownNode(BlockRegion& region);
  void ownLeaf(LeafRef& ref);

  std::shared_ptr<BlockStore> m_store;
  std::uint32_t m_view;
  BlockRegions m_regions;
  AllocationTimes m_times;
  std::size_t m_size = 0;

  /// So many blocks are in the processor's cache anyhow.
  static constexpr std::size_t kCached = std::size_t{1} << 14;
  /// An address that `prefetch` was asked for. Its region is fetched first, then, each when the step before
  /// has had the time of some events to arrive, its leaf and its row.
  struct Ahead {
    std::uint64_t address = 0;
    std::uint64_t hash = 0;
    LeafRef leaf = {};  ///< As it was when it was fetched.
  };
  void prefetchLeaf(Ahead& step) const;
  void prefetchRow(const Ahead& step) const;
  static constexpr std::size_t kBetweenSteps = 5;
  static constexpr std::size_t kAhead = 16;
  static_assert(2 * kBetweenSteps < kAhead);
  mutable std::array<Ahead, kAhead> m_ahead{};
  mutable std::size_t m_nextAhead = 0;
};

}  // namespace heaptap::relay
