// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/record/event_timer.h"

#include "agent/capture/record/clock.h"
#include "agent/capture/record/connection.h"
#include "agent/capture/tables/shared_view.h"

namespace heaptap::capture {
namespace {

/// Uniform in 1 … wire::timedSpan() (Marsaglia, Xorshift RNGs, 2003: 13, 7, 17).
std::uint32_t nextInterval(std::uint64_t& random) {
  random ^= random << 13;
  random ^= random >> 7;
  random ^= random << 17;
  const std::uint32_t span = wire::timedSpan(g_connection.sampleInterval);  // A power of two.
  return 1 + (static_cast<std::uint32_t>(random >> 32) & (span - 1));
}

/// wire::kCountedEvents of them.
[[gnu::noinline]] void countTrialEvents(const heaptap_thread& line) {
  heaptap_exact exact{};
  heaptap_thread trial = line;
  trial.exact = &exact;
  trial.left = wire::kCountedEvents;
  for (std::uint64_t i = 0; i < wire::kCountedEvents / 2; ++i) {
    heaptap_count_alloc(&trial, 1);
    heaptap_count_free(&trial, &trial);
    asm volatile("" : : "r"(&trial), "r"(&exact) : "memory");  // As if another function looked at them.
  }
}

}  // namespace

void startTiming(ThreadContext& context, std::uint32_t tid) {
  // An odd factor: never zero, and threads differ. A run of the program is timed elsewhere than the last one.
  context.timingRandom = (g_clock.base ^ tid) * 0x9E37'79B9'7F4A'7C15 | 1;
  context.untilTimed = nextInterval(context.timingRandom);
}

EventTimer::EventTimer(ThreadContext& context) {
  context.untilTimed = nextInterval(context.timingRandom);
  if (context.restrictions->load(std::memory_order_relaxed) != 0) return;
  m_context = &context;
  m_begun = ticksNow(g_clock);
}

EventTimer::~EventTimer() {
  if (m_context == nullptr) return;
  // A thread that has lost its clock meanwhile did so in a system call of its own, not in here.
  const std::uint64_t ticks = ticksNow(g_clock) - m_begun;
  if (ticks > wire::kMaxTimedTicks) return;
  wire::ThreadSlot& slot = SharedView(g_connection.header).slot(m_context->slotIndex);
  slot.ownTicks.store(slot.ownTicks.load(std::memory_order_relaxed) + ticks, std::memory_order_relaxed);
  slot.timed.store(slot.timed.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

void measureCounting(const heaptap_thread& line) {
  std::atomic<std::uint64_t>& told = g_connection.header->countingTicks;
  if (told.load(std::memory_order_relaxed) != 0) return;
  // The least of a few: whatever comes between only adds to it.
  std::uint64_t least = ~std::uint64_t{0};
  std::uint64_t leastOfClock = least;
  for (int round = 0; round < 8; ++round) {
    const std::uint64_t begun = ticksNow(g_clock);
    const std::uint64_t counting = ticksNow(g_clock);
    countTrialEvents(line);
    const std::uint64_t ended = ticksNow(g_clock);
    if (counting - begun < leastOfClock) leastOfClock = counting - begun;
    if (ended - counting < least) least = ended - counting;
  }
  told.store(least > leastOfClock ? least - leastOfClock : 1, std::memory_order_relaxed);
}

}  // namespace heaptap::capture
