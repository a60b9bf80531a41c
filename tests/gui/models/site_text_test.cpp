// SPDX-License-Identifier: Apache-2.0
#include "gui/models/sites/site_text.h"

#include <gtest/gtest.h>

#include "tests/gui/site_set.h"

namespace heaptap::gui {
namespace {

class SiteTextOf : public testing::Test {
 protected:
  SiteTextOf() { site.allocatedBytes = 3U << 20; }
  Site site = test::siteOf({.stack = 1, .functions = "parse;main", .allocations = 1'234});
};

TEST_F(SiteTextOf, NamesTheEntryPoints) {
  EXPECT_EQ(originText(site), "");
  site.entryPoints = {"malloc"};
  EXPECT_EQ(originText(site), "by malloc");
  site.entryPoints = {"malloc", "calloc", "operator new"};
  EXPECT_EQ(originText(site), "by malloc, calloc and operator new");
}

TEST_F(SiteTextOf, SaysWhatTheAllocatorGaveBeyond) {
  site.slack.allocated = 0;
  EXPECT_EQ(originText(site), "over-allocated 0 B (0.0 %)") << "nothing is known to be nothing";
  site.slack.allocated = 314'573;
  site.slack.live = 2'048;
  EXPECT_EQ(originText(site), "over-allocated 307 KiB (10.0 %), 2.00 KiB of it live");
}

TEST_F(SiteTextOf, NamesTheHeap) {
  EXPECT_EQ(heapText(site.heapName, site.heap), "malloc");
  site.heap = 1;
  site.heapName = "mappings";
  EXPECT_EQ(originText(site), "heap mappings");
  site.heapName.clear();
  EXPECT_EQ(heapText(site.heapName, site.heap), "heap 1");
}

TEST_F(SiteTextOf, MarksEstimates) {
  EXPECT_EQ(allocationsText(site), "1,234 allocations of 3.00 MiB in all");
  site.errors = SiteErrors{.allocations = 30, .allocatedBytes = 122'880};
  EXPECT_EQ(allocationsText(site), "≈ 1,234 ± 30 allocations of ≈ 3.00 MiB ± 120 KiB in all");
}

TEST_F(SiteTextOf, ShowsWhereItsBlocksAreFreed) {
  auto stacks = siteStacks(site);
  ASSERT_EQ(stacks.size(), 1U);
  EXPECT_EQ(stacks[0].title, "") << "one stack needs no title";
  site.freedAt = {{.frees = 1'200, .lines = test::siteLines("main")}, {.frees = 1, .lines = {}}};
  stacks = siteStacks(site);
  ASSERT_EQ(stacks.size(), 3U);
  EXPECT_EQ(stacks[0].title, "Allocated at");
  EXPECT_EQ(stacks[1].title, "Freed 1,200 times at");
  EXPECT_EQ(stacks[1].lines.at(0).function, "main");
  EXPECT_EQ(stacks[2].title, "Freed 1 time at");
}

}  // namespace
}  // namespace heaptap::gui
