// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/recorder.h"

#include "agent/capture/clock.h"
#include "agent/capture/context.h"
#include "agent/capture/restrictions.h"
#include "agent/capture/session.h"
#include "agent/capture/shared_view.h"

namespace heaptap::capture {
namespace {

using wire::EventKind;

void countDroppedAllocation(wire::DropCounters& dropped, std::size_t size) {
  dropped.allocations.fetch_add(1, std::memory_order_relaxed);
  dropped.bytes.fetch_add(size, std::memory_order_relaxed);
}
void countDroppedFree(wire::DropCounters& dropped) { dropped.frees.fetch_add(1, std::memory_order_relaxed); }

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

  bool writeBlock(EventKind kind, unsigned level, const void* block, wire::Origin origin,
                  bool forFree) const {
    const std::uint64_t words[] = {wire::headWord(now(), level, kind),
                                   wire::addressWord(addressOf(block), origin, 0)};
    return write(forFree, words);
  }

  bool writeAllocation(EventKind kind, EventKind largeKind, unsigned level, const Allocation& a,
                       const CallSite& site) const {
    // The stamp first: the processor walks the stack while it waits for the clock. Nobody else can free the
    // block before this event is published.
    const std::uint64_t stamp = now();
    const std::uint64_t stack = stackOf(site);
    const std::uint64_t address = wire::addressWord(addressOf(a.block), a.origin, a.alignLog2);
    if (a.size > 0xFFFF'FFFF) {
      const std::uint64_t words[] = {wire::headWord(stamp, level, largeKind), address, stack << 32, a.size};
      return write(false, words);
    }
    const std::uint64_t words[] = {wire::headWord(stamp, level, kind), address, stack << 32 | a.size};
    return write(false, words);
  }

 private:
  static std::uint64_t addressOf(const void* block) { return reinterpret_cast<std::uintptr_t>(block); }

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

}  // namespace

void recordAllocation(const Allocation& allocation, const CallSite& site) {
  if ((control() & (wire::kControlPaused | wire::kControlStopped)) != 0) return;
  const Lane lane;
  if (lane.usable() && lane.writeAllocation(EventKind::Alloc, EventKind::AllocLarge, 0, allocation, site))
    return;
  countDroppedAllocation(lane.dropped(), allocation.size);
}

void recordFree(const void* block, wire::Origin origin) {
  if ((control() & wire::kControlStopped) != 0) return;
  const Lane lane;
  if (lane.usable() && lane.writeBlock(EventKind::Free, 0, block, origin, true)) return;
  countDroppedFree(lane.dropped());
}

void recordFork(std::uint32_t number) {
  // Not an event that anyone counts: when there is no room, the child's inherited blocks stay unknown.
  const Lane lane;
  if (!lane.usable()) return;
  lane.writeBlock(EventKind::Fork, 0, reinterpret_cast<const void*>(std::uintptr_t{number}),
                  wire::Origin::Unknown, true);
}

ReallocToken recordReallocBegin(const void* block, wire::Origin origin) {
  if ((control() & wire::kControlStopped) != 0) return ReallocToken::NotRecorded;
  const Lane lane;
  if (lane.usable() &&
      lane.writeBlock(EventKind::ReallocBegin, lane.context().reallocLevel, block, origin, true)) {
    ++lane.context().reallocLevel;
    return ReallocToken::Recorded;
  }
  countDroppedFree(lane.dropped());
  return ReallocToken::NotRecorded;
}

void recordReallocEnd(ReallocToken token, const void* old, const Allocation& now, const CallSite& site) {
  const bool failed = now.block == nullptr;
  if (token == ReallocToken::NotRecorded) {
    if (!failed) recordAllocation(now, site);
    return;
  }
  const Lane lane;
  const std::uint32_t level = --lane.context().reallocLevel;
  if (failed) {
    if (lane.usable() && lane.writeBlock(EventKind::ReallocFailed, level, old, now.origin, true)) return;
    return countDroppedFree(lane.dropped());
  }
  if (lane.usable() &&
      lane.writeAllocation(EventKind::ReallocDone, EventKind::ReallocDoneLarge, level, now, site)) {
    return;
  }
  countDroppedAllocation(lane.dropped(), now.size);
}

}  // namespace heaptap::capture
