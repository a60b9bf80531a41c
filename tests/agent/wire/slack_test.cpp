// SPDX-License-Identifier: Apache-2.0
#include "agent/wire/slack.h"

#include <gtest/gtest.h>

namespace heaptap::wire {
namespace {

std::uint64_t throughPacking(std::uint64_t requested, std::uint64_t usable) {
  return slackBytes(requested, packSlack(requested, usable));
}

TEST(Slack, IsExactUpToAThousandBytes) {
  for (std::uint64_t requested = 0; requested < 300; ++requested)
    for (std::uint64_t usable = (requested + 7) / 8 * 8; usable < requested + 1000; usable += 8)
      if (usable != 0) {
        ASSERT_EQ(throughPacking(requested, usable), usable - requested) << requested << " " << usable;
      }
}

TEST(Slack, IsASixteenthOffAtMostAboveThat) {
  for (std::uint64_t slack = 1024; slack < 50ULL << 20; slack += slack / 24 / 8 * 8) {
    const auto packed = static_cast<double>(throughPacking(4096, 4096 + slack));
    ASSERT_NEAR(packed, static_cast<double>(slack), static_cast<double>(slack) / 16) << slack;
  }
}

TEST(Slack, SaturatesInsteadOfWrapping) {
  EXPECT_EQ(packSlack(1, 1ULL << 40), kMaxSlack);
  EXPECT_GE(throughPacking(1, 1ULL << 40), 50ULL << 20);
}

TEST(Slack, ThatNobodyKnowsIsNotNone) {
  EXPECT_EQ(packSlack(100, 0), kUnknownSlack);
  EXPECT_NE(packSlack(100, 104), kUnknownSlack);
}

TEST(Slack, OfAnAllocatorThatLiesIsNone) { EXPECT_EQ(throughPacking(104, 16), 0U); }

}  // namespace
}  // namespace heaptap::wire
