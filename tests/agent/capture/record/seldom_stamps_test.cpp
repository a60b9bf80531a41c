// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/record/seldom_stamps.h"

#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "tests/agent/capture/memory_for_tests.h"

namespace heaptap::capture {
namespace {

/// What a stamp is read from: each reading is one later than the last.
long g_readings = 0;
std::function<void()> g_duringReading;

int readFakeClock(clockid_t, timespec* now) {
  *now = {0, ++g_readings};
  if (const auto interrupt = std::exchange(g_duringReading, nullptr)) interrupt();
  return 0;
}

class SeldomStampsTest : public testing::Test {
 protected:
  SeldomStampsTest() {
    g_readings = 0;
    m_stamps.forget();
    look();
  }
  void look() const { m_memory.header()->tick.fetch_add(1); }
  std::uint64_t next() { return m_stamps.next(*m_memory.header(), m_clock); }
  [[nodiscard]] static std::uint64_t lastReading() { return static_cast<std::uint64_t>(g_readings); }
  /// Past the events that have their own.
  void makeItSeldom() {
    for (std::uint32_t i = 0; i < SeldomStamps::kExactAfterTick; ++i) next();
  }

  PreparedMemory m_memory{kSmallMemory};
  const Clock m_clock{.mode = wire::ClockMode::Monotonic, .base = 0, .read = readFakeClock};
  SeldomStamps m_stamps{};
};

TEST_F(SeldomStampsTest, TheFirstEventsAfterALookOfTheRelayHaveAReadingEach) {
  for (int round = 0; round < 3; ++round) {
    const std::uint64_t before = lastReading();
    for (std::uint32_t i = 1; i <= SeldomStamps::kExactAfterTick; ++i) EXPECT_EQ(next(), before + i);
    EXPECT_EQ(next(), next());
    look();
  }
}

TEST_F(SeldomStampsTest, ThenSomeDozensShareOne) {
  makeItSeldom();
  for (int round = 0; round < 3; ++round) {
    const std::uint64_t shared = next();
    EXPECT_EQ(shared, lastReading());
    for (std::uint32_t i = 1; i < SeldomStamps::kShareOne; ++i) EXPECT_EQ(next(), shared);
    EXPECT_EQ(lastReading(), shared);
  }
}

TEST_F(SeldomStampsTest, AnEventAfterALongPauseHasItsOwnTime) {
  makeItSeldom();
  next();
  g_readings += 60'000;  // A minute, in which the relay has looked.
  look();
  EXPECT_GT(next(), 60'000U);
}

TEST_F(SeldomStampsTest, WithoutARelayThatLooksEachEventHasItsOwnTime) {
  m_memory.header()->tick.store(0);
  for (std::uint64_t i = 1; i <= 1000; ++i) EXPECT_EQ(next(), i);
}

TEST_F(SeldomStampsTest, WhileTheRelayIsStoppedThereStillAreReadings) {
  makeItSeldom();
  const std::uint64_t before = lastReading();
  for (std::uint32_t i = 0; i < 100 * SeldomStamps::kShareOne; ++i) next();
  EXPECT_EQ(lastReading() - before, 100U);
}

TEST_F(SeldomStampsTest, WhatFollowsAHandlersEventIsLaterThanThat) {
  makeItSeldom();
  next();
  const auto ofHandler = static_cast<std::uint64_t>(++g_readings);
  m_stamps.forget();
  EXPECT_GT(next(), ofHandler);
}

TEST_F(SeldomStampsTest, AHandlerThatComesWhileTheClockIsReadIsNotForgotten) {
  makeItSeldom();
  while (next() != next()) continue;
  std::uint64_t ofHandler = 0;
  g_duringReading = [&] {
    ofHandler = static_cast<std::uint64_t>(++g_readings);
    m_stamps.forget();
  };
  look();
  EXPECT_LT(next(), ofHandler) << "the event that it interrupts was there before";
  EXPECT_GT(next(), ofHandler);
}

TEST_F(SeldomStampsTest, AreNeverLaterThanTheTruthAndNeverRunBack) {
  std::mt19937 random(1);
  std::uint64_t before = 0;
  for (int i = 0; i < 100'000; ++i) {
    if (random() % 100 == 0) look();
    if (random() % 100 == 0) m_stamps.forget();
    const std::uint64_t stamp = next();
    ASSERT_LE(stamp, lastReading());
    ASSERT_GE(stamp, before);
    before = stamp;
    g_readings += random() % 3;
  }
}

}  // namespace
}  // namespace heaptap::capture
