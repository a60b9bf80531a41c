// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/capture/record/record_events.h"

/// What record_events.h declares, where allocations are sampled: all are counted, and those that contain a
/// sample are written, with their frees. Entry points that count by themselves (see abi.h) do not come here
/// for the rest. The stack of such a free is taken where it looks wrong, or where all frees are written with
/// theirs. Threads: any, signal handlers too. No lock, no heap; errno kept.
namespace heaptap::capture {

void recordSampledAllocation(const Allocation& allocation, const CallSite& site);
void recordSampledFree(const Deallocation& deallocation, const CallSite& site);
ReallocToken recordSampledReallocBegin(const Deallocation& old, const CallSite& site);
void recordSampledReallocEnd(const ReallocToken& token, const void* old, const Allocation& now,
                             const CallSite& site);

}  // namespace heaptap::capture
