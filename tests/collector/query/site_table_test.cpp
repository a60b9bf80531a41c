// SPDX-License-Identifier: Apache-2.0
#include "collector/query/site_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/collector/query/view_of.h"

namespace heaptap::query {
namespace {

using testing::ElementsAre;
using Request = v1::GetSitesRequest;

/// parse keeps one large block; render makes many small temporaries; draw has a block of size 0; load held
/// most at the peak and keeps nothing.
class SiteTableTest : public testing::Test {
 protected:
  SiteTableTest() {
    const auto load = program.stack({"load", "main"});
    const auto big = program.allocate(5000, load, v1::ORIGIN_CALLOC);
    program.allocate(1000, program.stack({"parse", "main"}));
    program.free(big);
    for (int i = 0; i < 10; ++i)
      program.free(program.allocate(16 + 8 * static_cast<unsigned>(i % 2), render()));
    program.allocate(0, program.stack({"draw", "main"}));
    program.free(program.allocate(100, load));
  }
  std::uint32_t render() { return program.stack({"render", "main"}); }
  std::vector<v1::Site> sites(Request::Order order, std::uint64_t limit = 0, bool any = false) {
    const SiteTable table(viewOf(program));
    Request request;
    request.set_order(order);
    request.set_limit(limit);
    request.set_any_of_orders(any);
    const auto selection = table.select(request);
    total = selection.total;
    return table.details(selection, 0, selection.sites.size());
  }
  std::vector<std::string> names(const std::vector<v1::Site>& found) {
    std::vector<std::string> result;
    for (const auto& site : found) result.push_back(site.lines(0).function());
    return result;
  }
  test::RecordedProgram program;
  std::uint64_t total = 0;
};

TEST_F(SiteTableTest, eachOrderPutsItsLargestFirst) {
  EXPECT_THAT(names(sites(Request::ORDER_PEAK_BYTES)), ElementsAre("load", "parse", "render", "draw"));
  EXPECT_THAT(names(sites(Request::ORDER_ALLOCATIONS)), ElementsAre("render", "load", "parse", "draw"));
  EXPECT_THAT(names(sites(Request::ORDER_TEMPORARIES)), ElementsAre("render", "load", "parse", "draw"));
  EXPECT_THAT(names(sites(Request::ORDER_ALLOCATED_BYTES)), ElementsAre("load", "parse", "render", "draw"));
}

TEST_F(SiteTableTest, leaksAreTheSitesThatHaveLiveBlocks) {
  EXPECT_THAT(names(sites(Request::ORDER_LIVE_BYTES)), ElementsAre("parse", "draw"));
  EXPECT_EQ(total, 2U);
}

TEST_F(SiteTableTest, theLimitCutsAndTheTotalDoesNot) {
  EXPECT_THAT(names(sites(Request::ORDER_PEAK_BYTES, 2)), ElementsAre("load", "parse"));
  EXPECT_EQ(total, 4U);
  EXPECT_EQ(sites(Request::ORDER_PEAK_BYTES, std::numeric_limits<std::uint64_t>::max()).size(), 4U);
}

TEST_F(SiteTableTest, anyOfOrdersTakesTheFirstOfEach) {
  EXPECT_THAT(names(sites(Request::ORDER_PEAK_BYTES, 1, true)), ElementsAre("load", "render"));
  EXPECT_THAT(names(sites(Request::ORDER_ALLOCATIONS, 1, true)), ElementsAre("render", "load"));
}

TEST_F(SiteTableTest, aSiteKnowsAllAboutItself) {
  const auto load = sites(Request::ORDER_PEAK_BYTES, 1).at(0);
  EXPECT_EQ(load.allocations(), 2U);
  EXPECT_EQ(load.frees(), 2U);
  EXPECT_EQ(load.allocated_bytes(), 5100U);
  EXPECT_EQ(load.live_blocks(), 0U);
  EXPECT_EQ(load.peak_bytes(), 5000U);
  EXPECT_EQ(load.temporaries(), 1U);
  EXPECT_THAT(load.origins(), ElementsAre(v1::ORIGIN_MALLOC, v1::ORIGIN_CALLOC));
}

TEST_F(SiteTableTest, sizesAreCountedByPowersOfTwo) {
  const auto render = sites(Request::ORDER_ALLOCATIONS, 1).at(0);
  ASSERT_EQ(render.size_histogram_size(), 1);
  EXPECT_EQ(render.size_histogram(0).min_bytes(), 16U);
  EXPECT_EQ(render.size_histogram(0).max_bytes(), 31U);
  EXPECT_EQ(render.size_histogram(0).allocations(), 10U);
  const auto draw = sites(Request::ORDER_LIVE_BYTES).at(1);
  EXPECT_EQ(draw.size_histogram(0).max_bytes(), 0U);
  EXPECT_EQ(draw.size_histogram(0).live_blocks(), 1U);
}

TEST_F(SiteTableTest, theSumOfAllSitesIsTheSummary) {
  std::uint64_t allocations = 0, liveBytes = 0, peakBytes = 0, temporaries = 0;
  for (const auto& site : sites(Request::ORDER_PEAK_BYTES)) {
    allocations += site.allocations();
    liveBytes += site.live_bytes();
    peakBytes += site.peak_bytes();
    temporaries += site.temporaries();
  }
  const auto totals = viewOf(program)->counts.totals;
  EXPECT_EQ(allocations, totals.allocations);
  EXPECT_EQ(liveBytes, totals.liveBytes);
  EXPECT_EQ(peakBytes, totals.peakBytes);
  EXPECT_EQ(temporaries, totals.temporaries);
}

TEST_F(SiteTableTest, aSessionWithoutEventsHasNoSites) {
  test::RecordedProgram nothing;
  const SiteTable table(viewOf(nothing));
  EXPECT_TRUE(table.select(Request{}).sites.empty());
}

TEST_F(SiteTableTest, aSiteIsOfOneHeapAndCanBeAskedForByIt) {
  const std::uint32_t textures = program.heap("textures");
  program.allocateIn(textures, 500, render());
  program.allocateIn(1, 4096, program.stack({"map", "main"}));
  const SiteTable table(viewOf(program));
  const auto inHeap = [&](std::optional<std::uint32_t> heap) {
    Request request;
    request.set_order(Request::ORDER_PEAK_BYTES);
    if (heap) request.set_heap(*heap);
    const auto selection = table.select(request);
    return table.details(selection, 0, selection.sites.size());
  };
  EXPECT_THAT(names(inHeap(0)), ElementsAre("load", "parse", "render", "draw"));
  const auto inTextures = inHeap(textures);
  ASSERT_THAT(names(inTextures), ElementsAre("render"));
  EXPECT_EQ(inTextures[0].allocations(), 1U) << "the same stack in malloc's heap is another site";
  EXPECT_EQ(inTextures[0].heap(), textures);
  EXPECT_EQ(inTextures[0].heap_name(), "textures");
  ASSERT_THAT(names(inHeap(1)), ElementsAre("map"));
  EXPECT_EQ(inHeap(1)[0].heap_name(), "mappings");
  EXPECT_EQ(inHeap(std::nullopt).size(), 6U);
  EXPECT_EQ(inHeap(77).size(), 0U);
}

}  // namespace
}  // namespace heaptap::query
