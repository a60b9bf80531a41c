// SPDX-License-Identifier: Apache-2.0
#include "analysis/leaks/leak_analysis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/client/profile_builder.h"

namespace heaptap::analysis {
namespace {

using testing::ElementsAre;

class LeakAnalysisTest : public testing::Test {
 protected:
  LeakReport report(const LeakQuery& query = {}) {
    return leakReport(client::SiteTable(builder.profile()), query);
  }
  /// Functions of the groups with their bytes: "parse 128".
  static std::vector<std::string> groupsOf(const LeakReport& report) {
    std::vector<std::string> groups;
    for (const LeakGroup& group : report.groups)
      groups.push_back(std::string(group.place.function) + " " + std::to_string(group.bytes));
    return groups;
  }
  client::ProfileBuilder builder;
};

TEST_F(LeakAnalysisTest, SitesWithTheSameOwnFunctionInnermostAreOneGroup) {
  builder.count(
      {.size = 100, .stack = builder.stack({"malloc", "parse", "main"}), .allocations = 3, .live = 2});
  builder.count({.size = 64,
                 .stack = builder.stack({"malloc", "std::string::append(char)", "parse", "load", "main"}),
                 .allocations = 2,
                 .live = 1});
  builder.count(
      {.size = 50, .stack = builder.stack({"malloc", "draw", "main"}), .allocations = 1, .live = 1});
  builder.count(
      {.size = 999, .stack = builder.stack({"malloc", "tidy", "main"}), .allocations = 9, .live = 0});
  const LeakReport leaks = report();
  EXPECT_THAT(groupsOf(leaks), ElementsAre("parse 264", "draw 50"));
  EXPECT_EQ(leaks.groups[0].blocks, 3U);
  EXPECT_EQ(leaks.groups[0].allocations, 5U);
  ASSERT_EQ(leaks.groups[0].sites.size(), 2U);
  EXPECT_EQ(leaks.groups[0].sites[0].counters.liveBytes, 200U);
  EXPECT_EQ(leaks.total(), (LeakSum{.groups = 2, .sites = 3, .bytes = 314, .blocks = 4}));
  EXPECT_EQ(leaks.leaked(), leaks.total());
}

TEST_F(LeakAnalysisTest, AnInlinedFunctionOfTheProgramIsItsOwn) {
  const auto frame = builder.place({{.function = "std::vector<int>::reserve(unsigned long)"},
                                    {.function = "fill", .file = "/src/a.cpp", .line = 7},
                                    {.function = "main", .file = "/src/a.cpp", .line = 20}});
  builder.count({.size = 8, .stack = builder.stackOf({frame}), .allocations = 1, .live = 1});
  const LeakReport leaks = report();
  ASSERT_EQ(leaks.groups.size(), 1U);
  EXPECT_EQ(leaks.groups[0].place.function, "fill");
  EXPECT_EQ(leaks.groups[0].place.line, 7U);
}

TEST_F(LeakAnalysisTest, WithoutAnOwnFunctionTheInnermostPlaceIsTheGroup) {
  builder.count(
      {.size = 8, .stack = builder.stack({"std::terminate()", "_start"}), .allocations = 1, .live = 1});
  builder.count({.size = 16, .stack = {}, .allocations = 1, .live = 1});
  EXPECT_THAT(groupsOf(report()), ElementsAre(" 16", "std::terminate() 8"));
}

TEST_F(LeakAnalysisTest, PlacesWithoutNamesAreGroupsOfTheirOwn) {
  builder.count({.size = 8, .stack = builder.stackOf({builder.place({})}), .allocations = 1, .live = 1});
  builder.count({.size = 9, .stack = builder.stackOf({builder.place({})}), .allocations = 1, .live = 1});
  EXPECT_EQ(report().groups.size(), 2U);
}

TEST_F(LeakAnalysisTest, HeapsAreApart) {
  const auto arena = builder.heap("arena");
  const auto stack = builder.stack({"parse", "main"});
  builder.count({.size = 8, .stack = stack, .allocations = 1, .live = 1});
  builder.count({.size = 16, .stack = stack, .allocations = 1, .live = 1, .heap = arena});
  EXPECT_THAT(groupsOf(report()), ElementsAre("parse 8"));
  EXPECT_THAT(groupsOf(report({.heap = arena})), ElementsAre("parse 16"));
}

TEST_F(LeakAnalysisTest, BlocksOfSizeZeroLeakToo) {
  builder.count({.size = 0, .stack = builder.stack({"parse", "main"}), .allocations = 2, .live = 2});
  EXPECT_EQ(report().total(), (LeakSum{.groups = 1, .sites = 1, .bytes = 0, .blocks = 2}));
}

TEST_F(LeakAnalysisTest, NothingLeakedIsAnEmptyReport) {
  EXPECT_TRUE(report().groups.empty());
  EXPECT_EQ(report().total(), LeakSum{});
}

TEST_F(LeakAnalysisTest, WhatAProcessLeavesThatDidNotEndItselfIsLive) {
  builder.summary().mutable_info()->set_state(v1::SESSION_CUT_SHORT);
  EXPECT_TRUE(report().isLive);
  builder.summary().set_live_at_end(true);
  EXPECT_TRUE(report().isLive);
  builder.summary().set_live_at_end(false);
  builder.summary().mutable_info()->set_state(v1::SESSION_COMPLETE);
  EXPECT_FALSE(report().isLive);
  builder.summary().mutable_info()->set_state(v1::SESSION_LIVE);
  EXPECT_TRUE(report().isLive);
}

}  // namespace
}  // namespace heaptap::analysis
