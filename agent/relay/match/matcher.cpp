// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/match/matcher.h"

#include <algorithm>
#include <utility>

#include "base/prefetch.h"
#include "base/sample_weight.h"

namespace heaptap::relay {

void Matcher::inherit(InheritedHeap::Blocks blocks) {
  for (std::size_t i = 0; i < m_tables.size(); ++i) m_tables[i].adopt(std::move(blocks.shared[i]));
  m_liveBytes = blocks.bytes;
  if (m_sampleInterval == 0) {
    m_counts.inheritedBlocks = liveBlocks();
    m_counts.inheritedBytes = m_liveBytes;
  } else {
    // Each counts for what it stands for; where allocations are sampled there are few.
    forEachBlock([this](const Block& block) { countInherited(bytesOf(block)); });
  }
  for (const InheritedHeap::Block& moving : blocks.moving) {
    BlockTable& table = tableOf(moving.address);
    const BlockTable::Place place = table.find(moving.address);
    if (moving.address == 0 || place.isFilled()) continue;
    table.put(place, Block::inherited(moving.address, moving.bytes));
    m_liveBytes += moving.bytes;
    countInherited(moving.bytes);
  }
}

InheritedHeap::Blocks Matcher::handOn() {
  InheritedHeap::Blocks blocks{.shared = {}, .bytes = m_liveBytes, .moving = {}};
  for (BlockTable& table : m_tables) blocks.shared.push_back(table.share());
  return blocks;
}

void Matcher::countInherited(std::uint64_t bytes) {
  m_counts.inheritedBlocks += blocksFor(bytes, m_inheritedRest);
  m_counts.inheritedBytes += sampleBytes(bytes, m_sampleInterval);
}

// Of every event, in one step or two: a call more would be felt.

/// Returns: the number of the allocation.
[[gnu::always_inline]] inline std::uint64_t Matcher::began(const Moment& when, const Allocated& allocated,
                                                           const Block* lost) {
  if (lost != nullptr) {
    m_liveBytes -= bytesOf(*lost);
    closeAsLost(when, *lost);
  }
  m_liveBytes += m_pairs[allocated.pair].size;
  return m_encoder.allocation(when.timeNs, when.thread, allocated.address, allocated.pair);
}

[[gnu::always_inline]] inline void Matcher::ended(const Moment& when, const Freeing& freeing,
                                                  const Block* block) {
  if (block == nullptr) {
    judgeUnknown(when, freeing);
    return countUnknownFree();
  }
  if (!isRight(*block, freeing)) noteMistake(when, *block, freeing);
  end(when, *block, freeing.stack, freeing.temporary);
  m_liveBytes -= bytesOf(*block);
}

void Matcher::allocation(const Moment& when, const Allocated& allocated) {
  if (allocated.address == 0) return;  // No allocator returns it, and it cannot be stored.
  BlockTable& table = tableOf(allocated.address);
  const BlockTable::Place place = table.find(allocated.address);
  std::uint64_t number = 0;
  if (place.isFilled()) {
    const Block lost = table[place];
    number = began(when, allocated, &lost);
  } else {
    number = began(when, allocated, nullptr);
  }
  table.put(place, {.address = allocated.address,
                    .number = number,
                    .timeNs = m_encoder.recordedNs(when.timeNs),
                    .pair = allocated.pair});
}

void Matcher::free(const Moment& when, const Freeing& freeing) {
  if (freeing.address == 0) return;
  BlockTable& table = tableOf(freeing.address);
  const BlockTable::Place place = table.find(freeing.address);
  if (!place.isFilled()) return ended(when, freeing, nullptr);
  const Block block = table[place];
  ended(when, freeing, &block);
  table.erase(place);
}

void Matcher::reallocBegin(const Moment& when, Limbo& limbo, unsigned level, const Freeing& freeing) {
  BlockTable& table = tableOf(freeing.address);
  const BlockTable::Place place = table.find(freeing.address);
  if (!place.isFilled() || freeing.address == 0) return lifted(limbo, level, when, freeing, nullptr);
  const Block block = table[place];
  lifted(limbo, level, when, freeing, &block);
  table.erase(place);
}

void Matcher::reallocDone(const Moment& when, Limbo& limbo, unsigned level, const Allocated& allocated) {
  moved(when, limbo, level);
  allocation(when, allocated);
}

void Matcher::match(unsigned shard, OrderedEvent* events, std::span<const std::uint16_t> places,
                    std::vector<Block>& lost) {
  // So that the event is there when its address is to be fetched, and what that needs when it is matched.
  constexpr std::size_t kEventsAhead = 24;
  constexpr std::size_t kBlocksAhead = 16;
  BlockTable& table = m_tables[shard];
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (i + kEventsAhead < places.size()) prefetchToWrite(&events[places[i + kEventsAhead]]);
    if (i + kBlocksAhead < places.size()) table.prefetch(events[places[i + kBlocksAhead]].address);
    OrderedEvent& event = events[places[i]];
    const BlockTable::Place place = table.find(event.address);
    event.isFilled = place.isFilled();
    if (event.isAllocation()) {
      if (event.isFilled) lost.push_back(table[place]);
      table.put(place, event.block());
    } else if (event.isFilled) {
      const Block block = table[place];
      event.number = block.number;
      event.blockNs = block.timeNs;
      event.pair = block.pair;
      table.erase(place);
    }
  }
}

