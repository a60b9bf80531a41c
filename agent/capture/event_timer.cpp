// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/event_timer.h"

#include "agent/capture/clock.h"
#include "agent/capture/session.h"
#include "agent/capture/shared_view.h"

namespace heaptap::capture {
namespace {

/// Uniform in 1 … wire::kTimedSpan (Marsaglia, Xorshift RNGs, 2003: 13, 7, 17).
std::uint32_t nextInterval(std::uint64_t& random) {
  random ^= random << 13;
  random ^= random >> 7;
  random ^= random << 17;
  static_assert((wire::kTimedSpan & (wire::kTimedSpan - 1)) == 0);
  return 1 + (static_cast<std::uint32_t>(random >> 32) & (wire::kTimedSpan - 1));
}

}  // namespace

void startTiming(ThreadContext& context, std::uint32_t tid) {
  // An odd factor: never zero, and threads differ. A run of the program is timed elsewhere than the last one.
  context.timingRandom = (g_session.clockBase ^ tid) * 0x9E37'79B9'7F4A'7C15 | 1;
  context.untilTimed = nextInterval(context.timingRandom);
}

void EventTimer::begin(ThreadContext& context) {
  context.untilTimed = nextInterval(context.timingRandom);
  // A thread that may not ask the time is not timed.
  if (context.restrictions->load(std::memory_order_relaxed) != 0) return;
  m_context = &context;
  m_begun = ticksNow(g_session);
}

void EventTimer::end() const {
  // A thread that has lost its clock meanwhile did so in a system call of its own, not in here.
  const std::uint64_t ticks = ticksNow(g_session) - m_begun;
  if (ticks > wire::kMaxTimedTicks) return;
  wire::ThreadSlot& slot = SharedView(g_session.header).slot(m_context->slotIndex);
  slot.ownTicks.store(slot.ownTicks.load(std::memory_order_relaxed) + ticks, std::memory_order_relaxed);
  slot.timed.store(slot.timed.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

}  // namespace heaptap::capture
