// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/match/block_table.h"

#include <new>
#include <utility>

namespace heaptap::relay {

BlockTable::BlockTable(std::shared_ptr<BlockStore> store, std::shared_ptr<const PairFacts> facts)
    : m_store(std::move(store)), m_view(m_store->addView(std::move(facts))), m_regions(BlockRegionHash()) {}

BlockTable::Place BlockTable::find(std::uint64_t address) {
  Place place;
  place.m_address = address;
  const std::uint32_t key = keyOf(address);
  place.m_hash = m_regions.hash()(key);
  place.m_segment = &m_regions.segmentOf(place.m_hash);
  place.m_region = &m_regions.findIn(*place.m_segment, place.m_hash,
                                     [key](const BlockRegion& region) { return region.key == key; });
  if (place.m_region->isEmpty()) return place;
  place.m_leaf = &leafOf(*place.m_region, lowOf(address));
  if (place.m_leaf->ref != BlockMemory::kNone) place.m_at = leafAt(*place.m_leaf).find(lowOf(address));
  return place;
}

Block BlockTable::operator[](const Place& place) const {
  return blockAt(place.m_region->key, *place.m_leaf, place.m_at);
}

Block BlockTable::blockAt(std::uint32_t key, const LeafRef& ref, std::uint32_t at) const {
  const Leaf leaf = leafAt(ref);
  Block block;
  block.address = std::uint64_t{key} << kRegionBits | leaf.low(at);
  if (ref.isWide != 0) {
    const WideRow row = leaf.wideRow(at);
    block.number = row.number;
    block.timeNs = row.timeNs;
    block.pair = row.pair;
  } else {
    const ShortRow row = leaf.shortRow(at);
    block.number = row.numberAndPair & ShortRow::kInherited;
    block.pair = static_cast<std::uint32_t>(row.numberAndPair >> 40);
    if (block.number == ShortRow::kInherited)
      block = Block::inherited(block.address, std::uint64_t{row.time} << 24 | block.pair);
    else if (const auto view = leaf.head().view; view == m_view)
      block.timeNs = m_times.timeNs(block.number, row.time);
  }
  // What another session has allocated.
  if (const auto view = leaf.head().view; view != m_view && !block.isInherited())
    return Block::inherited(block.address, m_store->sizeOf(view, block.pair));
  return block;
}

void BlockTable::copyTo(LiveBlocks& live) const {
  live.rows.reserve(live.rows.size() + m_size);
  // Leaves lie anywhere in memory: some are fetched before they are read.
  struct Fetched {
    std::uint32_t key = 0;
    LeafRef ref = {};
  };
  std::array<Fetched, 8> ahead{};
  std::size_t next = 0;
  const auto copyOldest = [&] {
    const Fetched& oldest = ahead[next % ahead.size()];
    if (oldest.ref.ref != BlockMemory::kNone) copyLeaf(oldest.key, oldest.ref, live);
  };
  m_regions.forEach([&](const BlockRegion& region) {
    forEachLeaf(region, [&](const LeafRef& ref) {
      copyOldest();
      leafAt(ref).prefetchAll();
      ahead[next++ % ahead.size()] = {region.key, ref};
    });
  });
  for (std::size_t i = 0; i < ahead.size(); ++i, ++next) copyOldest();
  live.tables.push_back({.end = live.rows.size(), .moments = m_times.moments()});
}

void BlockTable::copyLeaf(std::uint32_t key, const LeafRef& ref, LiveBlocks& live) const {
  const Leaf leaf = leafAt(ref);
  if (leaf.head().view != m_view) return;  // What another session has allocated.
  const std::uint64_t base = std::uint64_t{key} << kRegionBits;
  if (ref.isWide != 0) {
    for (std::uint32_t at = 0; at < ref.count; ++at)
      if (const WideRow row = leaf.wideRow(at); row.number != Block::kInherited)
        live.wholeRows.push_back({row.number, base | leaf.low(at), row.timeNs, row.pair});
    return;
  }
  LiveBlocks::Row* to = live.rows.data() + live.rows.size();
  for (std::uint32_t at = 0; at < ref.count; ++at) {
    const ShortRow row = leaf.shortRow(at);
    *to = {row.numberAndPair & ShortRow::kInherited, base | leaf.low(at),
           static_cast<std::uint32_t>(row.numberAndPair >> 40), row.time};
    to += to->number == ShortRow::kInherited ? 0 : 1;
  }
  live.rows.setSize(static_cast<std::size_t>(to - live.rows.data()));
}

std::optional<ShortRow> BlockTable::shorten(const Block& block) {
  if (block.isInherited()) {
    if (block.inheritedBytes() >> 56 != 0) return std::nullopt;
    return ShortRow{ShortRow::kInherited | block.inheritedBytes() << 40,
                    static_cast<std::uint32_t>(block.inheritedBytes() >> 24)};
  }
  if (block.number >= ShortRow::kInherited || block.pair >= ShortRow::kPairs) return std::nullopt;
  const auto time = m_times.shorten(block.number, block.timeNs);
  if (!time) return std::nullopt;
  return ShortRow{block.number | std::uint64_t{block.pair} << 40, *time};
}

void BlockTable::write(const LeafRef& ref, std::uint32_t at, const Block& block,
                       const std::optional<ShortRow>& row) {
  Leaf leaf = leafAt(ref);
  leaf.setLow(at, lowOf(block.address));
  if (ref.isWide != 0)
    leaf.setRow(at, WideRow{block.number, block.timeNs, block.pair});
  else
    leaf.setRow(at, *row);
}

void BlockTable::put(const Place& found, const Block& block) {
  Place place = found;
  own(place);
  const std::optional<ShortRow> row = shorten(block);
  BlockRegion& region = *place.m_region;
  const bool isNewRegion = region.isEmpty();
  if (isNewRegion) {
    region = {.key = keyOf(block.address), .bits = 0, .isOwn = true, .leaf = newLeaf(1, !row)};
    place.m_leaf = &region.leaf;
  }
  const std::uint16_t low = lowOf(block.address);
  if (place.m_leaf->ref == BlockMemory::kNone) *place.m_leaf = newLeaf(1, !row);
  if (!row && place.m_leaf->isWide == 0) widen(*place.m_leaf);
  if (place.isFilled()) return write(*place.m_leaf, place.m_at, block, row);

  LeafRef* leaf = place.m_leaf;
  while (leaf->count >= kMostInLeaf && region.bits < kMaxBits) {
    split(region);
    leaf = &leafOf(region, low);
    if (leaf->ref == BlockMemory::kNone) *leaf = newLeaf(1, !row);
    if (!row && leaf->isWide == 0) widen(*leaf);
  }
  if (leaf->count == leaf->capacity) resize(*leaf, leaf->count + 1);
  const std::uint32_t at = leaf->count++;
  write(*leaf, at, block, row);
  if (region.bits != 0) ++nodeOf(region).count;
  ++m_size;
  if (isNewRegion) m_regions.filled(place.m_hash);
}

void BlockTable::erase(const Place& found) {
  Place place = found;
  own(place);
  BlockRegion& region = *place.m_region;
  LeafRef& ref = *place.m_leaf;
  Leaf leaf = leafAt(ref);
  const std::uint32_t last = ref.count - 1;
  if (place.m_at != last) leaf.copy(place.m_at, leaf, last);
  ref.count = last & 0x3FF;
  --m_size;
  if (last == 0) {
    dropLeaf(*m_store, ref);
    ref = {};
  } else {
    const std::size_t now = BlockMemory::pieceFor(Leaf::bytesFor(ref.capacity, ref.isWide != 0));
    const std::size_t enough = BlockMemory::pieceFor(Leaf::bytesFor(last, ref.isWide != 0));
    // Not at once, as the next block may come soon.
    if (enough + 128 <= now || enough * 2 <= now) resize(ref, last);
  }
  if (region.bits == 0) {
    if (last == 0) m_regions.erase(region, place.m_hash);
    return;
  }
  Node& node = nodeOf(region);
  if (--node.count == 0) {
    m_store->memory.free(region.node());
    region.leaf = {};
    region.bits = 0;
    m_regions.erase(region, place.m_hash);
  } else if (node.count % 8 == 0 && node.count <= 24U << region.bits) {
    join(region);
  }
}

void BlockTable::prefetch(std::uint64_t address) const {
  if (m_size < kCached) return;
  prefetchRow(m_ahead[(m_nextAhead + kAhead - 2 * kBetweenSteps) % kAhead]);
  prefetchLeaf(m_ahead[(m_nextAhead + kAhead - kBetweenSteps) % kAhead]);
  const std::uint64_t hash = m_regions.hash()(keyOf(address));
  m_regions.prefetch(hash);
  m_ahead[m_nextAhead] = {address, hash, {}};
  m_nextAhead = (m_nextAhead + 1) % kAhead;
}

void BlockTable::prefetchLeaf(Ahead& step) const {
  const std::uint32_t key = keyOf(step.address);
  BlockRegion& region =
      m_regions.find(step.hash, [key](const BlockRegion& other) { return other.key == key; });
  if (region.isEmpty()) return;
  step.leaf = leafOf(region, lowOf(step.address));
  if (step.leaf.ref != BlockMemory::kNone) leafAt(step.leaf).prefetchLows();
}

/// The memory of the leaf may be another one's by now, but can be read as long as the store is there.
void BlockTable::prefetchRow(const Ahead& step) const {
  if (step.leaf.ref == BlockMemory::kNone) return;
  const Leaf leaf = leafAt(step.leaf);
  if (const std::uint32_t at = leaf.find(lowOf(step.address)); at != Leaf::kAbsent) {
    leaf.prefetchRow(at);
    leaf.prefetchRow(step.leaf.count - 1U);  // It takes the place of the one that is erased.
  } else {
    leaf.prefetchRow(step.leaf.count);
  }
}

// ---- leaves and regions -----------------------------------------------------------------------------

LeafRef BlockTable::newLeaf(std::uint32_t blocks, bool isWide) {
  const std::size_t bytes = Leaf::bytesFor(blocks, isWide);
  LeafRef ref;
  ref.ref = m_store->memory.allocate(bytes);
  ref.capacity = Leaf::capacityOf(BlockMemory::pieceFor(bytes), isWide) & 0x3FF;
  ref.isWide = isWide ? 1 : 0;
  ref.isOwn = 1;
  leafAt(ref).setHead({1, m_view});
  m_store->refer(m_view);
  return ref;
}

void BlockTable::dropLeaf(BlockStore& store, const LeafRef& ref) {
  Leaf leaf(store.memory.at(ref.ref), ref);
  Leaf::Head head = leaf.head();
  if (--head.owners != 0) return leaf.setHead(head);
  store.leave(head.view);
  store.memory.free(ref.ref);
}

void BlockTable::resize(LeafRef& ref, std::uint32_t blocks) {
  LeafRef other = newLeaf(blocks, ref.isWide != 0);
  other.count = ref.count;
  leafAt(other).copyAll(leafAt(ref));
  dropLeaf(*m_store, ref);
  ref = other;
}

void BlockTable::widen(LeafRef& ref) {
  LeafRef other = newLeaf(ref.count + 1U, true);
  other.count = ref.count;
  for (std::uint32_t at = 0; at < ref.count; ++at) write(other, at, blockAt(0, ref, at), std::nullopt);
  dropLeaf(*m_store, ref);
  ref = other;
}

/// Puts the blocks with this bit of their address into `high`, the others into `low`.
void BlockTable::divide(const LeafRef& from, LeafRef& low, LeafRef& high, std::uint16_t bit) {
  const Leaf all = leafAt(from);
  std::uint32_t counts[2] = {0, 0};
  for (std::uint32_t at = 0; at < from.count; ++at) ++counts[(all.low(at) & bit) != 0 ? 1 : 0];
  LeafRef* const halves[2] = {&low, &high};
  for (std::size_t i = 0; i < 2; ++i)
    if (counts[i] != 0) *halves[i] = newLeaf(counts[i], from.isWide != 0);
  for (std::uint32_t at = 0; at < from.count; ++at) {
    LeafRef& half = *halves[(all.low(at) & bit) != 0 ? 1 : 0];
    const std::uint32_t to = half.count++;
    leafAt(half).copy(to, all, at);
  }
}

void BlockTable::split(BlockRegion& region) {
  const std::size_t before = std::size_t{1} << region.bits;
  const unsigned bits = region.bits + 1U;
  const auto bit = static_cast<std::uint16_t>(1U << (kRegionBits - bits));
  const BlockMemory::Ref ref = m_store->memory.allocate(nodeBytes(bits));
  auto& node = *reinterpret_cast<Node*>(m_store->memory.at(ref));
  node = {.owners = 1, .count = region.bits == 0 ? region.leaf.count : nodeOf(region).count};
  LeafRef* const old = region.bits == 0 ? &region.leaf : nodeOf(region).leaves();
  for (std::size_t i = 0; i < before; ++i) {
    LeafRef& low = *new (&node.leaves()[i * 2]) LeafRef;
    LeafRef& high = *new (&node.leaves()[i * 2 + 1]) LeafRef;
    if (old[i].ref == BlockMemory::kNone) continue;
    ownLeaf(old[i]);
    divide(old[i], low, high, bit);
    dropLeaf(*m_store, old[i]);
  }
  if (region.bits != 0) m_store->memory.free(region.node());
  region.leaf = {.ref = ref};
  region.bits = static_cast<std::uint8_t>(bits);
}

LeafRef BlockTable::joined(LeafRef& a, LeafRef& b) {
  LeafRef* const halves[2] = {&a, &b};
  for (LeafRef* half : halves)
    if (half->ref != BlockMemory::kNone) ownLeaf(*half);
  if (a.ref == BlockMemory::kNone) return b;
  if (b.ref == BlockMemory::kNone) return a;
  if (a.isWide != b.isWide) widen(a.isWide != 0 ? b : a);
  LeafRef all = newLeaf(a.count + b.count, a.isWide != 0);
  for (LeafRef* half : halves) {
    for (std::uint32_t at = 0; at < half->count; ++at) {
      const std::uint32_t to = all.count++;
      leafAt(all).copy(to, leafAt(*half), at);
    }
    dropLeaf(*m_store, *half);
  }
  return all;
}

/// Halves the number of leaves, when they are all nearly empty.
void BlockTable::join(BlockRegion& region) {
  LeafRef* const old = nodeOf(region).leaves();
  const std::size_t after = std::size_t{1} << (region.bits - 1);
  for (std::size_t i = 0; i < after; ++i)
    if (0U + old[i * 2].count + old[i * 2 + 1].count > kMostInLeaf * 5 / 8) return;
  const BlockMemory::Ref before = region.node();
  const unsigned bits = region.bits - 1U;
  if (bits == 0) {
    region.leaf = joined(old[0], old[1]);
  } else {
    const BlockMemory::Ref ref = m_store->memory.allocate(nodeBytes(bits));
    auto& node = *reinterpret_cast<Node*>(m_store->memory.at(ref));
    node = {.owners = 1, .count = nodeOf(region).count};
    for (std::size_t i = 0; i < after; ++i)
      new (&node.leaves()[i]) LeafRef(joined(old[i * 2], old[i * 2 + 1]));
    region.leaf = {.ref = ref};
  }
  region.bits = static_cast<std::uint8_t>(bits);
  m_store->memory.free(before);
}

// ---- what tables have in common ---------------------------------------------------------------------

}  // namespace heaptap::relay
