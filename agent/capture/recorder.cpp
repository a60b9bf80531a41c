// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/recorder.h"

#include <cstring>

#include "agent/capture/lane.h"

namespace heaptap::capture {
namespace {

using wire::EventKind;

/// Whether a free may be written as most are: right as far as can be seen here.
BlockTags::Verdict verdictOn(const Deallocation& d, BlockTags::Tag& before) {
  const std::uint64_t declared = d.declared;
  const BlockTags::Verdict verdict =
      g_session.tags.freed(addressOf(d.block), wire::familyOf(d.origin),
                           wire::declaresSize(d.origin) ? &declared : nullptr, before);
  return (control() & wire::kControlFreeStacks) == 0 ? verdict : BlockTags::Verdict::Suspicious;
}

}  // namespace

void recordAllocation(const Allocation& allocation, const CallSite& site) {
  const std::uint64_t address = addressOf(allocation.block);
  g_session.tags.prefetch(address);
  const std::uint32_t seen = control();
  if ((seen & wire::kControlStopped) != 0) return;
  bool written = (seen & wire::kControlAnyPause) != 0;
  if (!written) {
    const Lane lane;
    written =
        lane.usable() && lane.writeAllocation(EventKind::Alloc, EventKind::AllocLarge, 0, allocation, site);
    if (!written) countDroppedAllocation(lane.dropped(), allocation.size);
  }
  g_session.tags.allocated(address, wire::familyOf(allocation.origin), allocation.size);
}

void recordFree(const Deallocation& d, const CallSite& site) {
  if ((control() & wire::kControlStopped) != 0) return;
  g_session.tags.prefetch(addressOf(d.block));
  const Lane lane;
  BlockTags::Tag before = 0;
  const BlockTags::Verdict verdict = verdictOn(d, before);
  const bool written =
      lane.usable() &&
      (verdict == BlockTags::Verdict::Suspicious ? lane.writeBlockFrom(EventKind::FreeFrom, 0, d, &site)
       : !wire::declaresSize(d.origin)           ? lane.writeBlock(EventKind::Free, 0, d)
       : verdict == BlockTags::Verdict::Usual
           ? lane.writeBlock(EventKind::Free, 0, d, wire::foldSize(d.declared) >> 8)
           : lane.writeBlockFrom(EventKind::FreeFrom, 0, d, nullptr));
  if (!written) countDroppedFree(lane.dropped());
}

void recordMark(const char* name, std::size_t length) {
  if ((control() & wire::kControlStopped) != 0) return;
  const wire::Geometry& geometry = g_session.header->geometry;
  std::uint64_t offset = g_session.header->textUsed.fetch_add(length, std::memory_order_relaxed);
  if (offset + length > geometry.textBytes) {
    g_session.header->textUsed.store(geometry.textBytes, std::memory_order_relaxed);
    offset = length = 0;
  }
  std::memcpy(SharedView(g_session.header).text(offset), name, length);
  const Lane lane;
  if (!lane.usable()) return;
  const std::uint64_t word = wire::markWord(static_cast<std::uint32_t>(offset), length);
  lane.writeBlock(EventKind::Mark, 0, {reinterpret_cast<const void*>(word), 0, wire::Origin::Unknown});
}

void recordFork(std::uint32_t number) {
  // Not an event that anyone counts: when there is no room, the child's inherited blocks stay unknown.
  const Lane lane;
  if (!lane.usable()) return;
  lane.writeBlock(EventKind::Fork, 0,
                  {reinterpret_cast<const void*>(std::uintptr_t{number}), 0, wire::Origin::Unknown});
}

ReallocToken recordReallocBegin(const Deallocation& old, const CallSite& site) {
  if ((control() & wire::kControlStopped) != 0) return {};
  const Lane lane;
  ReallocToken token;
  const bool suspicious = verdictOn(old, token.tag) == BlockTags::Verdict::Suspicious;
  if (lane.usable()) {
    const unsigned level = lane.context().reallocLevel;
    token.recorded = suspicious ? lane.writeBlockFrom(EventKind::ReallocBeginFrom, level, old, &site)
                                : lane.writeBlock(EventKind::ReallocBegin, level, old);
  }
  if (token.recorded)
    ++lane.context().reallocLevel;
  else
    countDroppedFree(lane.dropped());
  return token;
}

void recordReallocEnd(const ReallocToken& token, const void* old, const Allocation& now,
                      const CallSite& site) {
  const bool failed = now.block == nullptr;
  if (failed) g_session.tags.restore(addressOf(old), token.tag);
  if (!token.recorded) {
    if (!failed) recordAllocation(now, site);
    return;
  }
  const Lane lane;
  const std::uint32_t level = --lane.context().reallocLevel;
  if (failed) {
    if (lane.usable() && lane.writeBlock(EventKind::ReallocFailed, level, {old, 0, now.origin})) return;
    return countDroppedFree(lane.dropped());
  }
  g_session.tags.allocated(addressOf(now.block), wire::familyOf(now.origin), now.size);
  if (lane.usable() &&
      lane.writeAllocation(EventKind::ReallocDone, EventKind::ReallocDoneLarge, level, now, site)) {
    return;
  }
  countDroppedAllocation(lane.dropped(), now.size);
}

}  // namespace heaptap::capture
