// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/match/mapping_matcher.h"

#include <algorithm>
#include <utility>

namespace heaptap::relay {
namespace {

using wire::MapChange;

/// The mapping, or what remains of it, with another range.
Mapping within(const Mapping& mapping, const Range& range) {
  Mapping part = mapping;
  part.range = {std::max(mapping.range.start, range.start), std::min(mapping.range.end, range.end)};
  return part;
}

}  // namespace

void MappingMatcher::change(const Moment& when, MapLimbo& limbo, const MapEvent& event) {
  switch (event.change) {
    case MapChange::Mapped: return mapped(when, event, false);
    case MapChange::MappedOver: return mapped(when, event, true);
    case MapChange::Unmapping:
      dropStale(when, limbo, event.level);
      limbo.entries.push_back({event.level, true, cut(when, event.range, event.stack)});
      return;
    case MapChange::Moving:
      dropStale(when, limbo, event.level);
      limbo.entries.push_back({event.level, false, lift(when, event.range, event.stack)});
      return;
    case MapChange::Moved: return moved(when, limbo, event);
    case MapChange::Failed: return failed(when, limbo, event.level);
  }
}

void MappingMatcher::begin(const Moment& when, const Mapping& mapping) {
  Mapping counted = mapping;
  if (!mapping.isInherited()) {
    const BlockKind kind{mapping.origin, 0, wire::kUnknownSlack, wire::kMappingsHeap};
    m_makeRoom();
    counted.pair = m_pairs.indexOf({mapping.range.bytes(), mapping.stack, kind});
    counted.number = m_encoder.allocation(when.timeNs, when.thread, mapping.range.start, counted.pair);
    counted.timeNs = m_encoder.recordedNs(when.timeNs);
  }
  m_table.insert(counted);
}

void MappingMatcher::end(const Moment& when, const Mapping& mapping, std::uint32_t stack) {
  if (mapping.isInherited()) return;
  m_makeRoom();
  m_encoder.free(when.timeNs, when.thread,
                 {.number = mapping.number,
                  .pair = mapping.pair,
                  .lifetimeNs = when.timeNs - std::min(when.timeNs, mapping.timeNs),
                  .stack = stack});
}

std::vector<Mapping> MappingMatcher::cut(const Moment& when, const Range& range, std::uint32_t stack) {
  std::vector<Mapping> parts = m_table.take(range);
  for (Mapping& mapping : parts) {
    end(when, mapping, stack);
    const Range left{mapping.range.start, range.start};
    const Range right{range.end, mapping.range.end};
    if (!left.empty()) begin(when, within(mapping, left));
    if (!right.empty()) begin(when, within(mapping, right));
    mapping = within(mapping, range);
  }
  return parts;
}

std::vector<Mapping> MappingMatcher::lift(const Moment& when, const Range& range, std::uint32_t stack) {
  std::vector<Mapping> parts = m_table.take(range);
  for (Mapping& mapping : parts) {
    if (mapping.range == within(mapping, range).range) continue;
    // Only a part moves: it becomes a mapping of its own first.
    m_table.insert(mapping);
    const Mapping part = cut(when, within(mapping, range).range, stack).front();
    begin(when, part);
    mapping = m_table.take(part.range).front();
  }
  return parts;
}

void MappingMatcher::mapped(const Moment& when, const MapEvent& event, bool over) {
  if (event.range.empty()) return;
  if (m_table.overlaps(event.range)) {
    if (!over) ++m_lost;
    cut(when, event.range, over ? event.stack : 0);
  }
  begin(when, {.range = event.range, .number = 0, .stack = event.stack, .origin = event.origin});
}

void MappingMatcher::moved(const Moment& when, MapLimbo& limbo, const MapEvent& event) {
  dropStale(when, limbo, event.level + 1);
  if (!limbo.entries.empty() && limbo.entries.back().level == event.level) {
    const MapLimbo::Entry begun = std::move(limbo.entries.back());
    limbo.entries.pop_back();
    if (!begun.ended)
      for (const Mapping& mapping : begun.mappings) end(when, mapping, event.stack);
  }
  mapped(when, event, true);
}

void MappingMatcher::failed(const Moment& when, MapLimbo& limbo, unsigned level) {
  dropStale(when, limbo, level + 1);
  if (limbo.entries.empty() || limbo.entries.back().level != level) return;
  const MapLimbo::Entry begun = std::move(limbo.entries.back());
  limbo.entries.pop_back();
  for (const Mapping& mapping : begun.mappings) {
    if (!begun.ended)
      putBack(when, mapping);
    else if (!m_table.overlaps(mapping.range))
      begin(when, mapping);
  }
}

void MappingMatcher::putBack(const Moment& when, const Mapping& mapping) {
  if (!m_table.overlaps(mapping.range)) return m_table.insert(mapping);
  end(when, mapping, 0);  // Another mapping is there: it did move.
}

void MappingMatcher::dropStale(const Moment& when, MapLimbo& limbo, unsigned firstLevel) {
  // Of an unmapping that succeeded, nothing more is said. Of a move, the end was dropped: it is no more where
  // it was.
  while (!limbo.entries.empty() && limbo.entries.back().level >= firstLevel) {
    const MapLimbo::Entry stale = std::move(limbo.entries.back());
    limbo.entries.pop_back();
    if (!stale.ended)
      for (const Mapping& mapping : stale.mappings) end(when, mapping, 0);
  }
}

void MappingMatcher::streamEnd(const Moment& when, MapLimbo& limbo) {
  for (const MapLimbo::Entry& entry : limbo.entries)
    if (!entry.ended)
      for (const Mapping& mapping : entry.mappings) putBack(when, mapping);
  limbo.entries.clear();
}

void MappingMatcher::inherit(const std::vector<InheritedHeap::Block>& mappings) {
  for (const InheritedHeap::Block& block : mappings) {
    const Range range{block.address, block.address + block.bytes};
    if (range.empty() || m_table.overlaps(range)) continue;
    m_table.insert({.range = range});
  }
}

template <class Look>
void MappingMatcher::forEachLive(const std::vector<const MapLimbo*>& limbo, Look&& look) const {
  m_table.forEach(look);
  for (const MapLimbo* moving : limbo)
    for (const MapLimbo::Entry& entry : moving->entries)
      if (!entry.ended)
        for (const Mapping& mapping : entry.mappings) look(mapping);
}

void MappingMatcher::handOn(const std::vector<const MapLimbo*>& limbo,
                            std::vector<InheritedHeap::Block>& mappings) const {
  const auto add = [&](const Mapping& mapping) {
    mappings.push_back({mapping.range.start, mapping.range.bytes()});
  };
  mappings.reserve(m_table.size());
  forEachLive(limbo, add);
}

void MappingMatcher::copyTo(const std::vector<const MapLimbo*>& limbo, LiveBlocks& live) const {
  const auto add = [&](const Mapping& mapping) {
    if (!mapping.isInherited())
      live.wholeRows.push_back({mapping.number, mapping.range.start, mapping.timeNs, mapping.pair});
  };
  forEachLive(limbo, add);
}

}  // namespace heaptap::relay
