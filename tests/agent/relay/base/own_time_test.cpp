// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/base/own_time.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/agent/relay/drained_target.h"

namespace heaptap::relay {
namespace {

constexpr double kTimedOnAverage = (wire::timedSpan(0) + 1) / 2.0;
constexpr std::uint64_t kInterval = 1 << 19;

TEST(OwnTime, EachTimedEventStandsForManyAndTheClockIsNotCounted) {
  EXPECT_DOUBLE_EQ((OwnTime{.ticks = 1000, .timed = 10}).estimate(0, 0), 1000 * kTimedOnAverage);
  EXPECT_DOUBLE_EQ((OwnTime{.ticks = 1000, .timed = 10}).estimate(40, 0), 600 * kTimedOnAverage);
  EXPECT_DOUBLE_EQ((OwnTime{.ticks = 10, .timed = 10}).estimate(40, 0), 0);
}

TEST(OwnTime, WhereAllocationsAreSampledMoreOfTheFewEventsAreTimed) {
  EXPECT_DOUBLE_EQ((OwnTime{.ticks = 1000, .timed = 10}).estimate(0, kInterval),
                   1000 * (wire::timedSpan(kInterval) + 1) / 2.0);
  EXPECT_LT(wire::timedSpan(kInterval), wire::timedSpan(0));
}

TEST(OwnTime, OfCountedEventsIsWhatTheTargetMeasured) {
  EXPECT_DOUBLE_EQ(countingTicks(3 * wire::kCountedEvents, 2'000), 6'000);
  EXPECT_DOUBLE_EQ(countingTicks(1'000'000, 0), 0) << "it was not measured";
  EXPECT_DOUBLE_EQ(countingTicks(1'000'000, ~0ULL), 0) << "that cannot be";
}

TEST(OwnTime, IsReadAsWhatWasAdded) {
  wire::ThreadSlot slot{};
  OwnTimeReader reader;
  slot.ownTicks = 500;
  slot.timed = 5;
  EXPECT_EQ(reader.difference(slot).ticks, 500U);
  EXPECT_EQ(reader.difference(slot).timed, 0U);
  slot.ownTicks = 700;
  slot.timed = 7;
  EXPECT_EQ(reader.difference(slot).ticks, 200U);
}

TEST(OwnTime, CountersThatCannotBeAreNotBelieved) {
  wire::ThreadSlot slot{};
  OwnTimeReader reader;
  slot.ownTicks = ~0ULL;
  slot.timed = 1;
  EXPECT_EQ(reader.difference(slot).ticks, 0U);
  slot.ownTicks = 0;
  EXPECT_EQ(reader.difference(slot).ticks, 0U);
  slot.ownTicks = 100;
  slot.timed = 2;
  EXPECT_EQ(reader.difference(slot).ticks, 100U) << "from here on they are right";
}

TEST(OwnTime, IsInTheCountersOfTheSession) {
  test::DrainedTarget target;
  test::StreamWriter thread(*target.memory, static_cast<std::uint32_t>(getpid()));
  thread.alloc(1, 0x1000, 16);
  target.poll();
  EXPECT_EQ(target.session.counters.agent_cpu_ns(), 0U) << "nothing was timed: unknown";
  wire::ThreadSlot& slot = thread.slot();
  slot.ownTicks = wire::kMaxTimedTicks * 4;
  slot.timed = 8;
  target.finish();
  EXPECT_GT(target.session.counters.agent_cpu_ns(), 1'000'000U);
  EXPECT_GT(target.session.counters.relay_cpu_ns(), 0U);
}

TEST(OwnTime, WhateverTheTargetSaysItHasCountedIsANumberInTheEnd) {
  SharedMemory::Options options = test::smallMemory();
  options.sampleInterval = kInterval;
  test::DrainedTarget target(options);
  test::StreamWriter thread(*target.memory, static_cast<std::uint32_t>(getpid()));
  thread.alloc(1, 0x1000, 16);
  target.memory->header().countingTicks.store(wire::kMaxTimedTicks);
  thread.slot().exact.allocations.store(~std::uint64_t{0});
  target.finish();
  EXPECT_GE(target.session.counters.agent_cpu_ns(), 1'000'000'000U);
  EXPECT_LE(target.session.counters.agent_cpu_ns(), 1'000'000'000'000'000'000U);
}

}  // namespace
}  // namespace heaptap::relay
