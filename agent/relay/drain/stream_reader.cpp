// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/drain/stream_reader.h"

#include <utility>

namespace heaptap::relay {
namespace {

/// Addresses have 48 bits: no allocation of more can have succeeded.
constexpr std::uint64_t kMaxBlockBytes = (1ULL << 48) - 1;

}  // namespace

void StreamReader::readHeap(Event& event) {
  if (event.kind() == wire::EventKind::Map) event.heap = wire::kMappingsHeap;
  if (event.kind() == wire::EventKind::HeapFree)
    event.heap = static_cast<std::uint32_t>(std::exchange(event.size, 0));
  if (event.kind() == wire::EventKind::HeapAlloc) {
    event.heap = wire::heapOf(event.size);
    event.size = wire::heapSizeOf(event.size);
  }
}

void StreamReader::begin(std::uint32_t firstChunk) {
  if (firstChunk != wire::kNoChunk && !begun()) enter(firstChunk);
}

bool StreamReader::enter(std::uint32_t reference) {
  wire::ChunkHeader* const chunk = m_memory->chunk(reference);
  if (chunk == nullptr || !m_use->take(reference)) {
    fail();
    return false;
  }
  m_chunk = chunk;
  m_events = reinterpret_cast<const char*>(chunk + 1);
  m_reference = reference;
  m_offset = m_published = m_ahead = m_eventsAhead = 0;
  return true;
}

bool StreamReader::refresh() {
  if (ready()) return true;
  if (m_broken || m_chunk == nullptr) return false;
  std::uint32_t published = m_chunk->published.load(std::memory_order_acquire);
  if (published == m_offset) {
    const std::uint32_t next = m_chunk->next.load(std::memory_order_acquire);
    if (next == wire::kNoChunk) return false;
    // The last events of this chunk may have come between the two loads above.
    published = m_chunk->published.load(std::memory_order_acquire);
    if (published == m_offset) {
      m_use->giveBack(m_reference);
      m_memory->returnChunk(m_reference);
      m_chunk = nullptr;
      if (!enter(next)) return false;
      published = m_chunk->published.load(std::memory_order_acquire);
      if (published == 0) return false;
    }
  }
  if (published > wire::kChunkPayload || published < m_offset || published % 8 != 0) {
    fail();
    return false;
  }
  m_published = published;
  return loadHead();
}

bool StreamReader::loadHead() {
  m_first = word(m_offset);
  const wire::EventKind kind = wire::kindOf(m_first);
  m_bytes = static_cast<std::uint32_t>(wire::eventBytes(kind));
  if (m_bytes == 0 || m_offset + m_bytes > m_published) {
    fail();
    return false;
  }
  // A short one has the stamp of the event before it, which is still there; the first of a stream has 0.
  m_head = wire::isShort(kind) ? wire::headWord(wire::stampOf(m_head), 0, wire::longKindOf(kind)) : m_first;
  return true;
}

Event StreamReader::take() {
  Event event;
  event.head = m_head;
  const bool isShort = wire::isShort(wire::kindOf(m_first));
  event.place = isShort ? wire::placeOfShort(m_first) : word(m_offset + 8);
  const std::size_t bytes = wire::eventBytes(event.kind());
  if (bytes >= wire::kAllocBytes) {
    const std::uint64_t third = word(m_offset + (isShort ? 8 : 16));
    event.stack = wire::stackOf(third);
    event.attribute = static_cast<std::uint8_t>(wire::attributeOf(third));
    event.size = bytes == wire::kAllocLargeBytes ? word(m_offset + 24) : wire::sizeOf(third);
    readHeap(event);
  }
  if (event.size > kMaxBlockBytes || static_cast<std::size_t>(event.origin()) >= wire::kOrigins ||
      (event.kind() == wire::EventKind::Map && event.attribute >= wire::kMapChanges) ||
      (event.kind() == wire::EventKind::Rare && event.extra() >= wire::kRareKinds)) {
    fail();
    return {};
  }
  m_offset += m_bytes;
  if (m_eventsAhead != 0) --m_eventsAhead;
  if (m_offset < m_published)
    loadHead();
  else
    refresh();
  return event;
}

std::optional<EventAhead> StreamReader::lookAhead() {
  if (m_ahead < m_offset) {
    m_ahead = m_offset;
    m_eventsAhead = 0;
  }
  if (m_eventsAhead >= kMaxAhead || m_ahead + wire::kShortFreeBytes > m_published) return std::nullopt;
  const std::uint64_t first = word(m_ahead);
  const wire::EventKind kind = wire::kindOf(first);
  const std::size_t bytes = wire::eventBytes(kind);
  if (bytes == 0 || m_ahead + bytes > m_published) return std::nullopt;
  const bool isShort = wire::isShort(kind);
  const std::uint64_t place = isShort ? wire::placeOfShort(first) : word(m_ahead + 8);
  const std::uint32_t second = m_ahead + (isShort ? 8 : 16);
  const wire::EventKind whole = isShort ? wire::longKindOf(kind) : kind;
  EventAhead event{.address = wire::addressOf(place), .pair = {}};
  if (wire::eventBytes(whole) >= wire::kAllocBytes) event.pair = WrittenPair::of(whole, place, word(second));
  m_ahead += static_cast<std::uint32_t>(bytes);
  ++m_eventsAhead;
  return event;
}

void StreamReader::fail() {
  m_broken = true;
  m_offset = m_published = m_ahead = m_eventsAhead = 0;
  m_chunk = nullptr;
}

void StreamReader::end() {
  if (m_chunk != nullptr) {
    m_use->giveBack(m_reference);
    m_memory->returnChunk(m_reference);
    m_chunk = nullptr;
  }
  m_offset = m_published = m_ahead = m_eventsAhead = 0;
}

}  // namespace heaptap::relay
