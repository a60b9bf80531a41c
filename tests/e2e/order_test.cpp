// SPDX-License-Identifier: Apache-2.0
//
// Frees and reallocations across threads, with addresses in use again at once: each event must come out in
// the order in which it happened, or a free finds no block, and an allocation finds one where it wants to be.
// HEAPTAP_ORDER_EVENTS: how many a round (default 1,000,000); HEAPTAP_ORDER_ROUNDS: how many in a row
// (default 2).
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

#include "tests/e2e/recording.h"

namespace heaptap::test {
namespace {

long fromEnvironment(const char* name, long otherwise) {
  const char* value = std::getenv(name);
  return value != nullptr ? std::strtol(value, nullptr, 10) : otherwise;
}

class Order : public testing::TestWithParam<int> {};

TEST_P(Order, HoldsBetweenThreads) {
  const int threads = GetParam();
  const long steps = fromEnvironment("HEAPTAP_ORDER_EVENTS", 1'000'000) / 2 / threads;
  const long rounds = fromEnvironment("HEAPTAP_ORDER_ROUNDS", 2);
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

INSTANTIATE_TEST_SUITE_P(Of, Order, testing::Values(2, 4, 16),
                         [](const auto& test) { return std::to_string(test.param) + "Threads"; });

}  // namespace
}  // namespace heaptap::test
