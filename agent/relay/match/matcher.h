// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "agent/relay/base/moment.h"
#include "agent/relay/encode/batch_encoder.h"
#include "agent/relay/encode/pair_table.h"
#include "agent/relay/match/block_stores.h"
#include "agent/relay/match/block_table.h"
#include "agent/relay/match/findings.h"
#include "agent/relay/match/freed_blocks.h"
#include "agent/relay/match/inherited_heap.h"
#include "agent/relay/match/limbo.h"
#include "agent/relay/match/ordered_event.h"
#include "agent/wire/layout.h"

namespace heaptap::relay {

/// A block that begins.
struct Allocated {
  std::uint64_t address = 0;
  std::uint32_t pair = 0;  ///< Says how large it is, and what it was made by.
};

/// What ends one.
struct Freeing {
  std::uint64_t address = 0;
  wire::Origin origin{};
  std::uint32_t stack = 0;  ///< Session id; 0: not recorded.
  /// What is known of the size that it declares, where wire::declaresSize(origin).
  std::optional<std::uint64_t> declaredSize = std::nullopt;  ///< Up to wire::kMaxDeclaredSize, …
  std::uint8_t foldedHigh = 0;  ///< … else the high byte of foldBlock(); the target has compared the low one.
  /// Where it declares an alignment, and `declaredSize` is known.
  std::optional<std::uint8_t> declaredAlignLog2 = std::nullopt;
  bool temporary = false;  ///< Where allocations are sampled: the target says so.
};

/// Finds out which allocation each free ends: the only address table in the system.
///
/// Events must come in the order of their stamps. Then a free always precedes the allocation that gets the
/// same address (it was published before the real free), and an allocation at a live address means that
/// the free between was lost.
///
/// A forked process also has the blocks of its parent. They are no allocations of the session: their frees
/// are only counted.
///
/// What an event does to the address table depends on the events before at the same address alone; all else
/// that follows from it (numbers, batches, findings, counts, what a realloc has begun) on all before. So the
/// table may be divided by address, and an event be handled in two halves: `match` by one thread for each
/// shard, then `conclude`, in the order of all events, by one. Both do what `allocation`, `free`,
/// `reallocBegin` and `reallocDone` do at once.
/// Threads: the drain's; for `match` and `conclude` see there.
class Matcher {
 public:
  /// `pairs`: of the session, for what blocks are. What is wrong with frees goes to `findings`. `heap`: as
  /// the session numbers them; of those beside malloc's there may be many.
  Matcher(const BlockStores& stores, BatchEncoder& encoder, const PairTable& pairs, Findings& findings,
          std::uint32_t heap = wire::kMallocHeap)
      : m_encoder(encoder),
        m_pairs(pairs),
        m_findings(findings),
        m_heap(heap),
        m_shards(stores.shards()),
        m_freed(heap == wire::kMallocHeap ? FreedBlocks::kCapacity : kFreedBlocksOfOthers) {
    for (unsigned i = 0; i < m_shards; ++i) m_tables.emplace_back(stores.of(i), pairs.facts());
  }

  struct Counts {
    std::uint64_t unmatchedFrees = 0;
    std::uint64_t unrecordedFrees = 0;
    std::uint64_t lostFrees = 0;
    std::uint64_t inheritedBlocks = 0;  ///< These four count for what sampled blocks stand for.
    std::uint64_t inheritedBytes = 0;
    std::uint64_t inheritedFrees = 0;
    std::uint64_t inheritedFreedBytes = 0;
    friend bool operator==(const Counts&, const Counts&) = default;
  };

  /// The process begins with these blocks, of a matcher with the same store. Before the first event.
  void inherit(InheritedHeap::Blocks blocks);
  /// What is live now, but for what is in a limbo.
  [[nodiscard]] InheritedHeap::Blocks handOn();
  /// Adds all blocks that are live but for those in a limbo, and those that are inherited.
  void copyTo(LiveBlocks& live) const {
    for (const BlockTable& table : m_tables) table.copyTo(live);
  }
  /// The size of one of its blocks.
  [[nodiscard]] std::uint64_t bytesOf(const Block& block) const {
    return block.isInherited() ? block.inheritedBytes() : m_pairs[block.pair].size;
  }
  /// The last thing that is done with it, on the drain's thread: leaves its blocks to BlockTable::cleanUp.
  void letGo() {
    for (BlockTable& table : m_tables) table.letGo();
  }

  void allocation(const Moment& when, const Allocated& allocated);
  void free(const Moment& when, const Freeing& freeing);

