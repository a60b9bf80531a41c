// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/record/named_heaps.h"

#include <cstring>

#include "agent/capture/record/connection.h"
#include "agent/capture/record/lane.h"
#include "agent/capture/tables/text_area.h"

namespace heaptap::capture {
namespace {

constexpr std::uint32_t kNone = 0;

bool hasName(const wire::HeapEntry& entry, const char* name, std::size_t length) {
  return entry.complete.load(std::memory_order_acquire) == 1 && entry.nameLength == length &&
         std::memcmp(SharedView(g_connection.header).text(entry.nameOffset), name, length) == 0;
}

std::uint32_t heapsSoFar() {
  const std::uint32_t count = g_connection.header->heapCount.load(std::memory_order_acquire);
  const std::uint32_t capacity = g_connection.header->geometry.heapCapacity;
  return count < capacity ? count : capacity;
}

bool isNamed(std::uint32_t heap) {
  return heap >= wire::kFirstNamedHeap && heap - wire::kFirstNamedHeap < heapsSoFar();
}

}  // namespace

std::uint32_t heapNamed(const char* name, std::size_t length) {
  wire::Header* const header = g_connection.header;
  const SharedView view(header);
  const std::uint32_t count = heapsSoFar();
  for (std::uint32_t index = 0; index < count; ++index)
    if (hasName(view.heap(index), name, length)) return wire::kFirstNamedHeap + index;
  const std::uint32_t index = header->heapCount.fetch_add(1, std::memory_order_acq_rel);
  if (index >= header->geometry.heapCapacity) {
    header->heapCount.store(header->geometry.heapCapacity, std::memory_order_release);
    return kNone;
  }
  const StoredText text = storeText(header, name, length);
  wire::HeapEntry& entry = view.heap(index);
  entry.nameOffset = text.offset;
  entry.nameLength = text.length;
  entry.complete.store(1, std::memory_order_release);
  return wire::kFirstNamedHeap + index;
}

void recordHeapBlock(std::uint32_t heap, const void* block, std::size_t size, const CallSite& site) {
  if (!isNamed(heap) || (control() & (wire::kControlStopped | wire::kControlAnyPause)) != 0) return;
  const Lane lane;
  if (!lane.usable() || !lane.writeHeapBlock(heap, block, size, site))
    countDroppedAllocation(lane.dropped(), size);
}

void recordHeapFree(std::uint32_t heap, const void* block, const CallSite& site) {
  if (!isNamed(heap) || (control() & wire::kControlStopped) != 0) return;
  const Lane lane;
  if (!lane.usable() || !lane.writeHeapFree(heap, block, site)) countDroppedFree(lane.dropped());
}

}  // namespace heaptap::capture
