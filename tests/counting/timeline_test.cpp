// SPDX-License-Identifier: Apache-2.0
#include "counting/timeline.h"

#include <gtest/gtest.h>

#include <random>

namespace heaptap::counting {
namespace {

constexpr std::uint64_t kWidth = Timeline::kFirstBucketNs;

TEST(Timeline, aBucketKeepsItsLargestAndItsLast) {
  Timeline timeline;
  timeline.allocation(0, {100});
  timeline.allocation(10, {300});
  timeline.free(20, {200});
  ASSERT_EQ(timeline.buckets().size(), 1U);
  EXPECT_EQ(timeline.buckets()[0],
            (Timeline::Bucket{.maxLiveBytes = 300, .liveBytes = 200, .allocations = 2, .frees = 1}));
}

TEST(Timeline, quietBucketsKeepWhatWasLive) {
  Timeline timeline;
  timeline.allocation(0, {100});
  timeline.free(3 * kWidth, {0});
  ASSERT_EQ(timeline.buckets().size(), 4U);
  EXPECT_EQ(timeline.buckets()[2],
            (Timeline::Bucket{.maxLiveBytes = 100, .liveBytes = 100, .allocations = 0, .frees = 0}));
  EXPECT_EQ(timeline.buckets()[3].maxLiveBytes, 100U) << "it was live when the bucket began";
  EXPECT_EQ(timeline.buckets()[3].liveBytes, 0U);
}

TEST(Timeline, widthDoublesAndNothingIsLost) {
  Timeline timeline;
  const std::uint64_t events = 3 * Timeline::kMaxBuckets;
  for (std::uint64_t i = 0; i < events; ++i) timeline.allocation(i * kWidth, {i + 1});
  EXPECT_EQ(timeline.bucketNs(), 4 * kWidth);
  EXPECT_EQ(timeline.buckets().size(), events / 4);
  std::uint64_t allocations = 0;
  for (const auto& bucket : timeline.buckets()) allocations += bucket.allocations;
  EXPECT_EQ(allocations, events);
  EXPECT_EQ(timeline.buckets()[1].maxLiveBytes, 8U);
}

TEST(Timeline, aYearLaterItStillFits) {
  Timeline timeline;
  timeline.allocation(5, {7});
  timeline.allocation(1ULL << 62, {9});
  EXPECT_LE(timeline.buckets().size(), Timeline::kMaxBuckets);
  EXPECT_EQ(timeline.buckets().front().allocations, 1U);
  EXPECT_EQ(timeline.buckets().back().liveBytes, 9U);
}

/// The same events, told one by one and in parts.
TEST(Timeline, partsMakeTheWhole) {
  std::mt19937 random(7);
  for (const std::uint64_t mostNs : {kWidth / 50, 3 * kWidth, 900 * kWidth}) {
    Timeline whole;
    Timeline ofParts;
    Timeline part = Timeline::part();
    Timeline taken = Timeline::part();
    std::uint64_t now = 0;
    std::uint64_t live = 0;
    for (int i = 0; i < 3000; ++i) {
      now += random() % mostNs;
      if (live == 0 || random() % 2 == 0) {
        live += random() % 100;
        whole.allocation(now, {live});
        part.allocation(now, {live});
      } else {
        live -= random() % (live + 1);
        whole.free(now, {live});
        part.free(now, {live});
      }
      if (random() % 40 != 0) continue;
      part.moveTo(taken);
      ofParts.append(taken);
      ASSERT_EQ(ofParts, whole) << i;
      EXPECT_TRUE(part.buckets().empty());
    }
  }
}

TEST(Timeline, aPartBeginsWithItsFirstEvent) {
  Timeline part = Timeline::part();
  part.allocation(5 * kWidth, {10});
  part.free(7 * kWidth, {4});
  EXPECT_EQ(part.first(), 5U);
  ASSERT_EQ(part.buckets().size(), 3U);
  EXPECT_EQ(part.buckets()[1], part.buckets()[0].quiet());
  EXPECT_EQ(part.buckets()[2].maxLiveBytes, 10U);
}

TEST(Timeline, aPartIsWidenedAsTheWholeIs) {
  Timeline part = Timeline::part();
  for (std::uint64_t i = 5; i < 9; ++i) part.allocation(i * kWidth, {i});
  part.widenFor(kWidth * Timeline::kMaxBuckets);
  EXPECT_EQ(part.first(), 2U);
  ASSERT_EQ(part.buckets().size(), 3U) << "5; 6 and 7; 8";
  EXPECT_EQ(part.buckets()[0].allocations, 1U);
  EXPECT_EQ(part.buckets()[1].allocations, 2U);
  EXPECT_EQ(part.buckets()[1].maxLiveBytes, 7U);
}

TEST(Timeline, goesOnFromWhatWasStored) {
  Timeline whole;
  whole.allocation(0, {1});
  whole.allocation(2 * kWidth, {2});
  Timeline resumed(whole.bucketNs(), whole.buckets());
  whole.allocation(2 * kWidth + 1, {3});
  resumed.allocation(2 * kWidth + 1, {3});
  EXPECT_EQ(resumed, whole);
}

}  // namespace
}  // namespace heaptap::counting
