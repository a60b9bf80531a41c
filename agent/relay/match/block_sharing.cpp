// SPDX-License-Identifier: Apache-2.0
//
// How tables share blocks with those of forked processes: what is changed is copied first, and what no table
// shares any more is given back.
#include <new>
#include <utility>

#include "agent/relay/match/block_table.h"

namespace heaptap::relay {

/// Makes everything on the way to this place the table's own.
void BlockTable::own(Place& place) {
  if (place.m_segment->own) {
    if (place.m_region->isEmpty()) return;
    if (place.m_region->isOwn && (place.m_leaf->ref == BlockMemory::kNone || place.m_leaf->isOwn != 0))
      return;
  } else {
    place.m_segment = &m_regions.own(place.m_hash, [this](BlockRegion& region, bool twice) {
      region.isOwn = false;
      if (!twice) return;
      if (region.bits != 0) {
        ++nodeOf(region).owners;
      } else {
        Leaf leaf = leafAt(region.leaf);
        Leaf::Head head = leaf.head();
        ++head.owners;
        leaf.setHead(head);
      }
    });
    const std::uint32_t key = keyOf(place.m_address);
    place.m_region = &m_regions.findIn(*place.m_segment, place.m_hash,
                                       [key](const BlockRegion& region) { return region.key == key; });
    if (place.m_region->isEmpty()) return;
  }
  if (!place.m_region->isOwn) ownNode(*place.m_region);
  place.m_leaf = &leafOf(*place.m_region, lowOf(place.m_address));
  if (place.m_leaf->ref != BlockMemory::kNone) ownLeaf(*place.m_leaf);
}

void BlockTable::ownNode(BlockRegion& region) {
  region.isOwn = true;
  if (region.bits == 0) {
    region.leaf.isOwn = 0;
    return;
  }
  const std::size_t leaves = std::size_t{1} << region.bits;
  const bool twice = nodeOf(region).owners > 1;
  if (twice) {
    const BlockMemory::Ref ref = m_store->memory.allocate(nodeBytes(region.bits));
    Node& before = nodeOf(region);
    auto& node = *reinterpret_cast<Node*>(m_store->memory.at(ref));
    std::memcpy(&node, &before, nodeBytes(region.bits));
    node.owners = 1;
    --before.owners;
    region.leaf.ref = ref;
  }
  LeafRef* const refs = nodeOf(region).leaves();
  for (std::size_t i = 0; i < leaves; ++i) {
    refs[i].isOwn = 0;
    if (!twice || refs[i].ref == BlockMemory::kNone) continue;
    Leaf leaf = leafAt(refs[i]);
    Leaf::Head head = leaf.head();
    ++head.owners;
    leaf.setHead(head);
  }
}

/// The rows of a leaf that becomes the table's own are written anew as what they are to this table.
void BlockTable::ownLeaf(LeafRef& ref) {
  if (ref.isOwn != 0) return;
  const Leaf::Head head = leafAt(ref).head();
  if (head.owners == 1 && head.view == m_view) {
    ref.isOwn = 1;
    return;
  }
  LeafRef mine = newLeaf(ref.count, ref.isWide != 0);
  mine.count = ref.count;
  if (head.view == m_view) {
    leafAt(mine).copyAll(leafAt(ref));
  } else {
    for (std::uint32_t at = 0; at < ref.count; ++at) {
      const Block block = blockAt(0, ref, at);
      write(mine, at, block, shorten(block));
    }
  }
  dropLeaf(*m_store, ref);
  ref = mine;
}

void BlockTable::adopt(SharedBlocks blocks) {
  m_size = blocks.size();
  m_regions = std::move(blocks).regions();
}

void BlockTable::letGo() {
  // Here, as the table itself may end on another thread.
  m_store->leftovers.push_back(std::exchange(m_regions, BlockRegions(BlockRegionHash())));
  m_store->leave(m_view);
  m_size = 0;
  m_store.reset();
}

void BlockTable::cleanUp(BlockStore& store, unsigned steps) {
  for (; steps != 0 && !store.leftovers.empty(); --steps)
    if (!dismantle(store, store.leftovers.back())) store.leftovers.pop_back();
}

bool BlockTable::dismantle(BlockStore& store, BlockRegions& regions) {
  return regions.dismantle([&store](const BlockRegion& region) {
    if (region.bits == 0) return dropLeaf(store, region.leaf);
    auto& node = *reinterpret_cast<Node*>(store.memory.at(region.node()));
    if (--node.owners != 0) return;
    for (std::size_t i = 0; i < std::size_t{1} << region.bits; ++i)
      if (node.leaves()[i].ref != BlockMemory::kNone) dropLeaf(store, node.leaves()[i]);
    store.memory.free(region.node());
  });
}

}  // namespace heaptap::relay
