// SPDX-License-Identifier: Apache-2.0
#include "client/site_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "client/stack_lines.h"
#include "tests/client/profile_builder.h"

namespace heaptap::client {
namespace {

using testing::ElementsAre;

/// parse keeps one large block; render makes many small temporaries; draw has a block of size 0; load held
/// most at the peak and keeps nothing.
class SiteTableTest : public testing::Test {
 protected:
  SiteTableTest() {
    const auto load = builder.stack({"load", "main"});
    builder.count({.size = 5000, .stack = load, .allocations = 1, .atPeak = 1, .origin = v1::ORIGIN_CALLOC});
    builder.count({.size = 1000,
                   .stack = builder.stack({"malloc", "parse", "main"}),
                   .allocations = 1,
                   .live = 1,
                   .atPeak = 1});
    builder.count({.size = 16, .stack = render(), .allocations = 5, .temporaries = 5});
    builder.count({.size = 24, .stack = render(), .allocations = 5, .temporaries = 5});
    builder.count({.size = 0, .stack = builder.stack({"draw", "main"}), .allocations = 1, .live = 1});
    builder.count({.size = 100, .stack = load, .allocations = 1, .temporaries = 1});
  }
  model::StackId render() { return builder.stack({"render", "main"}); }

  std::vector<std::string> names(const SiteQuery& query) {
    const SiteTable table(builder.profile());
    const auto selection = table.select(query);
    total = selection.total;
    std::vector<std::string> result;
    for (const std::uint32_t site : selection.sites)
      result.emplace_back(stackLines(table.profile(), table.key(site).stack).at(0).function);
    return result;
  }
  ProfileBuilder builder;
  std::uint64_t total = 0;
};

TEST_F(SiteTableTest, EachOrderPutsItsLargestFirst) {
  EXPECT_THAT(names({.order = SiteOrder::PeakBytes}), ElementsAre("load", "parse", "render", "draw"));
  EXPECT_THAT(names({.order = SiteOrder::Allocations}), ElementsAre("render", "load", "parse", "draw"));
  EXPECT_THAT(names({.order = SiteOrder::Temporaries}), ElementsAre("render", "load", "parse", "draw"));
  EXPECT_THAT(names({.order = SiteOrder::AllocatedBytes}), ElementsAre("load", "parse", "render", "draw"));
}

TEST_F(SiteTableTest, LeaksAreTheSitesThatHaveLiveBlocks) {
  EXPECT_THAT(names({.order = SiteOrder::LiveBytes}), ElementsAre("parse", "draw"));
  EXPECT_EQ(total, 2U);
}

TEST_F(SiteTableTest, TheLimitCutsAndTheTotalDoesNot) {
  EXPECT_THAT(names({.order = SiteOrder::PeakBytes, .limit = 2}), ElementsAre("load", "parse"));
  EXPECT_EQ(total, 4U);
  EXPECT_THAT(names({.order = SiteOrder::PeakBytes, .limit = 1}), ElementsAre("load"));
  EXPECT_EQ(names({.order = SiteOrder::PeakBytes, .limit = std::numeric_limits<std::uint64_t>::max()}).size(),
            4U);
}

TEST_F(SiteTableTest, AnyOfOrdersTakesTheFirstOfEach) {
  EXPECT_THAT(names({.order = SiteOrder::PeakBytes, .limit = 1, .anyOfOrders = true}),
              ElementsAre("load", "render"));
  EXPECT_EQ(total, 4U);
  EXPECT_THAT(names({.order = SiteOrder::Allocations, .limit = 1, .anyOfOrders = true}),
              ElementsAre("render", "load"));
}

TEST_F(SiteTableTest, EqualSitesComeInTheOrderOfTheirStacks) {
  ProfileBuilder equal;
  for (const char* const name : {"a", "b", "c", "d", "e", "f"})
    equal.count({.size = 8, .stack = equal.stack({name, "main"}), .allocations = 1, .live = 1, .atPeak = 1});
  const SiteTable table(equal.profile());
  for (const SiteOrder order : {SiteOrder::LiveBytes, SiteOrder::PeakBytes, SiteOrder::Temporaries})
    for (const std::uint64_t limit : {0U, 3U})
      for (std::uint32_t i = 0; i < 3; ++i)
        EXPECT_EQ(table.select({.order = order, .limit = limit}).sites.at(i), i);
}

TEST_F(SiteTableTest, ASiteKnowsAllAboutItself) {
  const SiteTable table(builder.profile());
  const std::uint32_t load = table.select({.order = SiteOrder::PeakBytes}).sites.at(0);
  EXPECT_EQ(table.counters(load), (SiteCounters{.allocations = 2,
                                                .frees = 2,
                                                .allocatedBytes = 5100,
                                                .liveBlocks = 0,
                                                .liveBytes = 0,
                                                .peakBytes = 5000,
                                                .temporaries = 1}));
  EXPECT_THAT(table.origins(load), ElementsAre(v1::ORIGIN_MALLOC, v1::ORIGIN_CALLOC));
  EXPECT_EQ(table.errors(load), std::nullopt);
  EXPECT_FALSE(table.slack(load).known);
  EXPECT_EQ(table.find(table.key(load)), load);
  EXPECT_EQ(table.find({.stack = table.key(load).stack, .heap = model::kMappingsHeap}), std::nullopt);
}

TEST_F(SiteTableTest, SizesAreCountedByPowersOfTwo) {
  const SiteTable table(builder.profile());
  const std::uint32_t render = table.select({.order = SiteOrder::Allocations}).sites.at(0);
  EXPECT_THAT(table.sizes(render), ElementsAre(SizeBucket{16, 31, 10, 0}));
  const std::uint32_t draw = table.select({.order = SiteOrder::LiveBytes}).sites.at(1);
  EXPECT_THAT(table.sizes(draw), ElementsAre(SizeBucket{0, 0, 1, 1}));
  EXPECT_THAT(sizesOf(table.profile()),
              ElementsAre(SizeBucket{0, 0, 1, 1}, SizeBucket{16, 31, 10, 0}, SizeBucket{64, 127, 1, 0},
                          SizeBucket{512, 1023, 1, 1}, SizeBucket{4096, 8191, 1, 0}));
}

TEST_F(SiteTableTest, ASessionWithoutEventsHasNoSites) {
  ProfileBuilder nothing;
  const SiteTable table(nothing.profile());
  EXPECT_EQ(table.size(), 0U);
  EXPECT_TRUE(table.select({}).sites.empty());
}

TEST_F(SiteTableTest, PairsThatAreDefinedLaterThanTheInstantHaveCountedNothing) {
  Profile profile = builder.profile();
  auto counts = std::make_shared<model::Counts>(*profile.counts);
  counts->pairs.resize(1);
  profile.counts = counts;
  EXPECT_EQ(SiteTable(profile).select({.order = SiteOrder::Allocations}).total, 1U);
}

TEST_F(SiteTableTest, ASiteIsOfOneHeapAndCanBeAskedForByIt) {
  const model::HeapId textures = builder.heap("textures");
  builder.count({.size = 500, .stack = render(), .allocations = 1, .atPeak = 1, .heap = textures});
  builder.count({.size = 4096,
                 .stack = builder.stack({"map", "main"}),
                 .allocations = 1,
                 .atPeak = 1,
                 .heap = model::kMappingsHeap});
  EXPECT_THAT(names({.heap = model::kMallocHeap}), ElementsAre("load", "parse", "render", "draw"));
  EXPECT_THAT(names({.heap = textures}), ElementsAre("render"));
  EXPECT_THAT(names({.heap = model::kMappingsHeap}), ElementsAre("map"));
  EXPECT_EQ(names({}).size(), 6U);
  EXPECT_EQ(names({.heap = model::HeapId{77}}).size(), 0U);
}

TEST_F(SiteTableTest, WhereBlocksAreFreedIsSummedOverTheSite) {
  const auto here = builder.stack({"tidy", "main"});
  const auto there = builder.stack({"clear", "main"});
  builder.freedAt(model::PairId{2}, here, 2);
  builder.freedAt(model::PairId{2}, there, 1);
  builder.freedAt(model::PairId{3}, there, 4);
  const SiteTable table(builder.profile());
  const auto render = table.find({.stack = this->render(), .heap = model::kMallocHeap});
  ASSERT_TRUE(render);
  EXPECT_THAT(table.freedAt(*render), ElementsAre(FreedAt{there, 5}, FreedAt{here, 2}));
}

TEST_F(SiteTableTest, OfSamplesNumbersAreWhatTheyStandForAndSayHowSureThatIs) {
  ProfileBuilder sampled;
  const auto stack = sampled.stack({"f", "main"});
  const model::PairId pair = sampled.count(
      {.size = 1024, .stack = stack, .allocations = 10, .live = 4, .slack = 8, .sampleInterval = 4096});
  const SiteTable table(sampled.profile());
  const model::Pair& of = table.profile().definitions.pair(pair);
  EXPECT_EQ(table.counters(0).allocations, static_cast<std::uint64_t>(std::llround(10 * of.weight())));
  EXPECT_EQ(table.counters(0).liveBytes, 4 * of.bytes());
  ASSERT_TRUE(table.errors(0));
  EXPECT_GT(table.errors(0)->allocations, 0);
  EXPECT_GT(table.errors(0)->liveBytes, 0);
  EXPECT_TRUE(table.slack(0).known);
}

}  // namespace
}  // namespace heaptap::client
