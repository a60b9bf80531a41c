// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/recorder.h"

#include <cstring>

#include "agent/capture/clock.h"
#include "agent/capture/context.h"
#include "agent/capture/restrictions.h"
#include "agent/capture/session.h"
#include "agent/capture/shared_view.h"
#include "agent/wire/slack.h"

namespace heaptap::capture {
namespace {

using wire::EventKind;

void countDroppedAllocation(wire::DropCounters& dropped, std::size_t size) {
  dropped.allocations.fetch_add(1, std::memory_order_relaxed);
  dropped.bytes.fetch_add(size, std::memory_order_relaxed);
}
void countDroppedFree(wire::DropCounters& dropped) { dropped.frees.fetch_add(1, std::memory_order_relaxed); }

std::uint64_t addressOf(const void* block) { return reinterpret_cast<std::uintptr_t>(block); }

std::uint32_t control() { return g_session.header->control.load(std::memory_order_relaxed); }

/// The calling thread's way to write, for the time of one event. A signal handler that interrupts it gets
/// the next lane; there are two.
class Lane {
 public:
  Lane() : m_context(contextOfThisThread()) {
    if (m_context != nullptr) m_number = m_context->depth++;
  }
  ~Lane() {
    if (m_context != nullptr) --m_context->depth;
  }
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  [[nodiscard]] bool usable() const { return m_context != nullptr && m_number < wire::kStreamsPerThread; }
  [[nodiscard]] ThreadContext& context() const { return *m_context; }

  [[nodiscard]] wire::DropCounters& dropped() const {
    if (m_context == nullptr) return g_session.header->droppedWithoutThread;
    return SharedView(g_session.header).slot(m_context->slotIndex).dropped;
  }

  /// A free or the begin of a realloc, and their like: 16 bytes.
  bool writeBlock(EventKind kind, unsigned level, const Deallocation& d, unsigned extra = 0) const {
    const std::uint64_t words[] = {wire::headWord(now(), level, kind),
                                   wire::addressWord(addressOf(d.block), d.origin, extra)};
    return write(true, words);
  }

  /// The same with what can be said beyond.
  [[gnu::noinline]] bool writeBlockFrom(EventKind kind, unsigned level, const Deallocation& d,
                                        const CallSite* site) const {
    const std::uint64_t stamp = now();
    const bool declares = wire::declaresSize(d.origin);
    const unsigned given = (site != nullptr ? wire::kGivenStack : 0) | (declares ? wire::kGivenSize : 0);
    const std::uint64_t declared = d.declared < wire::kMaxDeclaredSize ? d.declared : wire::kMaxDeclaredSize;
    const std::uint64_t words[] = {
        wire::headWord(stamp, level, kind), wire::addressWord(addressOf(d.block), d.origin, 0),
        wire::stackWord(site != nullptr ? stackOf(*site) : 0, given, declares ? declared : 0)};
    return write(true, words);
  }

  bool writeAllocation(EventKind kind, EventKind largeKind, unsigned level, const Allocation& a,
                       const CallSite& site) const {
    // The stamp first: the processor walks the stack while it waits for the clock. Nobody else can free the
    // block before this event is published.
    const std::uint64_t stamp = now();
    const std::uint32_t stack = stackOf(site);
    const std::uint64_t address = wire::addressWord(addressOf(a.block), a.origin, a.alignLog2);
    const unsigned slack =
        a.usableSize != nullptr ? wire::packSlack(a.size, a.usableSize(a.block)) : wire::kUnknownSlack;
    if (a.size > 0xFFFF'FFFF) {
      const std::uint64_t words[] = {wire::headWord(stamp, level, largeKind), address,
                                     wire::stackWord(stack, slack, 0), a.size};
      return write(false, words);
    }
    const std::uint64_t words[] = {wire::headWord(stamp, level, kind), address,
                                   wire::stackWord(stack, slack, a.size)};
    return write(false, words);
  }

 private:
  [[nodiscard]] std::uint64_t now() const {
    return (control() & wire::kControlRestricted) == 0 ? ticksNow(g_session) : restrictedNow();
  }

  [[gnu::noinline]] std::uint64_t restrictedNow() const {
    const std::uint32_t restrictions = m_context->restrictions->load(std::memory_order_relaxed);
    if ((restrictions & wire::kNoSystemCalls) != 0) g_session.rules.mapNoMore();
    return ticksUnder(restrictions, m_context->stampFloor);
  }

  [[nodiscard]] std::uint32_t stackOf(const CallSite& site) const {
    return currentStack(m_context->walkers[m_number],
                        {g_session.rules, g_session.modules, g_session.stacks, g_session.paths}, site,
                        m_context->stackEnd);
  }

  template <std::size_t N>
  bool write(bool forFree, const std::uint64_t (&words)[N]) const {
    return m_context->streams[m_number].write(g_session.header, m_context->stall, forFree, words);
  }

  ThreadContext* m_context;
  std::uint32_t m_number = 0;
};

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
