// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "agent/capture/call_site.h"
#include "agent/wire/layout.h"

/// Puts events together: which thread, which stack, when. The hooks' way into capture.
/// Threads: any, signal handlers too. Hot path: no lock, no heap; errno kept.
/// Errors:  what cannot be written is counted in the thread's wire::DropCounters.
namespace heaptap::capture {

struct Allocation {
  const void* block;
  std::size_t size;  ///< As requested, in bytes.
  unsigned alignLog2;
  wire::Origin origin;
};

/// After the real allocation, before its address is returned to anyone.
void recordAllocation(const Allocation& allocation, const CallSite& site);

/// Before the real free: afterwards another thread may own the address.
void recordFree(const void* block, wire::Origin origin);

/// Before a real realloc of `block`. The result goes to recordReallocEnd.
enum class ReallocToken : std::uint64_t { NotRecorded = 0, Recorded = 1 };
ReallocToken recordReallocBegin(const void* block, wire::Origin origin);

/// After it; `now.block` is null when it failed and `old` is still live.
void recordReallocEnd(ReallocToken token, const void* old, const Allocation& now, const CallSite& site);

/// In the thread that is about to fork: the heap of the child begins as it is here. See
/// wire::EventKind::Fork.
void recordFork(std::uint32_t number);

}  // namespace heaptap::capture