void Matcher::conclude(const OrderedEvent& event, const Freeing* given, const Block* lost) {
  const Moment when{event.timeNs, event.thread};
  if (event.isAllocation()) {
    if (event.kind == wire::EventKind::ReallocDone) moved(when, *event.limbo, event.level);
    if (event.address != 0) began(when, {.address = event.address, .pair = event.pair}, lost);
    return;
  }
  const Freeing freeing =
      given != nullptr
          ? *given
          : Freeing{.address = event.address, .origin = event.origin, .foldedHigh = event.foldedHigh};
  const Block block = event.block();
  const Block* const found = event.isFilled ? &block : nullptr;
  if (event.kind == wire::EventKind::ReallocBegin)
    lifted(*event.limbo, event.level, when, freeing, found);
  else
    ended(when, freeing, found);
}

void Matcher::lifted(Limbo& limbo, unsigned level, const Moment& when, const Freeing& freeing,
                     const Block* block) {
  dropStale(when, limbo, level);
  if (block == nullptr) {
    // Here, as such a realloc may not live to see its end.
    judgeUnknown(when, freeing);
    return limbo.push({level, std::nullopt});
  }
  if (!isRight(*block, freeing)) noteMistake(when, *block, freeing);
  limbo.push({level, *block, freeing.stack, freeing.temporary});
  m_liveBytes -= bytesOf(*block);
}

void Matcher::moved(const Moment& when, Limbo& limbo, unsigned level) {
  dropStale(when, limbo, level + 1);
  if (limbo.empty() || limbo.top().level != level) return;
  const Limbo::Entry begun = limbo.top();
  limbo.pop();
  if (begun.block)
    end(when, *begun.block, begun.stack, begun.temporary);
  else
    countUnknownFree();
}

void Matcher::reallocFailed(const Moment& when, Limbo& limbo, unsigned level) {
  dropStale(when, limbo, level + 1);
  if (limbo.empty() || limbo.top().level != level) return;
  const Limbo::Entry begun = limbo.top();
  limbo.pop();
  if (begun.block) putBack(when, *begun.block);
}

void Matcher::reallocUnsampled(const Moment& when, Limbo& limbo, unsigned level) {
  dropStale(when, limbo, level + 1);
  if (limbo.empty() || limbo.top().level != level) return;
  const Limbo::Entry begun = limbo.top();
  limbo.pop();
  if (begun.block) end(when, *begun.block, begun.stack, begun.temporary);
}

void Matcher::streamEnd(const Moment& when, Limbo& limbo) {
  while (!limbo.empty()) {
    if (limbo.top().block) putBack(when, *limbo.top().block);
    limbo.pop();
  }
}

bool Matcher::isRight(const Block& block, const Freeing& freeing) const {
  if (block.isInherited()) return true;  // Nothing is known of it but its size.
  const PairFacts::Fact is = m_pairs[block.pair];
  if (!wire::belongTogether(is.family(), wire::familyOf(freeing.origin))) return false;
  if (!wire::declaresSize(freeing.origin)) return true;
  return isRightSize(is, freeing) && (!freeing.declaredAlignLog2 || is.family() == wire::Family::Any ||
                                      *freeing.declaredAlignLog2 == is.alignLog2);
}

