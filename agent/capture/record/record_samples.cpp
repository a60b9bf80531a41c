// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/record/record_samples.h"

#include "agent/capture/record/connection.h"
#include "agent/capture/record/event_timer.h"
#include "agent/capture/record/lane.h"
#include "agent/capture/record/sampled_blocks.h"

namespace heaptap::capture {
namespace {

using wire::EventKind;
using wire::RareKind;

/// Counts an allocation. Returns: whether it contains a sample.
bool countAllocation(ThreadContext& context, std::size_t size) {
  heaptap_add(&context.exact->allocations, 1);
  heaptap_add(&context.exact->bytes, size);
  // One without bytes is one byte, or it would never be seen. None is larger than half of all there are.
  const auto bytes = static_cast<std::int64_t>(size == 0 ? 1 : size);
  if (context.counting->left >= bytes) {
    context.counting->left -= bytes;
    return false;
  }
  context.counting->left = context.sampler.nextDistance(g_connection.sampleInterval);
  return true;
}

void remember(ThreadContext& context, const Allocation& a) {
  const std::uint64_t address = addressOf(a.block);
  g_samples.add(address, BlockTags::liveTag(address, wire::familyOf(a.origin), a.size, a.alignLog2));
  context.lastSample = address;
  context.lastSampleTurn = context.exact->allocations;
}

/// Returns true when the thread has allocated nothing since this block.
unsigned givenOf(const ThreadContext& context, const void* block) {
  const bool temporary =
      context.lastSample == addressOf(block) && context.lastSampleTurn == context.exact->allocations;
  return temporary ? wire::kGivenTemporary : 0;
}

/// Writes that a sampled block ends: with its stack where the target must tell it.
bool writeEnd(const Lane& lane, EventKind kind, unsigned level, const Deallocation& d, BlockTags::Tag tag,
              const CallSite& site) {
  const BlockTags::Declared declared{d.declared, d.alignLog2};
  const bool isUsual =
      tag == BlockTags::kUnknownTag ||
      BlockTags::verdictOn(tag, wire::familyOf(d.origin),
                           wire::declaresSize(d.origin) ? &declared : nullptr) == BlockTags::Verdict::Usual;
  const bool withStack = !isUsual || (control() & wire::kControlFreeStacks) != 0;
  return lane.writeBlockFrom(kind, level, d, withStack ? &site : nullptr, givenOf(lane.context(), d.block));
}

[[gnu::noinline]] void takeAllocation(const Allocation& allocation, const CallSite& site) {
  if ((control() & (wire::kControlStopped | wire::kControlAnyPause)) != 0) return;
  const Lane lane;
  if (!lane.hasContext()) return countDroppedAllocation(lane.dropped(), allocation.size);
  if (!countAllocation(lane.context(), allocation.size)) return;
  if (lane.usable() && lane.writeAllocation(EventKind::Alloc, EventKind::AllocLarge, 0, allocation, site))
    remember(lane.context(), allocation);
  else
    countDroppedAllocation(lane.dropped(), allocation.size);
}

[[gnu::noinline]] void takeFree(const Deallocation& d, const CallSite& site) {
  if ((control() & wire::kControlStopped) != 0) return;
  const Lane lane;
  if (!lane.hasContext()) return countDroppedFree(lane.dropped());
  heaptap_add(&lane.context().exact->frees, 1);
  const std::optional<BlockTags::Tag> tag = g_samples.remove(addressOf(d.block));
  if (!tag) return;
  if (!lane.usable() || !writeEnd(lane, EventKind::FreeFrom, 0, d, *tag, site))
    countDroppedFree(lane.dropped());
}

[[gnu::noinline]] ReallocToken takeReallocBegin(const Deallocation& old, const CallSite& site) {
  if ((control() & wire::kControlStopped) != 0) return {};
  const Lane lane;
  if (!lane.hasContext()) return {};
  const std::optional<BlockTags::Tag> tag = g_samples.remove(addressOf(old.block));
  if (!tag) return {};
  ReallocToken token;
  token.tag = *tag;
  token.call = lane.beginCall(OpenCalls::Kind::Realloc, old.block, *tag, site);
  const bool begun = token.call.isRecorded();
  if (begun && !writeEnd(lane, EventKind::ReallocBeginFrom, token.call.level(), old, *tag, site)) {
    static_cast<void>(lane.endCall(token.call));
    token.call = {};
  }
  if (!token.call.isRecorded()) countDroppedFree(begun ? lane.dropped() : lane.droppedCall());
  return token;
}

/// No context, so no counters of what was done either.
void countDroppedRealloc(const Lane& lane, std::size_t size) {
  const std::uint32_t seen = control();
  if ((seen & wire::kControlStopped) != 0) return;
  countDroppedFree(lane.dropped());
  if ((seen & wire::kControlAnyPause) == 0) countDroppedAllocation(lane.dropped(), size);
}

[[gnu::noinline]] void takeReallocEnd(const ReallocToken& token, const void* old, const Allocation& now,
                                      const CallSite& site) {
  const bool recorded = token.call.isRecorded();
  const Lane lane(recorded ? Lane::For::EndOfCall : Lane::For::Event);
  const bool failed = now.block == nullptr;
  if (!lane.hasContext()) return failed ? void() : countDroppedRealloc(lane, now.size);
  ThreadContext& context = lane.context();
  const std::uint32_t level = token.call.level();
  const bool isThere = recorded && lane.endCall(token.call);
  if (recorded && !isThere) countDroppedFree(lane.droppedCall());
  if (failed) {
    if (!recorded) return;
    g_samples.add(addressOf(old), token.tag);
    if (isThere && !lane.writeRare(RareKind::ReallocFailed, level, addressOf(old), now.origin))
      countDroppedFree(lane.dropped());
    return;
  }
  const bool off = (control() & (wire::kControlStopped | wire::kControlAnyPause)) != 0;
  if ((control() & wire::kControlStopped) == 0) heaptap_add(&context.exact->frees, 1);
  if (!off && countAllocation(context, now.size)) {
    const bool written =
        isThere
            ? lane.writeAllocation(EventKind::ReallocDone, EventKind::ReallocDoneLarge, level, now, site)
            : lane.usable() && lane.writeAllocation(EventKind::Alloc, EventKind::AllocLarge, 0, now, site);
    if (written) return remember(context, now);
    return countDroppedAllocation(lane.dropped(), now.size);
  }
  if (isThere && !lane.writeRare(RareKind::ReallocUnsampled, level, addressOf(old), now.origin))
    countDroppedFree(lane.dropped());
}

}  // namespace

void recordSampledAllocation(const Allocation& allocation, const CallSite& site) {
  timedNowAndThen([&] { takeAllocation(allocation, site); });
}

void recordSampledFree(const Deallocation& deallocation, const CallSite& site) {
  timedNowAndThen([&] { takeFree(deallocation, site); });
}

ReallocToken recordSampledReallocBegin(const Deallocation& old, const CallSite& site) {
  return timedNowAndThen([&] { return takeReallocBegin(old, site); });
}

void recordSampledReallocEnd(const ReallocToken& token, const void* old, const Allocation& now,
                             const CallSite& site) {
  timedNowAndThen([&] { takeReallocEnd(token, old, now, site); });
}

}  // namespace heaptap::capture