  /// From begin to its end the block is out of the address table, so that another thread may get the
  /// address, but still live, so that a realloc never counts two blocks.
  void reallocBegin(const Moment& when, Limbo& limbo, unsigned level, const Freeing& freeing);
  void reallocDone(const Moment& when, Limbo& limbo, unsigned level, const Allocated& allocated);
  void reallocFailed(const Moment& when, Limbo& limbo, unsigned level);
  /// The block is gone, and the one that has come out of it is not sampled.
  void reallocUnsampled(const Moment& when, Limbo& limbo, unsigned level);
  /// The stream ends: what is still in limbo stays live at its old address.
  void streamEnd(const Moment& when, Limbo& limbo);

  /// The half of some events that is the table's: those of one shard, by their places among `events`, in
  /// their order. Fills in what they say of the block; of each allocation at whose address one still was,
  /// that one is added to `lost`. Threads: one for each shard.
  void match(unsigned shard, OrderedEvent* events, std::span<const std::uint16_t> places,
             std::vector<Block>& lost);
  /// The other half of one, after the first. `lost`: the block that was at its address. Threads: one at a
  /// time.
  void conclude(const OrderedEvent& event, const Freeing* given, const Block* lost);
  /// Loads what that needs into the cache.
  void prefetchConclusion(const OrderedEvent& event) const { m_pairs.prefetchFact(event.pair); }

  /// Allocations were not recorded (a pause, a gap): frees of unknown blocks are to be expected from now on.
  void expectUnrecorded() { m_unrecordedExpected = true; }
  /// Allocations are sampled: a free of an unknown block is that of one which was not, and no event. What is
  /// inherited counts for as much as its samples stand for. Before the first event.
  void expectSamples(std::uint64_t interval) { m_sampleInterval = interval; }

  [[nodiscard]] const Counts& counts() const { return m_counts; }
  [[nodiscard]] bool unrecordedExpected() const { return m_unrecordedExpected; }
  /// Is the allocation of this number live at this address?
  [[nodiscard]] bool isLive(std::uint64_t address, std::uint64_t number) {
    BlockTable& table = tableOf(address);
    const BlockTable::Place place = table.find(address);
    return place.isFilled() && table[place].number == number;
  }
  /// Calls `look` with every block.
  template <class Look>
  void forEachBlock(Look&& look) const {
    for (const BlockTable& table : m_tables) table.forEach(look);
  }
  [[nodiscard]] std::size_t liveBlocks() const {
    std::size_t blocks = 0;
    for (const BlockTable& table : m_tables) blocks += table.size();
    return blocks;
  }
  void prefetch(std::uint64_t address) const { m_tables[shardOf(address)].prefetch(address); }
  [[nodiscard]] unsigned shardOf(std::uint64_t address) const {
    return m_shards == 1 ? 0 : BlockStores::shardOf(address, m_shards);
  }

 private:
  static constexpr std::size_t kFreedBlocksOfOthers = std::size_t{1} << 14;

  [[nodiscard]] BlockTable& tableOf(std::uint64_t address) { return m_tables[shardOf(address)]; }
  std::uint64_t began(const Moment& when, const Allocated& allocated, const Block* lost);
  void ended(const Moment& when, const Freeing& freeing, const Block* block);
  void lifted(Limbo& limbo, unsigned level, const Moment& when, const Freeing& freeing, const Block* block);
  void moved(const Moment& when, Limbo& limbo, unsigned level);
  void countInherited(std::uint64_t bytes);
  void end(const Moment& when, const Block& block, std::uint32_t freeStack, bool temporary);
  void close(const Moment& when, const Block& block, std::uint32_t freeStack = 0, bool temporary = false);
  void closeAsLost(const Moment& when, const Block& block);
  void countUnknownFree();
  std::uint64_t blocksFor(std::uint64_t size, double& rest) const;
  void judgeUnknown(const Moment& when, const Freeing& freeing);
  [[nodiscard]] bool isRight(const Block& block, const Freeing& freeing) const;
  [[nodiscard]] static bool isRightSize(const PairFacts::Fact& is, const Freeing& freeing);
  void noteMistake(const Moment& when, const Block& block, const Freeing& freeing);
  void dropStale(const Moment& when, Limbo& limbo, unsigned firstLevel);
  void putBack(const Moment& when, const Block& block);

  BatchEncoder& m_encoder;
  const PairTable& m_pairs;
  Findings& m_findings;
  const std::uint32_t m_heap;
  const unsigned m_shards;
  std::vector<BlockTable> m_tables;  ///< By shard.
  FreedBlocks m_freed;
  Counts m_counts;
  bool m_unrecordedExpected = false;
  std::uint64_t m_sampleInterval = 0;  ///< 0: every allocation is recorded.
  std::uint64_t m_liveBytes = 0;       ///< Of all that is in the table.
  double m_inheritedRest = 0;          ///< Of the weights, beyond whole blocks.
  double m_inheritedFreedRest = 0;
};

}  // namespace heaptap::relay