bool Matcher::isRightSize(const PairFacts::Fact& is, const Freeing& freeing) {
  if (!freeing.declaredSize) return is.folded() >> 8 == freeing.foldedHigh;
  return *freeing.declaredSize == std::min(is.size, wire::kMaxDeclaredSize);
}

void Matcher::noteMistake(const Moment& when, const Block& block, const Freeing& freeing) {
  Mistake mistake{.kind = v1::FINDING_MISMATCHED_FREE,
                  .pair = block.pair,
                  .origin = freeing.origin,
                  .stack = freeing.stack,
                  .heap = m_heap};
  const PairFacts::Fact is = m_pairs[block.pair];
  if (wire::belongTogether(is.family(), wire::familyOf(freeing.origin))) {
    const bool wrongSize = !isRightSize(is, freeing);
    mistake.kind = wrongSize ? v1::FINDING_WRONG_SIZE : v1::FINDING_WRONG_ALIGNMENT;
    mistake.declared = wrongSize ? freeing.declaredSize.value_or(0)
                                 : std::uint64_t{1} << (freeing.declaredAlignLog2.value_or(0) & 0x3F);
  }
  m_findings.add(when, freeing.address, mistake, is.origin);
}

void Matcher::judgeUnknown(const Moment& when, const Freeing& freeing) {
  // A block that was allocated unseen may lie at any address.
  if (m_unrecordedExpected || m_sampleInterval != 0 || freeing.address == 0) return;
  Mistake mistake{
      .kind = v1::FINDING_UNKNOWN_FREE, .origin = freeing.origin, .stack = freeing.stack, .heap = m_heap};
  if (const FreedBlocks::Freed* const before = m_freed.find(freeing.address)) {
    mistake.kind = v1::FINDING_DOUBLE_FREE;
    mistake.pair = before->pair;
    mistake.earlierStack = before->stack;
  }
  m_findings.add(when, freeing.address, mistake);
}

void Matcher::end(const Moment& when, const Block& block, std::uint32_t freeStack, bool temporary) {
  m_freed.add({block.address, block.isInherited() ? Mistake::kNoPair : block.pair, freeStack});
  close(when, block, freeStack, temporary);
}

void Matcher::close(const Moment& when, const Block& block, std::uint32_t freeStack, bool temporary) {
  if (block.isInherited()) {
    m_counts.inheritedFrees += blocksFor(block.inheritedBytes(), m_inheritedFreedRest);
    m_counts.inheritedFreedBytes += sampleBytes(block.inheritedBytes(), m_sampleInterval);
    return;
  }
  m_encoder.free(when.timeNs, when.thread,
                 {.number = block.number,
                  .pair = block.pair,
                  .lifetimeNs = when.timeNs - std::min(when.timeNs, block.timeNs),
                  .stack = freeStack,
                  .temporary = temporary});
}

void Matcher::closeAsLost(const Moment& when, const Block& block) {
  // Nothing was lost of this process: another thread of its parent may have freed the block after the fork
  // was announced and before it happened, so that the child never had it.
  if (block.isInherited()) return;
  ++m_counts.lostFrees;
  close(when, block);
}

void Matcher::countUnknownFree() {
  if (m_sampleInterval != 0) return;
  ++(m_unrecordedExpected ? m_counts.unrecordedFrees : m_counts.unmatchedFrees);
}

std::uint64_t Matcher::blocksFor(std::uint64_t size, double& rest) const {
  rest += sampleWeight(size, m_sampleInterval);
  const auto whole = static_cast<std::uint64_t>(rest);
  rest -= static_cast<double>(whole);
  return whole;
}

void Matcher::dropStale(const Moment& when, Limbo& limbo, unsigned firstLevel) {
  // The end of such a realloc was dropped, and counted with its allocation; the free is what its begin said.
  // A realloc that failed would have left the block as it was, but hardly one in millions does.
  for (; !limbo.empty() && limbo.top().level >= firstLevel; limbo.pop())
    if (limbo.top().block) close(when, *limbo.top().block);
}

void Matcher::putBack(const Moment& when, const Block& block) {
  BlockTable& table = tableOf(block.address);
  const BlockTable::Place place = table.find(block.address);
  if (place.isFilled()) return closeAsLost(when, block);  // Another block is there: this one did move.
  table.put(place, block);
  m_liveBytes += bytesOf(block);
}

}  // namespace heaptap::relay
