// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "agent/capture/unwind/call_site.h"

/// Heaps that the program has named: allocators of its own, which say what they hand out and get back.
/// Threads: any, signal handlers too; errno kept.
/// Errors:  what cannot be written is counted in the thread's wire::DropCounters.
namespace heaptap::capture {

/// The number of the heap with this name, wire::kFirstNamedHeap and more; the same for the same name. 0:
/// there are too many. `length`: at most wire::kMaxHeapNameBytes.
std::uint32_t heapNamed(const char* name, std::size_t length);

/// After a block was taken, before its address is handed out.
void recordHeapBlock(std::uint32_t heap, const void* block, std::size_t size, const CallSite& site);
/// Before it is given back: afterwards another thread may own the address.
void recordHeapFree(std::uint32_t heap, const void* block, const CallSite& site);

}  // namespace heaptap::capture
