// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/target/session_clock.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace heaptap::relay {
namespace {

using wire::ClockMode;

TEST(ClockSources, TheCounterIsUsedWhereItIsSteady) {
  EXPECT_EQ((ClockSources{.rdtscp = true, .steadyTsc = true}.best()), ClockMode::Tsc);
  EXPECT_EQ((ClockSources{.rdtscp = false, .steadyTsc = true}.best()), ClockMode::FencedTsc);
  EXPECT_EQ((ClockSources{.rdtscp = true, .steadyTsc = false}.best()), ClockMode::Monotonic);
  EXPECT_EQ((ClockSources{}.best()), ClockMode::Monotonic);
}

TEST(ClockSources, AnotherClockIsUsedOnlyWhereItIsThere) {
  const ClockSources all{.rdtscp = true, .steadyTsc = true};
  EXPECT_EQ(all.best("monotonic"), ClockMode::Monotonic);
  EXPECT_EQ(all.best("fenced-tsc"), ClockMode::FencedTsc);
  EXPECT_EQ(all.best("sundial"), ClockMode::Tsc);
  const ClockSources old{.rdtscp = false, .steadyTsc = true};
  EXPECT_EQ(old.best("tsc"), ClockMode::FencedTsc) << "the instruction would end the program";
  const ClockSources unsteady{.rdtscp = true, .steadyTsc = false};
  EXPECT_EQ(unsteady.best("tsc"), ClockMode::Monotonic);
}

/// What one thread has seen another one stamp is never later than its own stamp afterwards.
TEST(Clocks, GoForwardFromThreadToThread) {
  constexpr int kRounds = 100'000;
  for (const ClockMode mode : {ClockMode::Tsc, ClockMode::FencedTsc, ClockMode::Monotonic}) {
    if (!ClockSources::ofThisMachine().have(mode)) continue;
    std::atomic<std::uint64_t> last{0};
    std::atomic<int> backwards{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&] {
        for (int round = 0; round < kRounds; ++round) {
          const std::uint64_t seen = last.load(std::memory_order_acquire);
          const std::uint64_t now = ticksNow(mode);
          if (now < seen) ++backwards;
          last.store(now, std::memory_order_release);
        }
      });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(backwards, 0) << "clock " << static_cast<unsigned>(mode);
  }
}

TEST(Clocks, SessionTimeGoesOnWithEachClock) {
  for (const ClockMode mode : {ClockMode::Tsc, ClockMode::FencedTsc, ClockMode::Monotonic}) {
    if (!ClockSources::ofThisMachine().have(mode)) continue;
    const std::uint64_t base = ticksNow(mode);
    SessionClock clock(mode, base);
    std::uint64_t latest = 0;
    for (int i = 0; i < 1'000; ++i) {
      const std::uint64_t stamp = ticksNow(mode) - base;
      EXPECT_GE(clock.observe(), stamp) << "clock " << static_cast<unsigned>(mode);
      const std::uint64_t ns = clock.nanoseconds(stamp);
      EXPECT_GE(ns, latest);
      latest = ns;
    }
    EXPECT_LE(latest, clock.now());
  }
}

}  // namespace
}  // namespace heaptap::relay
