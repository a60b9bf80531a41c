// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/drain/keyframe_interval.h"

#include <gtest/gtest.h>

namespace heaptap::relay {
namespace {

constexpr std::uint64_t kMany = 100 * KeyframeInterval::kMinEvents;
static_assert(kMany > KeyframeInterval::kEventsABlock * KeyframeInterval::kMostBlocks);

TEST(KeyframeInterval, OneIsNotDueBeforeTwoMillionEvents) {
  const KeyframeInterval interval;
  const SentBytes sent{.columns = 100'000'000};
  EXPECT_FALSE(interval.isDue(1'999'999, 10, sent));
  EXPECT_TRUE(interval.isDue(2'000'000, 10, sent));
}

TEST(KeyframeInterval, ItHasAnEighthOfTheEventsBytes) {
  const KeyframeInterval interval;
  EXPECT_FALSE(interval.isDue(kMany, 1'000'000, {.columns = 47'999'999})) << "of 6 bytes a block";
  EXPECT_TRUE(interval.isDue(kMany, 1'000'000, {.columns = 48'000'000}));
}

TEST(KeyframeInterval, ItHasSixteenEventsForEachBlock) {
  const KeyframeInterval interval;
  const SentBytes sent{.columns = ~0ULL >> 8};
  EXPECT_FALSE(interval.isDue(15'999'999, 1'000'000, sent));
  EXPECT_TRUE(interval.isDue(16'000'000, 1'000'000, sent));
}

TEST(KeyframeInterval, WhatTheOnesBeforeHaveTakenTellsWhatTheNextWill) {
  const KeyframeInterval interval;
  const SentBytes sent{.columns = 24'000'000, .keyframes = 300, .keyframeBlocks = 100};
  EXPECT_TRUE(interval.isDue(kMany, 1'000'000, sent));
  EXPECT_FALSE(interval.isDue(kMany, 1'000'001, sent));
}

TEST(KeyframeInterval, EachBeginsAnew) {
  KeyframeInterval interval;
  const SentBytes sent{.columns = 50'000'000};
  interval.made(kMany, sent);
  EXPECT_FALSE(interval.isDue(kMany + 1'999'999, 1000, {.columns = 60'000'000}));
  EXPECT_TRUE(interval.isDue(kMany + 2'000'000, 1000, {.columns = 60'000'000}));
  EXPECT_FALSE(interval.isDue(kMany + 2'000'000, 1'000'000, {.columns = 60'000'000}));
}

TEST(KeyframeInterval, OfASmallFileTheyComeAsOftenAsIsWanted) {
  const KeyframeInterval interval;
  constexpr std::uint64_t kWanted = 100'000;
  EXPECT_FALSE(interval.isDue(50'000, 1000, {.columns = kWanted - 1}, kWanted));
  EXPECT_TRUE(interval.isDue(50'000, 1000, {.columns = kWanted}, kWanted));
  EXPECT_FALSE(interval.isDue(50'000, 1000, {.columns = kWanted}, 0)) << "nothing is wanted";
  EXPECT_FALSE(interval.isDue(50'000, 20'000, {.columns = 119'999}, kWanted)) << "smaller than itself";
  EXPECT_TRUE(interval.isDue(50'000, 20'000, {.columns = 120'000}, kWanted));
  EXPECT_FALSE(interval.isDue(50'000, 50'001, {.columns = 310'000}, kWanted)) << "fewer events than blocks";
  EXPECT_FALSE(interval.isDue(900'000, 60'000, {.columns = 2'000'000}, kWanted)) << "too large for the file";
  EXPECT_FALSE(interval.isDue(kMany, KeyframeInterval::kMostBlocks + 1, {.columns = ~0ULL >> 8}, ~0ULL >> 3));
}

TEST(KeyframeInterval, MoreBlocksThanCanBeCopiedInAPollHaveNone) {
  const KeyframeInterval interval;
  const SentBytes sent{.columns = ~0ULL >> 8};
  EXPECT_TRUE(interval.isDue(kMany, KeyframeInterval::kMostBlocks, sent));
  EXPECT_FALSE(interval.isDue(kMany, KeyframeInterval::kMostBlocks + 1, sent));
  EXPECT_FALSE(interval.isWorthIt(kMany, KeyframeInterval::kMostBlocks + 1));
}

TEST(KeyframeInterval, ASnapshotHasOneOnceAsMuchHasHappenedAsIsLive) {
  KeyframeInterval interval;
  EXPECT_FALSE(interval.isWorthIt(0, 0)) << "nothing has happened";
  EXPECT_TRUE(interval.isWorthIt(1000, 1000));
  interval.made(1000, {});
  EXPECT_FALSE(interval.isWorthIt(1000, 0));
  EXPECT_TRUE(interval.isWorthIt(1001, 0));
  EXPECT_FALSE(interval.isWorthIt(1999, 1000));
  EXPECT_TRUE(interval.isWorthIt(2000, 1000));
}

}  // namespace
}  // namespace heaptap::relay
