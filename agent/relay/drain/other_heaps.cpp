// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/drain/other_heaps.h"

namespace heaptap::relay {

OtherHeaps::Named& OtherHeaps::ofCanonical(std::uint32_t canonical) {
  const auto known = m_named.find(canonical);
  if (known != m_named.end()) return known->second;
  const std::uint32_t id = m_names.idOf(canonical);
  Named& added =
      m_named
          .emplace(canonical,
                   Named{id, Matcher(m_parts.store, m_parts.encoder, m_parts.pairs, m_parts.findings, id)})
          .first->second;
  if (m_unrecordedExpected) added.matcher.expectUnrecorded();
  return added;
}

OtherHeaps::Named* OtherHeaps::named(std::uint32_t number) {
  const std::uint32_t canonical = m_names.canonical(number);
  return canonical == wire::kMallocHeap ? nullptr : &ofCanonical(canonical);
}

void OtherHeaps::record(const Moment& when, MapLimbo& limbo, const Event& event) {
  if (event.kind() == wire::EventKind::Map) return map(when, limbo, event);
  Named* const heap = named(event.heap);
  if (heap == nullptr) return;
  const std::uint32_t stack = m_parts.stacks.idOf(event.stack);
  if (event.kind() == wire::EventKind::HeapFree)
    return heap->matcher.free(when, {.address = event.address(), .origin = event.origin(), .stack = stack});
  const BlockKind kind{event.origin(), 0, wire::kUnknownSlack, heap->id};
  heap->matcher.allocation(
      when, {.address = event.address(), .pair = m_parts.pairs.indexOf({event.size, stack, kind})});
}

void OtherHeaps::map(const Moment& when, MapLimbo& limbo, const Event& event) {
  m_mappings.change(when, limbo,
                    {.change = static_cast<wire::MapChange>(event.attribute),
                     .range = {event.address(), event.address() + event.size},
                     .origin = event.origin(),
                     .stack = m_parts.stacks.idOf(event.stack),
                     .level = event.level()});
}

void OtherHeaps::expectUnrecorded() {
  if (m_unrecordedExpected) return;
  m_unrecordedExpected = true;
  for (auto& [number, heap] : m_named) heap.matcher.expectUnrecorded();
}

void OtherHeaps::inherit(InheritedHeap heap) {
  if (heap.incomplete) expectUnrecorded();
  m_mappings.inherit(heap.mappings);
  for (auto& [number, blocks] : heap.named)
    if (Named* const mine = named(number)) mine->matcher.inherit(std::move(blocks));
}

void OtherHeaps::handOn(const std::vector<const MapLimbo*>& limbo, InheritedHeap& heap) {
  m_mappings.handOn(limbo, heap.mappings);
  for (auto& [number, mine] : m_named)
    if (mine.matcher.liveBlocks() != 0) heap.named.emplace(number, mine.matcher.handOn());
}

void OtherHeaps::copyTo(const std::vector<const MapLimbo*>& limbo, LiveBlocks& live) const {
  m_mappings.copyTo(limbo, live);
  for (const auto& [number, heap] : m_named) heap.matcher.copyTo(live);
}

std::size_t OtherHeaps::liveBlocks() const {
  std::size_t blocks = m_mappings.mappings().size();
  for (const auto& [number, heap] : m_named) blocks += heap.matcher.liveBlocks();
  return blocks;
}

void OtherHeaps::letGo() {
  for (auto& [number, heap] : m_named) heap.matcher.letGo();
}

void OtherHeaps::addTo(Matcher::Counts& counts) const {
  counts.lostFrees += m_mappings.lost();
  for (const auto& [number, heap] : m_named) {
    counts.unmatchedFrees += heap.matcher.counts().unmatchedFrees;
    counts.unrecordedFrees += heap.matcher.counts().unrecordedFrees;
    counts.lostFrees += heap.matcher.counts().lostFrees;
  }
}

}  // namespace heaptap::relay
