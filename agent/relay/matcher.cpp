// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/matcher.h"

namespace heaptap::relay {

void Matcher::inherit(const InheritedHeap& heap) {
  if (heap.incomplete) expectUnrecorded();
  for (const InheritedHeap::Block& block : heap.blocks) {
    Block& place = m_blocks.find(block.address);
    if (block.address == 0 || place.address != 0) continue;
    m_blocks.insert(place, Block::inherited(block.address, block.bytes));
    ++m_counts.inheritedBlocks;
    m_counts.inheritedBytes += block.bytes;
  }
}

void Matcher::allocation(const Moment& when, std::uint64_t address, std::uint32_t pair) {
  if (address == 0) return;  // No allocator returns it, and it cannot be stored.
  Block& place = m_blocks.find(address);
  if (place.address != 0) {
    closeAsLost(when, place);
    place = {address, m_encoder.allocation(when.timeNs, when.thread, address, pair), when.timeNs, pair};
    return;
  }
  m_blocks.insert(
      place, {address, m_encoder.allocation(when.timeNs, when.thread, address, pair), when.timeNs, pair});
}

void Matcher::free(const Moment& when, std::uint64_t address) {
  if (address == 0) return;
  Block& place = m_blocks.find(address);
  if (place.address == 0) return countUnknownFree();
  close(when, place);
  m_blocks.erase(place);
}

void Matcher::reallocBegin(const Moment& when, Limbo& limbo, unsigned level, std::uint64_t address) {
  dropStale(when, limbo, level);
  Block& place = m_blocks.find(address);
  if (place.address == 0 || address == 0) return limbo.push({level, std::nullopt});
  limbo.push({level, place});
  m_blocks.erase(place);
}

void Matcher::reallocDone(const Moment& when, Limbo& limbo, unsigned level, std::uint64_t address,
                          std::uint32_t pair) {
  dropStale(when, limbo, level + 1);
  if (!limbo.empty() && limbo.top().level == level) {
    const Limbo::Entry begun = limbo.top();
    limbo.pop();
    if (begun.block)
      close(when, *begun.block);
    else
      countUnknownFree();
  }
  allocation(when, address, pair);
}

void Matcher::reallocFailed(const Moment& when, Limbo& limbo, unsigned level) {
  dropStale(when, limbo, level + 1);
  if (limbo.empty() || limbo.top().level != level) return;
  const Limbo::Entry begun = limbo.top();
  limbo.pop();
  if (begun.block) putBack(when, *begun.block);
}

void Matcher::streamEnd(const Moment& when, Limbo& limbo) {
  while (!limbo.empty()) {
    if (limbo.top().block) putBack(when, *limbo.top().block);
    limbo.pop();
  }
}

void Matcher::close(const Moment& when, const Block& block) {
  if (block.isInherited()) {
    ++m_counts.inheritedFrees;
    m_counts.inheritedFreedBytes += block.inheritedBytes();
    return;
  }
  m_encoder.free(when.timeNs, when.thread, block.number, block.pair, when.timeNs - block.timeNs);
}

void Matcher::closeAsLost(const Moment& when, const Block& block) {
  // Nothing was lost of this process: another thread of its parent may have freed the block after the fork
  // was announced and before it happened, so that the child never had it.
  if (block.isInherited()) return;
  ++m_counts.lostFrees;
  close(when, block);
}

void Matcher::countUnknownFree() {
  ++(m_unrecordedExpected ? m_counts.unrecordedFrees : m_counts.unmatchedFrees);
}

void Matcher::dropStale(const Moment& when, Limbo& limbo, unsigned firstLevel) {
  // The end of such a realloc was dropped, and counted with its allocation; the free is what its begin said.
  // A realloc that failed would have left the block as it was, but hardly one in millions does.
  for (; !limbo.empty() && limbo.top().level >= firstLevel; limbo.pop())
    if (limbo.top().block) close(when, *limbo.top().block);
}

void Matcher::putBack(const Moment& when, const Block& block) {
  Block& place = m_blocks.find(block.address);
  if (place.address == 0) return m_blocks.insert(place, block);
  closeAsLost(when, block);  // Somebody else lives there: the block did move.
}

}  // namespace heaptap::relay
