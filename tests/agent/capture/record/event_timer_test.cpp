// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/record/event_timer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <thread>
#include <vector>

#include "agent/capture/record/clock.h"
#include "agent/capture/record/connection.h"
#include "tests/agent/capture/memory_for_tests.h"

namespace heaptap::capture {
namespace {

/// Each test is a thread of its own, with a context of its own.
class EventTimerTest : public testing::Test {
 protected:
  EventTimerTest() : m_before(g_connection.header) {
    g_connection.header = m_memory.header();
    g_clock.mode = wire::ClockMode::Monotonic;
  }
  ~EventTimerTest() override { g_connection.header = m_before; }

  template <class Body>
  void inThread(Body body) {
    std::thread([&] {
      ASSERT_NE(contextOfThisThread(), nullptr);
      body(m_memory.view().slot(existingContext()->slotIndex));
    }).join();
  }

  PreparedMemory m_memory{kSmallMemory};
  wire::Header* const m_before;
};

void event() {
  timedNowAndThen([] {});
}

constexpr int kEvents = 200'000;
constexpr double kExpected = kEvents / ((wire::timedSpan(0) + 1) / 2.0);
/// Ten standard deviations of their number: intervals are uniform, so each has 1/sqrt(3) of its mean.
const double kSpread = 10 * std::sqrt(kExpected / 3);

TEST_F(EventTimerTest, TimesAsManyAsTheRelayAssumes) {
  inThread([](wire::ThreadSlot& slot) {
    for (int i = 0; i < kEvents; ++i) event();
    EXPECT_NEAR(static_cast<double>(slot.timed.load()), kExpected, kSpread);
  });
}

TEST_F(EventTimerTest, NoPatternHidesFromIt) {
  // Every second event is another kind, as in a program that frees what it has just allocated.
  inThread([](wire::ThreadSlot& slot) {
    std::uint64_t ofFirst = 0;
    std::uint64_t ofSecond = 0;
    for (int i = 0; i < kEvents; ++i) {
      const std::uint64_t before = slot.timed.load();
      event();
      ofFirst += slot.timed.load() - before;
      event();
      ofSecond += slot.timed.load() - before;
    }
    ofSecond -= ofFirst;
    EXPECT_NEAR(static_cast<double>(ofFirst), kExpected, kSpread);
    EXPECT_NEAR(static_cast<double>(ofSecond), kExpected, kSpread);
  });
}

TEST_F(EventTimerTest, AddsUpWhatTheTimedOnesTook) {
  inThread([](wire::ThreadSlot& slot) {
    for (int i = 0; i < kEvents; ++i) event();
    EXPECT_GT(slot.ownTicks.load(), 0U);
    EXPECT_LE(slot.ownTicks.load(), slot.timed.load() * wire::kMaxTimedTicks);
  });
}

TEST_F(EventTimerTest, LeavesThreadsAloneThatMayNotAskTheTime) {
  inThread([](wire::ThreadSlot& slot) {
    slot.restrictions.store(wire::kNoTimeStamp);
    for (int i = 0; i < kEvents; ++i) event();
    EXPECT_EQ(slot.timed.load(), 0U);
  });
}

TEST_F(EventTimerTest, AThreadWithoutAContextIsNotTimed) {
  std::thread([] {
    for (int i = 0; i < 1000; ++i) event();
    EXPECT_EQ(existingContext(), nullptr);
  }).join();
  EXPECT_EQ(m_memory.header()->slotHighWater.load(), 0U);
}

TEST_F(EventTimerTest, MeasuresOnceWhatCountingTakes) {
  const std::uint32_t control = 0;
  const std::vector<std::uint8_t> filter(HEAPTAP_FILTER_BYTES);
  const heaptap_thread line{.exact = nullptr, .left = 0, .filter = filter.data(), .control = &control};
  measureCounting(line);
  const std::uint64_t ticks = m_memory.header()->countingTicks.load();
  EXPECT_GT(ticks, 0U);
  measureCounting(line);
  EXPECT_EQ(m_memory.header()->countingTicks.load(), ticks);
}

}  // namespace
}  // namespace heaptap::capture
