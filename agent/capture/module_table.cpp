// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/module_table.h"

#include <cstring>

#include "agent/capture/shared_view.h"
#include "agent/capture/text_area.h"

namespace heaptap::capture {
namespace {

std::uint64_t firstBytes(const std::uint8_t* buildId) {
  std::uint64_t word = 0;
  if (buildId != nullptr) std::memcpy(&word, buildId, sizeof word);
  return word;
}

}  // namespace

bool ModuleTable::same(const Known& known, const LoadedObject& object) {
  return known.start == object.start && known.end == object.end && known.bias == object.bias &&
         known.ehFrameHdr == object.ehFrameHdr && firstBytes(known.buildId) == known.buildIdStart;
}

std::uint32_t ModuleTable::indexOf(const LoadedObject& object) {
  if (m_header == nullptr) return wire::kNoModule;
  std::uint32_t at = static_cast<std::uint32_t>((object.start >> 12) * 0x9E37'79B9U) % kBuckets;
  // At most half of the buckets are ever used, so an empty one ends the search.
  for (;; at = (at + 1) % kBuckets) {
    std::uint32_t reference = m_buckets[at].load(std::memory_order_acquire);
    if (reference == 0) break;
    const Known& known = m_known[reference - 1];
    // Acquire pairs with the release below; an entry still being written is passed over.
    if (known.ready.load(std::memory_order_acquire) != 0 && same(known, object)) return known.index;
  }
  const std::uint32_t number = m_knownCount.fetch_add(1, std::memory_order_relaxed);
  if (number >= kBuckets / 2) {
    m_knownCount.store(kBuckets / 2, std::memory_order_relaxed);
    return wire::kNoModule;
  }
  BuildId buildId = findBuildId(object);
  if (buildId.length > wire::kBuildIdBytes || buildId.length < sizeof(std::uint64_t)) buildId = {};
  Known& known = m_known[number];
  known.index = publish(object, buildId);
  known.start = object.start;
  known.end = object.end;
  known.bias = object.bias;
  known.ehFrameHdr = object.ehFrameHdr;
  known.buildId = buildId.bytes;
  known.buildIdStart = firstBytes(buildId.bytes);
  known.ready.store(1, std::memory_order_release);
  for (;; at = (at + 1) % kBuckets) {
    std::uint32_t empty = 0;
    if (m_buckets[at].compare_exchange_strong(empty, number + 1, std::memory_order_release,
                                              std::memory_order_relaxed)) {
      return known.index;
    }
  }
}

std::uint32_t ModuleTable::publish(const LoadedObject& object, const BuildId& buildId) {
  const wire::Geometry& geometry = m_header->geometry;
  const std::uint32_t index = m_header->moduleCount.fetch_add(1, std::memory_order_relaxed);
  if (index >= geometry.moduleCapacity) {
    m_header->moduleCount.store(geometry.moduleCapacity, std::memory_order_relaxed);
    return wire::kNoModule;
  }
  wire::ModuleEntry& entry = SharedView(m_header).module(index);
  entry.start = object.start;
  entry.end = object.end;
  entry.bias = object.bias;
  entry.buildIdLength = buildId.length;
  std::memcpy(entry.buildId, buildId.bytes, buildId.length);
  // Where there is no room for the path, it is known by address and build id only.
  const StoredText path = storeText(m_header, object.path, std::strlen(object.path));
  entry.pathOffset = path.offset;
  entry.pathLength = path.length;
  entry.complete.store(1, std::memory_order_release);
  return index;
}

void ModuleTable::addAgentRange(std::uint64_t start, std::uint64_t end) {
  const std::uint32_t i = m_agentRanges.load(std::memory_order_relaxed);
  if (i == kAgentRanges) return;
  m_agentStart[i] = start;
  m_agentEnd[i] = end;
  m_agentRanges.store(i + 1, std::memory_order_release);
}

bool ModuleTable::isAgent(const LoadedObject& object) const {
  const std::uint32_t ranges = m_agentRanges.load(std::memory_order_acquire);
  for (std::uint32_t i = 0; i < ranges; ++i) {
    if (object.start >= m_agentStart[i] && object.start < m_agentEnd[i]) return true;
  }
  return false;
}

}  // namespace heaptap::capture
