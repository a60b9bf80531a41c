// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/record/record_events.h"

#include "agent/capture/record/block_tags.h"
#include "agent/capture/record/connection.h"
#include "agent/capture/record/event_timer.h"
#include "agent/capture/record/lane.h"
#include "agent/capture/tables/text_area.h"

namespace heaptap::capture {
namespace {

using wire::EventKind;
using wire::RareKind;

/// Whether a free may be written as most are: right as far as can be seen here.
BlockTags::Verdict verdictOn(const Deallocation& d, BlockTags::Tag& before) {
  const BlockTags::Declared declared{d.declared, d.alignLog2};
  const BlockTags::Verdict verdict = g_tags.freed(addressOf(d.block), wire::familyOf(d.origin),
                                                  wire::declaresSize(d.origin) ? &declared : nullptr, before);
  return (control() & wire::kControlFreeStacks) == 0 ? verdict : BlockTags::Verdict::Suspicious;
}

/// Writes that a block ends: as short as its verdict allows.
bool writeEnd(const Lane& lane, EventKind kind, EventKind kindFrom, unsigned level, const Deallocation& d,
              BlockTags::Verdict verdict, const CallSite& site) {
  if (verdict == BlockTags::Verdict::Suspicious) return lane.writeBlockFrom(kindFrom, level, d, &site);
  if (!wire::declaresSize(d.origin)) return lane.writeBlock(kind, level, d);
  if (verdict == BlockTags::Verdict::Unknown) return lane.writeBlockFrom(kindFrom, level, d, nullptr);
  return lane.writeBlock(kind, level, d,
                         wire::foldBlock(wire::familyOf(d.origin), d.declared, d.alignLog2) >> 8);
}

void noteInTags(const Allocation& a) {
  g_tags.allocated(addressOf(a.block), wire::familyOf(a.origin), a.size, a.alignLog2);
}

[[gnu::noinline]] void writeAllocation(const Allocation& allocation, const CallSite& site) {
  const std::uint64_t address = addressOf(allocation.block);
  g_tags.prefetch(address);
  const std::uint32_t seen = control();
  if ((seen & wire::kControlStopped) != 0) return;
  bool written = (seen & wire::kControlAnyPause) != 0;
  if (!written) {
    const Lane lane;
    written =
        lane.usable() && lane.writeAllocation(EventKind::Alloc, EventKind::AllocLarge, 0, allocation, site);
    if (!written) countDroppedAllocation(lane.dropped(), allocation.size);
  }
  noteInTags(allocation);
}

[[gnu::noinline]] void writeFree(const Deallocation& d, const CallSite& site) {
  if ((control() & wire::kControlStopped) != 0) return;
  g_tags.prefetch(addressOf(d.block));
  const Lane lane;
  BlockTags::Tag before = 0;
  const BlockTags::Verdict verdict = verdictOn(d, before);
  if (!lane.usable() || !writeEnd(lane, EventKind::Free, EventKind::FreeFrom, 0, d, verdict, site))
    countDroppedFree(lane.dropped());
}

[[gnu::noinline]] ReallocToken writeReallocBegin(const Deallocation& old, const CallSite& site) {
  if ((control() & wire::kControlStopped) != 0) return {};
  const Lane lane;
  ReallocToken token;
  const BlockTags::Verdict verdict = verdictOn(old, token.tag);
  token.call = lane.beginCall(OpenCalls::Kind::Realloc, old.block, token.tag, site);
  const bool begun = token.call.isRecorded();
  if (begun && !writeEnd(lane, EventKind::ReallocBegin, EventKind::ReallocBeginFrom, token.call.level(), old,
                         verdict, site)) {
    static_cast<void>(lane.endCall(token.call));
    token.call = {};
  }
  if (!token.call.isRecorded()) countDroppedFree(begun ? lane.dropped() : lane.droppedCall());
  return token;
}

[[gnu::noinline]] void writeReallocEnd(const ReallocToken& token, const void* old, const Allocation& now,
                                       const CallSite& site) {
  const bool failed = now.block == nullptr;
  if (failed) g_tags.restore(addressOf(old), token.tag);
  if (!token.call.isRecorded()) {
    if (!failed) writeAllocation(now, site);
    return;
  }
  const Lane lane(Lane::For::EndOfCall);
  const std::uint32_t level = token.call.level();
  const bool isThere = lane.endCall(token.call);
  if (failed) {
    if (!isThere)
      countDroppedFree(lane.droppedCall());
    else if (!lane.writeRare(RareKind::ReallocFailed, level, addressOf(old), now.origin))
      countDroppedFree(lane.dropped());
    return;
  }
  noteInTags(now);
  if (!isThere) countDroppedFree(lane.droppedCall());
  const bool written =
      isThere ? lane.writeAllocation(EventKind::ReallocDone, EventKind::ReallocDoneLarge, level, now, site)
              : lane.usable() && lane.writeAllocation(EventKind::Alloc, EventKind::AllocLarge, 0, now, site);
  if (!written) countDroppedAllocation(lane.dropped(), now.size);
}

}  // namespace

void recordAllocation(const Allocation& allocation, const CallSite& site) {
  timedNowAndThen([&] { writeAllocation(allocation, site); });
}

void recordFree(const Deallocation& d, const CallSite& site) {
  timedNowAndThen([&] { writeFree(d, site); });
}

ReallocToken recordReallocBegin(const Deallocation& old, const CallSite& site) {
  return timedNowAndThen([&] { return writeReallocBegin(old, site); });
}

void recordReallocEnd(const ReallocToken& token, const void* old, const Allocation& now,
                      const CallSite& site) {
  timedNowAndThen([&] { writeReallocEnd(token, old, now, site); });
}

void recordMark(const char* name, std::size_t length, bool snapshot) {
  if ((control() & wire::kControlStopped) != 0) return;
  const StoredText text = storeText(g_connection.header, name, length);
  const Lane lane;
  if (!lane.usable()) return;
  lane.writeRare(snapshot ? RareKind::Snapshot : RareKind::Mark, 0, wire::markWord(text.offset, text.length));
}

bool recordSpan(std::uint32_t number) {
  const Lane lane;
  return lane.usable() && lane.writeRare(RareKind::Span, 0, number);
}

bool recordQuestion(std::uint32_t number) {
  const Lane lane;
  return lane.usable() && lane.writeRare(RareKind::Question, 0, number);
}

bool mayMakeSystemCalls() {
  const Lane lane;
  return lane.hasContext() &&
         (lane.context().restrictions->load(std::memory_order_relaxed) & wire::kNoSystemCalls) == 0;
}

void recordFork(std::uint32_t number) {
  // Not an event that anyone counts: when there is no room, the child's inherited blocks stay unknown.
  const Lane lane;
  if (!lane.usable()) return;
  lane.writeRare(RareKind::Fork, 0, number);
}

}  // namespace heaptap::capture
