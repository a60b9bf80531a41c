// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/e2e/recording.h"

namespace heaptap::test {
namespace {

TEST(Threads, ThatFreeEachOthersBlocksMatchExactly) {
  const Recording recording({recordedProgram("many_threads")});
  EXPECT_EQ(recording.outcome().status, 0);
  recording.expectConservation();
  EXPECT_EQ(recording["threads"], 1 + 4 + 4);
  std::int64_t produced = 0;
  for (const auto& site : recording.sitesIn("produce")) {
    produced += site.at("allocations").get<std::int64_t>();
    EXPECT_EQ(site.at("blocks").get<std::int64_t>(), 0);
  }
  EXPECT_EQ(produced, 4 * 20'000);
}

}  // namespace
}  // namespace heaptap::test
