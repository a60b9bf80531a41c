// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/match/matcher.h"

#include <algorithm>
#include <utility>

#include "base/sample_weight.h"

namespace heaptap::relay {

void Matcher::inherit(InheritedHeap::Blocks blocks) {
  m_blocks.adopt(std::move(blocks.shared));
  m_liveBytes = blocks.bytes;
  if (m_sampleInterval == 0) {
    m_counts.inheritedBlocks = m_blocks.size();
    m_counts.inheritedBytes = m_liveBytes;
  } else {
    // Each counts for what it stands for; where allocations are sampled there are few.
    m_blocks.forEach([this](const Block& block) { countInherited(bytesOf(block)); });
  }
  for (const InheritedHeap::Block& block : blocks.moving) {
    const BlockTable::Place place = m_blocks.find(block.address);
    if (block.address == 0 || place.isFilled()) continue;
    put(place, Block::inherited(block.address, block.bytes));
    countInherited(block.bytes);
  }
}

void Matcher::countInherited(std::uint64_t bytes) {
  m_counts.inheritedBlocks += blocksFor(bytes, m_inheritedRest);
  m_counts.inheritedBytes += sampleBytes(bytes, m_sampleInterval);
}

void Matcher::put(const BlockTable::Place& place, const Block& block) {
  m_blocks.put(place, block);
  m_liveBytes += bytesOf(block);
}

void Matcher::remove(const BlockTable::Place& place, const Block& block) {
  m_blocks.erase(place);
  m_liveBytes -= bytesOf(block);
}

void Matcher::allocation(const Moment& when, const Allocated& allocated) {
  if (allocated.address == 0) return;  // No allocator returns it, and it cannot be stored.
  const BlockTable::Place place = m_blocks.find(allocated.address);
  if (place.isFilled()) {
    const Block lost = m_blocks[place];
    m_liveBytes -= bytesOf(lost);
    closeAsLost(when, lost);
  }
  const std::uint64_t number =
      m_encoder.allocation(when.timeNs, when.thread, allocated.address, allocated.pair);
  put(place, {.address = allocated.address,
              .number = number,
              .timeNs = m_encoder.recordedNs(when.timeNs),
              .pair = allocated.pair});
}

void Matcher::free(const Moment& when, const Freeing& freeing) {
  if (freeing.address == 0) return;
  const BlockTable::Place place = m_blocks.find(freeing.address);
  if (!place.isFilled()) {
    judgeUnknown(when, freeing);
    return countUnknownFree();
  }
  const Block block = m_blocks[place];
  if (!isRight(block, freeing)) noteMistake(when, block, freeing);
  end(when, block, freeing.stack, freeing.temporary);
  remove(place, block);
}

void Matcher::reallocBegin(const Moment& when, Limbo& limbo, unsigned level, const Freeing& freeing) {
  dropStale(when, limbo, level);
  const BlockTable::Place place = m_blocks.find(freeing.address);
  if (!place.isFilled() || freeing.address == 0) {
    // Here, as such a realloc may not live to see its end.
    judgeUnknown(when, freeing);
    return limbo.push({level, std::nullopt});
  }
  const Block block = m_blocks[place];
  if (!isRight(block, freeing)) noteMistake(when, block, freeing);
  limbo.push({level, block, freeing.stack, freeing.temporary});
  remove(place, block);
}

void Matcher::reallocDone(const Moment& when, Limbo& limbo, unsigned level, const Allocated& allocated) {
  dropStale(when, limbo, level + 1);
  if (!limbo.empty() && limbo.top().level == level) {
    const Limbo::Entry begun = limbo.top();
    limbo.pop();
    if (begun.block)
      end(when, *begun.block, begun.stack, begun.temporary);
    else
      countUnknownFree();
  }
  allocation(when, allocated);
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
  const BlockTable::Place place = m_blocks.find(block.address);
  if (!place.isFilled()) return put(place, block);
  closeAsLost(when, block);  // Another block is there: this one did move.
}

}  // namespace heaptap::relay
