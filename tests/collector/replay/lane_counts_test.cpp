// SPDX-License-Identifier: Apache-2.0
#include "collector/replay/lane_counts.h"

#include <gtest/gtest.h>

namespace heaptap::replay {
namespace {

std::vector<model::SeriesStep> allOf(std::uint32_t steps) {
  std::vector<model::SeriesStep> known;
  for (std::uint32_t step = 0; step < steps; ++step) known.push_back({.step = step});
  return known;
}

TEST(LaneCountsTest, ManyThreadsThatComeAndGoHaveLittleRoomAndAddUp) {
  constexpr std::uint32_t kSteps = 50, kThreads = 5'000;
  LaneCounts counts(kThreads, kSteps, 2, 1'000);
  const model::Pair pair{.size = 8};
  std::uint64_t added = 0;
  for (std::uint32_t step = 0; step < kSteps; ++step) {
    for (std::uint32_t i = 0; i < 30; ++i, ++added) counts.add(model::ThreadIndex{7}, step, pair);
    for (std::uint32_t i = 0; i < 20; ++i, ++added) counts.add(model::ThreadIndex{3}, step, pair);
    for (std::uint32_t i = 0; i < 100; ++i, ++added)
      counts.add(static_cast<model::ThreadIndex>(step * 100 + i), step, pair);
  }
  const auto lanes = counts.lanes(allOf(kSteps));
  ASSERT_EQ(lanes.size(), 3U);
  EXPECT_EQ(lanes[0].thread, model::ThreadIndex{7});
  EXPECT_EQ(lanes[1].thread, model::ThreadIndex{3});
  EXPECT_EQ(lanes[2].thread, std::nullopt);
  EXPECT_EQ(lanes[2].threads, kThreads - 2U);
  std::uint64_t sum = 0, bytes = 0;
  for (const model::SeriesLane& lane : lanes) {
    for (const std::uint64_t allocations : lane.allocations) sum += allocations;
    for (const std::uint64_t each : lane.bytes) bytes += each;
  }
  EXPECT_EQ(sum, added);
  EXPECT_EQ(bytes, added * 8);
  for (std::uint32_t step = 1; step < kSteps; ++step) EXPECT_EQ(lanes[0].allocations[step], 30U) << step;
}

TEST(LaneCountsTest, ASampleStandsForOthers) {
  LaneCounts counts(1, 1, 1);
  const model::Pair pair{.size = 1, .sampleInterval = 1'000};
  for (int i = 0; i < 3; ++i) counts.add(model::ThreadIndex{0}, 0, pair);
  const auto lanes = counts.lanes(allOf(1));
  EXPECT_NEAR(static_cast<double>(lanes.at(0).allocations.at(0)), 3 * pair.weight(), 0.5);
}

TEST(LaneCountsTest, WithoutLanesAllAreOne) {
  LaneCounts counts(4, 2, 0);
  counts.add(model::ThreadIndex{1}, 0, {.size = 8});
  counts.add(model::ThreadIndex{2}, 1, {.size = 8});
  const auto lanes = counts.lanes(allOf(2));
  ASSERT_EQ(lanes.size(), 1U);
  EXPECT_EQ(lanes[0].threads, 2U);
  EXPECT_TRUE(LaneCounts(4, 2, 3).lanes(allOf(2)).empty());
}

}  // namespace
}  // namespace heaptap::replay
