// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/sampled_recorder.h"

#include "agent/capture/lane.h"

namespace heaptap::capture {
namespace {

using wire::EventKind;

/// Counts an allocation. Returns: whether it contains a sample.
bool countAllocation(ThreadContext& context, std::size_t size) {
  heaptap_add(&context.exact->allocations, 1);
  heaptap_add(&context.exact->bytes, size);
  // One without bytes is one byte, or it would never be seen. None is larger than half of all there are.
  const auto bytes = static_cast<std::int64_t>(size == 0 ? 1 : size);
  if (context.until_sample >= bytes) {
    context.until_sample -= bytes;
    return false;
  }
  context.until_sample = context.sampler.nextDistance(g_session.sampleInterval);
  return true;
}

void remember(ThreadContext& context, const void* block) {
  g_session.samples.add(addressOf(block));
  context.lastSample = addressOf(block);
  context.lastSampleTurn = context.exact->allocations;
}

/// Has the thread allocated nothing since this block?
unsigned givenOf(const ThreadContext& context, const void* block) {
  const bool temporary =
      context.lastSample == addressOf(block) && context.lastSampleTurn == context.exact->allocations;
  return temporary ? wire::kGivenTemporary : 0;
}

}  // namespace

void recordSampledAllocation(const Allocation& allocation, const CallSite& site) {
  if ((control() & (wire::kControlStopped | wire::kControlAnyPause)) != 0) return;
  const Lane lane;
  if (!lane.hasContext()) return countDroppedAllocation(lane.dropped(), allocation.size);
  if (!countAllocation(lane.context(), allocation.size)) return;
  if (lane.usable() && lane.writeAllocation(EventKind::Alloc, EventKind::AllocLarge, 0, allocation, site))
    remember(lane.context(), allocation.block);
  else
    countDroppedAllocation(lane.dropped(), allocation.size);
}

void recordSampledFree(const Deallocation& d, const CallSite& site) {
  if ((control() & wire::kControlStopped) != 0) return;
  const Lane lane;
  if (!lane.hasContext()) return countDroppedFree(lane.dropped());
  heaptap_add(&lane.context().exact->frees, 1);
  if (!g_session.samples.remove(addressOf(d.block))) return;
  const unsigned given = givenOf(lane.context(), d.block);
  if (!lane.usable() || !lane.writeBlockFrom(EventKind::FreeFrom, 0, d, &site, given))
    countDroppedFree(lane.dropped());
}

ReallocToken recordSampledReallocBegin(const Deallocation& old, const CallSite& site) {
  if ((control() & wire::kControlStopped) != 0) return {};
  const Lane lane;
  if (!lane.hasContext() || !g_session.samples.remove(addressOf(old.block))) return {};
  ReallocToken token;
  if (lane.usable()) {
    const unsigned level = lane.context().reallocLevel;
    const unsigned given = givenOf(lane.context(), old.block);
    token.recorded = lane.writeBlockFrom(EventKind::ReallocBeginFrom, level, old, &site, given);
  }
  if (token.recorded)
    ++lane.context().reallocLevel;
  else
    countDroppedFree(lane.dropped());
  return token;
}

void recordSampledReallocEnd(const ReallocToken& token, const void* old, const Allocation& now,
                             const CallSite& site) {
  const Lane lane;
  if (!lane.hasContext()) return;
  ThreadContext& context = lane.context();
  const bool failed = now.block == nullptr;
  const std::uint32_t level = token.recorded ? --context.reallocLevel : 0;
  if (failed) {
    if (!token.recorded) return;
    g_session.samples.add(addressOf(old));
    if (!lane.usable() || !lane.writeBlock(EventKind::ReallocFailed, level, {old, 0, now.origin}))
      countDroppedFree(lane.dropped());
    return;
  }
  const bool off = (control() & (wire::kControlStopped | wire::kControlAnyPause)) != 0;
  if ((control() & wire::kControlStopped) == 0) heaptap_add(&context.exact->frees, 1);
  if (!off && countAllocation(context, now.size)) {
    const bool written =
        lane.usable() &&
        (token.recorded
             ? lane.writeAllocation(EventKind::ReallocDone, EventKind::ReallocDoneLarge, level, now, site)
             : lane.writeAllocation(EventKind::Alloc, EventKind::AllocLarge, 0, now, site));
    if (written) return remember(context, now.block);
    return countDroppedAllocation(lane.dropped(), now.size);
  }
  if (token.recorded &&
      (!lane.usable() || !lane.writeBlock(EventKind::ReallocUnsampled, level, {old, 0, now.origin})))
    countDroppedFree(lane.dropped());
}

}  // namespace heaptap::capture
