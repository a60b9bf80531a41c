// SPDX-License-Identifier: Apache-2.0
//
// The C interface for heaps beside malloc's: mappings, and allocators that the program has named.
#include <string.h>

#include "agent/capture/record/event_timer.h"
#include "agent/capture/record/gate.h"
#include "agent/capture/record/mappings.h"
#include "agent/capture/record/named_heaps.h"
#include "agent/include/heaptap/abi.h"

namespace {

using namespace heaptap::capture;
using heaptap::wire::Origin;

MappedRange own(const heaptap_range* range) { return {range->start, range->bytes}; }

}  // namespace

uint32_t heaptap_heap_named(const char* name) noexcept {
  if (name == nullptr || !isOpen()) return 0;
  return heapNamed(name, strnlen(name, heaptap::wire::kMaxHeapNameBytes));
}

void heaptap_heap_allocated(uint32_t heap, const void* block, size_t size) noexcept {
  if (block == nullptr || !isOpen()) return;
  const heaptap_call_site from = heaptap_caller();
  timedNowAndThen([&] { recordHeapBlock(heap, block, size, from); });
}

void heaptap_heap_freed(uint32_t heap, const void* block) noexcept {
  if (block == nullptr || !isOpen()) return;
  const heaptap_call_site from = heaptap_caller();
  timedNowAndThen([&] { recordHeapFree(heap, block, from); });
}

uint32_t heaptap_records_mappings() noexcept { return recordsMappings() ? 1 : 0; }

void heaptap_on_mapped(const heaptap_range* range, uint32_t origin, uint32_t over,
                       const heaptap_call_site* from) noexcept {
  if (!isOpen()) return;
  timedNowAndThen([&] { recordMapped(own(range), static_cast<Origin>(origin), over != 0, *from); });
}

uint32_t heaptap_on_unmap_begin(const heaptap_range* range, uint32_t origin,
                                const heaptap_call_site* from) noexcept {
  if (!isOpen()) return 0;
  return timedNowAndThen(
      [&] { return recordUnmapping(own(range), static_cast<Origin>(origin), *from).packed(); });
}

void heaptap_on_unmap_end(uint32_t token, uint32_t failed, const heaptap_range* range, uint32_t origin,
                          const heaptap_call_site* from) noexcept {
  if (!isOpen()) return;
  timedNowAndThen([&] {
    recordUnmapped(OpenToken::unpacked(token), failed != 0, own(range), static_cast<Origin>(origin), *from);
  });
}

uint32_t heaptap_on_remap_begin(const heaptap_range* old, const heaptap_call_site* from) noexcept {
  if (!isOpen()) return 0;
  return timedNowAndThen([&] { return recordMoving(own(old), Origin::Mremap, *from).packed(); });
}

void heaptap_on_remap_end(uint32_t token, const heaptap_range* old, const heaptap_range* now,
                          const heaptap_call_site* from) noexcept {
  if (!isOpen()) return;
  timedNowAndThen(
      [&] { recordMoved(OpenToken::unpacked(token), own(old), own(now), Origin::Mremap, *from); });
}
