// SPDX-License-Identifier: Apache-2.0
#include "collector/model/timeline.h"

#include <gtest/gtest.h>

namespace heaptap::model {
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
}  // namespace heaptap::model
