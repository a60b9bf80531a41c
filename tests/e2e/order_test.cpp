// SPDX-License-Identifier: Apache-2.0
//
// Frees and reallocations across threads, with addresses in use again at once: each event must come out in
// the order in which it happened, or a free finds no block, and an allocation finds one where it wants to be.
// HEAPTAP_ORDER_EVENTS: how many a round (default 1,000,000); HEAPTAP_ORDER_ROUNDS: how many in a row
// (default 2). HEAPTAP_ORDER_SEED: where random moments begin (default 1).
#include <gtest/gtest.h>

#include <cstdio>

#include "tests/e2e/environment_number.h"
#include "tests/e2e/recording.h"

namespace heaptap::test {
namespace {

class OrderOf : public testing::TestWithParam<int> {};

TEST_P(OrderOf, HoldsBetweenThreads) {
  const int threads = GetParam();
  const long steps = environmentNumber("HEAPTAP_ORDER_EVENTS", 1'000'000) / 2 / threads;
  const long rounds = environmentNumber("HEAPTAP_ORDER_ROUNDS", 2);
  for (long round = 0; round < rounds && !HasFailure(); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    const Recording recording({recordedProgram("races"), std::to_string(threads), std::to_string(steps)}, {},
                              {}, {"--exact", "--max-file", "64MiB"});
    ASSERT_EQ(recording.outcome().status, 0) << recording.outcome().err;
    long allocations = 0;
    long frees = 0;
    ASSERT_EQ(std::sscanf(recording.outcome().out.c_str(), "allocations %ld frees %ld", &allocations, &frees),
              2);

    recording.expectConservation();  // No free without its block, no block where one was live.
    std::int64_t recorded = 0;
    std::int64_t live = 0;
    for (const auto& site : recording.sitesIn("races::")) {
      recorded += site.at("allocations").get<std::int64_t>();
      live += site.at("blocks").get<std::int64_t>();
    }
    EXPECT_EQ(recorded, allocations);
    EXPECT_EQ(live, allocations - frees);
  }
}

// One arena and no caches: what one thread frees is what the other gets at once. Allocations and ends
// alternate at each address, or one of them would find a block where none may be, or none where one must be.
TEST(Order, HoldsWhereEachFreedAddressIsInUseAgainAtOnce) {
  const long rounds = environmentNumber("HEAPTAP_ORDER_ROUNDS", 2);
  const std::string steps = std::to_string(environmentNumber("HEAPTAP_ORDER_EVENTS", 300'000) / 4);
  for (long round = 0; round < rounds && !HasFailure(); ++round) {
    const Recording recording({recordedProgram("races"), "2", steps},
                              {{"GLIBC_TUNABLES", "glibc.malloc.arena_max=1:glibc.malloc.tcache_count=0"}},
                              {}, {"--exact", "--max-file", "64MiB"});
    ASSERT_EQ(recording.outcome().status, 0) << recording.outcome().err;
    recording.expectConservation();
    EXPECT_EQ(recording["unrecordedFrees"], 0);
  }
}

/// Of the target `races` under `heaptap run`: nothing is missing in any session, and all of it was counted.
void expectAllOf(const Recording& recording) {
  ASSERT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  long allocations = 0;
  long frees = 0;
  ASSERT_EQ(std::sscanf(recording.outcome().out.c_str(), "allocations %ld frees %ld", &allocations, &frees),
            2);
  std::int64_t recorded = 0;
  std::int64_t live = 0;
  for (const Report& report : reportsIn(recording.folder())) {
    report.expectConservation();
    EXPECT_EQ(report["unrecordedFrees"], 0);
    recorded += sum(report.sitesIn("races::"), "allocations");
    live += sum(report.sitesIn("races::"), "blocks");
  }
  EXPECT_EQ(recorded, allocations);
  EXPECT_EQ(live, allocations - frees);
}

// While a process has one thread, its events share readings of the clock. The others begin at random moments,
// with blocks of the first one, whose freed addresses they use at once: in many processes, as each has only
// one such moment.
class OrderWhenThreadsBegin : public testing::TestWithParam<const char*> {};

TEST_P(OrderWhenThreadsBegin, HoldsFromTheirFirstEventOn) {
  constexpr int kProcesses = 24;
  constexpr int kThreads = 3;
  const std::string steps =
      std::to_string(environmentNumber("HEAPTAP_ORDER_EVENTS", 400'000) / 2 / kProcesses / kThreads);
  const long rounds = environmentNumber("HEAPTAP_ORDER_ROUNDS", 2);
  const long seed = environmentNumber("HEAPTAP_ORDER_SEED", 1);
  for (long round = 0; round < rounds && !HasFailure(); ++round) {
    const std::string from = std::to_string(seed + round * 1'000'003);
    SCOPED_TRACE("seed " + from);
    expectAllOf(Recording(
        {recordedProgram("races"), std::to_string(kThreads), steps, std::to_string(kProcesses), from},
        {{"GLIBC_TUNABLES", GetParam()}}, {}, {"--exact", "--max-file", "64MiB"}));
  }
}

// One arena and no caches: the next who allocates gets what was freed last.
INSTANTIATE_TEST_SUITE_P(Some, OrderWhenThreadsBegin,
                         testing::Values("glibc.malloc.tcache_count=7",
                                         "glibc.malloc.arena_max=1:glibc.malloc.tcache_count=0"),
                         [](const auto& test) { return test.index == 0 ? "AtOnce" : "FromOneArena"; });

// A handler has a stream of its own when it comes in the middle of an event.
TEST(Order, HoldsBetweenAThreadAndItsSignalHandler) {
  const long signals = environmentNumber("HEAPTAP_ORDER_EVENTS", 400'000) / 1000;
  const Recording recording({recordedProgram("hands_over"), std::to_string(signals)}, {}, {},
                            {"--exact", "--max-file", "64MiB"});
  ASSERT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  long pairs = 0;
  long handled = 0;
  ASSERT_EQ(std::sscanf(recording.outcome().out.c_str(), "pairs %ld handled %ld", &pairs, &handled), 2);
  EXPECT_GE(handled, signals);
  recording.expectConservation();
  const auto& heaps = recording.report().at("summary").at("heaps");
  ASSERT_EQ(heaps.size(), 1U);
  EXPECT_EQ(heaps[0].at("allocations"), pairs + 8);
  EXPECT_EQ(heaps[0].at("frees"), pairs);
}

class OrderByClock : public testing::TestWithParam<const char*> {};

// Where a machine does not have a clock, its best takes its place.
TEST_P(OrderByClock, HoldsBetweenThreads) {
  const std::string steps = std::to_string(environmentNumber("HEAPTAP_ORDER_EVENTS", 200'000) / 8);
  const Recording recording({recordedProgram("races"), "4", steps}, {{"HEAPTAP_CLOCK", GetParam()}}, {},
                            {"--exact", "--max-file", "64MiB"});
  ASSERT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  recording.expectConservation();
}

INSTANTIATE_TEST_SUITE_P(Some, OrderByClock, testing::Values("tsc", "fenced-tsc", "monotonic"),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::erase(name, '-');
                           return name;
                         });

INSTANTIATE_TEST_SUITE_P(Some, OrderOf, testing::Values(2, 4, 16),
                         [](const auto& test) { return std::to_string(test.param) + "Threads"; });

}  // namespace
}  // namespace heaptap::test
