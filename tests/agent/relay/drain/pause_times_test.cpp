// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/drain/pause_times.h"

#include <gtest/gtest.h>

namespace heaptap::relay {
namespace {

TEST(PauseTimes, AddUpWhatIsSeen) {
  PauseTimes pauses;
  pauses.look(false, false, 1'000);
  EXPECT_EQ(pauses.totalNs(), 0U);
  EXPECT_EQ(pauses.sinceNs(), std::nullopt);
  pauses.look(true, true, 2'000);
  pauses.look(true, true, 2'500);
  EXPECT_EQ(pauses.totalNs(), 500U) << "it lasts";
  EXPECT_EQ(pauses.sinceNs(), 2'000U);
  pauses.look(false, false, 3'000);
  pauses.look(false, false, 9'000);
  EXPECT_EQ(pauses.totalNs(), 1'000U);
  EXPECT_EQ(pauses.sinceNs(), std::nullopt);
  pauses.look(true, true, 10'000);
  pauses.look(true, true, 10'200);
  EXPECT_EQ(pauses.totalNs(), 1'200U);
  EXPECT_EQ(pauses.sinceNs(), 10'000U);
}

TEST(PauseTimes, AShortPauseHasBeen) {
  PauseTimes pauses;
  pauses.look(false, true, 1'000);
  EXPECT_EQ(pauses.totalNs(), 1U);
  pauses.look(false, false, 5'000);
  EXPECT_EQ(pauses.totalNs(), 1U);
}

TEST(PauseTimes, AClockThatGoesBackTakesNothingAway) {
  PauseTimes pauses;
  pauses.look(true, true, 2'000);
  pauses.look(true, true, 3'000);
  pauses.look(true, true, 2'900);
  EXPECT_EQ(pauses.totalNs(), 1'000U);
  pauses.look(true, true, 3'100);
  EXPECT_EQ(pauses.totalNs(), 1'100U);
}

}  // namespace
}  // namespace heaptap::relay
