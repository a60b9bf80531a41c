// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "agent/capture/record/open_calls.h"
#include "agent/capture/unwind/call_site.h"
#include "agent/wire/layout.h"

/// Events of the process's memory mappings (wire::kMappingsHeap). They are made where the program, or a
/// library, calls mmap and its like, be it an allocator in the middle of its own work: so no other layer
/// answers for them, and nothing here may call an allocator or wait for a lock. Threads: any, signal handlers
/// too; errno kept. Errors:  what cannot be written is counted in the thread's wire::DropCounters.
namespace heaptap::capture {

struct MappedRange {
  const void* start;
  std::size_t bytes;  ///< Whole pages, where the kernel maps those.
};

/// Whether they are wanted at all.
bool recordsMappings();

/// After the range was mapped. `over`: in place of what was there (MAP_FIXED).
void recordMapped(const MappedRange& range, wire::Origin origin, bool over, const CallSite& site);

/// Before a range is unmapped, or moved (also: grown or shrunk where it is).
/// Returns: for the call of recordUnmapped() or recordMoved() that must follow.
OpenToken recordUnmapping(const MappedRange& range, wire::Origin origin, const CallSite& site);
OpenToken recordMoving(const MappedRange& range, wire::Origin origin, const CallSite& site);

/// After the call. `failed`: it did not happen, the range is as it was.
void recordUnmapped(OpenToken token, bool failed, const MappedRange& range, wire::Origin origin,
                    const CallSite& site);
/// `now`: where the range is; `start` null: the call failed.
void recordMoved(OpenToken token, const MappedRange& old, const MappedRange& now, wire::Origin origin,
                 const CallSite& site);

}  // namespace heaptap::capture
