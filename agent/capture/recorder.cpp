// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/recorder.h"

#include "agent/capture/clock.h"
#include "agent/capture/context.h"
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

  /// The stack of the hook's caller, interned. Inlined into the recording function, whose frame is the
  /// innermost of the walk.
  [[gnu::always_inline]] std::uint32_t stack() const {
    WalkerSpace& space = m_context->walkers[m_number];
    arch::captureHere(space.scratch.current);
    return currentStack(space, {g_session.rules, g_session.modules, g_session.stacks}, m_context->stackEnd);
  }

  bool writeBlock(EventKind kind, unsigned level, const void* block, wire::Origin origin,
                  bool forFree) const {
    const std::uint64_t words[] = {wire::headWord(ticksNow(g_session), level, kind),
                                   wire::addressWord(addressOf(block), origin, 0)};
    return write(forFree, words, 2);
  }

  bool writeAllocation(EventKind kind, EventKind largeKind, unsigned level, const Allocation& a,
                       std::uint32_t stackId) const {
    const bool large = a.size > 0xFFFF'FFFF;
    const std::uint64_t words[] = {wire::headWord(ticksNow(g_session), level, large ? largeKind : kind),
                                   wire::addressWord(addressOf(a.block), a.origin, a.alignLog2),
                                   std::uint64_t{stackId} << 32 | (large ? 0 : a.size), a.size};
    return write(false, words, large ? 4 : 3);
  }

 private:
  static std::uint64_t addressOf(const void* block) { return reinterpret_cast<std::uintptr_t>(block); }

  bool write(bool forFree, const std::uint64_t* words, std::uint32_t count) const {
    return m_context->streams[m_number].write(g_session.header, m_context->stall, forFree, words, count);
  }

  ThreadContext* m_context;
  std::uint32_t m_number = 0;
};

std::uint32_t control() { return g_session.header->control.load(std::memory_order_relaxed); }

}  // namespace

void recordAllocation(const Allocation& allocation) {
  if ((control() & (wire::kControlPaused | wire::kControlStopped)) != 0) return;
  const Lane lane;
  if (lane.usable() &&
      lane.writeAllocation(EventKind::Alloc, EventKind::AllocLarge, 0, allocation, lane.stack())) {
    return;
  }
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

void recordReallocEnd(ReallocToken token, const void* old, const Allocation& now) {
  const bool failed = now.block == nullptr;
  if (token == ReallocToken::NotRecorded) {
    if (!failed) recordAllocation(now);
    return;
  }
  const Lane lane;
  const std::uint32_t level = --lane.context().reallocLevel;
  if (failed) {
    if (lane.usable() && lane.writeBlock(EventKind::ReallocFailed, level, old, now.origin, true)) return;
    return countDroppedFree(lane.dropped());
  }
  if (lane.usable() &&
      lane.writeAllocation(EventKind::ReallocDone, EventKind::ReallocDoneLarge, level, now, lane.stack())) {
    return;
  }
  countDroppedAllocation(lane.dropped(), now.size);
}

}  // namespace heaptap::capture
