// SPDX-License-Identifier: Apache-2.0
#include "analysis/comparison/comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "tests/analysis/made_run.h"

namespace heaptap::analysis {
namespace {

using client::Cost;
using test::MadeRun;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// `+100 parse;main`, in order.
std::vector<std::string> sitesOf(const Comparison& comparison) {
  std::vector<std::string> all;
  for (const SiteChange& site : comparison.sites) {
    std::string line = (site.change.grew() ? "+" : "-") + std::to_string(site.change.magnitude());
    char separator = ' ';
    for (const std::uint32_t function : comparison.stacks.pathOf(site.node)) {
      line += separator + comparison.stacks.functions()[function].name;
      separator = ';';
    }
    if (site.change.isNoise()) line += " noise";
    all.push_back(line);
  }
  return all;
}

std::vector<std::string> functionsOf(const Comparison& comparison) {
  std::vector<std::string> all;
  for (const FunctionChange& row : comparison.functions)
    all.push_back(comparison.stacks.functions()[row.function].name + " " +
                  std::to_string(differenceOf(row.self)) + "/" + std::to_string(differenceOf(row.total)));
  return all;
}

Comparison compared(MadeRun& before, MadeRun& after) {
  return compare({before.done()}, {after.done()}, Cost::LiveBytes);
}

TEST(Comparison, RegressionsComeFirstThenWhatShrank) {
  MadeRun before;
  before.leaves(100, {"parse", "main"}).leaves(500, {"render", "main"}).leaves(7, {"main"});
  MadeRun after;
  after.leaves(160, {"parse", "main"}).leaves(20, {"fetch", "main"}).leaves(7, {"main"});
  const Comparison comparison = compared(before, after);
  EXPECT_THAT(sitesOf(comparison), ElementsAre("+60 parse;main", "+20 fetch;main", "-500 render;main"));
  EXPECT_EQ(comparison.sameSites, 1U);
  EXPECT_THAT(functionsOf(comparison),
              ElementsAre("parse 60/60", "fetch 20/20", "render -500/-500", "main 0/-420"));
  EXPECT_FALSE(comparison.sites[1].before);
  EXPECT_FALSE(comparison.sites[2].after);
  EXPECT_THAT(comparison.notes, IsEmpty());
}

TEST(Comparison, LinesAndAddressesMakeNoDifference) {
  MadeRun before;
  const auto main = before.builder().frame("main");
  before.leavesAt(
      10, before.builder().stackOf({before.builder().place({{.function = "parse", .line = 10}}), main}));
  before.leavesAt(
      20, before.builder().stackOf({before.builder().place({{.function = "parse", .line = 20}}), main}));
  MadeRun after;
  after.frees({"other", "main"});
  after.leavesAt(30, after.builder().stackOf({after.builder().place({{.function = "parse", .line = 77}}),
                                              after.builder().frame("main")}));
  EXPECT_THAT(compared(before, after).sites, IsEmpty());
}

TEST(Comparison, AnInlinedFunctionStandsWhereItIsCalled) {
  MadeRun before;
  before.leaves(10, {"parse", "load", "main"});
  MadeRun after;
  after.leavesAt(
      10, after.builder().stackOf({after.builder().place({{.function = "parse"}, {.function = "load"}}),
                                   after.builder().frame("main")}));
  const Comparison comparison = compared(before, after);
  EXPECT_THAT(comparison.sites, IsEmpty());
  EXPECT_THAT(comparison.functions, IsEmpty());
}

TEST(Comparison, InlinedWithoutDebugInformationIsSimilar) {
  MadeRun before;
  before.leaves(10, {"parse", "load", "main"}).leaves(5, {"read", "main"});
  MadeRun after;
  after.leaves(14, {"load", "main"}).leaves(5, {"read", "main"});
  const Comparison comparison = compared(before, after);
  EXPECT_THAT(sitesOf(comparison), ElementsAre("+4 load;main"));
  EXPECT_EQ(comparison.sites[0].match, SiteMatch::Similar);
}

TEST(Comparison, ARuntimesInnermostFunctionsMayBeMissing) {
  const std::vector<std::string> outer{"std::vector<int>::reserve(unsigned long)", "load", "main"};
  const auto within = [&outer](std::vector<std::string> inner) {
    inner.insert(inner.end(), outer.begin(), outer.end());
    return inner;
  };
  const std::string allocate = "std::allocator_traits<std::allocator<int> >::allocate(unsigned long)";
  MadeRun before;
  before.leaves(10, outer).leaves(5, {allocate, "std::vector<int>::resize(unsigned long)", "load", "main"});
  MadeRun after;
  after.leaves(14, within({"std::__new_allocator<int>::allocate(unsigned long)", allocate}))
      .leaves(5, {allocate, "std::vector<int>::resize(unsigned long)", "load", "main"});
  const Comparison comparison = compared(before, after);
  ASSERT_EQ(comparison.sites.size(), 1U);
  EXPECT_EQ(comparison.sites[0].change.magnitude(), 4U);
  EXPECT_EQ(comparison.sites[0].match, SiteMatch::Similar);
  // What the program's own function allocates itself is another thing.
  MadeRun own;
  own.leaves(10, {"load", "main"}).frees({"parse", "main"});
  MadeRun deeper;
  deeper.leaves(10, {"parse", "load", "main"}).frees({"parse", "main"});
  EXPECT_EQ(compared(own, deeper).sites.size(), 2U);
}

TEST(Comparison, ARenamedCallerIsSimilarAndARenamedAllocatorIsNew) {
  MadeRun before;
  before.leaves(10, {"parse", "load", "main"}).leaves(3, {"make", "main"});
  MadeRun after;
  after.leaves(10, {"parse", "loadFile", "main"}).leaves(3, {"build", "main"});
  EXPECT_THAT(sitesOf(compared(before, after)), ElementsAre("+3 build;main", "-3 make;main"));
}

TEST(Comparison, ACallAtTheEndOfAFunctionLeavesNoTrace) {
  MadeRun before;
  before.leaves(10, {"parse", "load", "run", "main"}).leaves(1, {"load", "main"});
  MadeRun after;
  after.leaves(12, {"parse", "run", "main"}).leaves(1, {"load", "main"});
  const Comparison comparison = compared(before, after);
  EXPECT_THAT(sitesOf(comparison), ElementsAre("+2 parse;run;main"));
  EXPECT_EQ(comparison.sites[0].match, SiteMatch::Similar);
}

TEST(Comparison, WaysToAFunctionThatBothSidesHaveStayApart) {
  MadeRun before;
  before.leaves(10, {"parse", "load", "main"}).frees({"parse", "fetch", "main"});
  MadeRun after;
  after.leaves(10, {"parse", "fetch", "main"}).frees({"parse", "load", "main"});
  EXPECT_THAT(sitesOf(compared(before, after)), ElementsAre("+10 parse;fetch;main", "-10 parse;load;main"));
}

TEST(Comparison, TemplateArgumentsAndParametersMayDiffer) {
  MadeRun before;
  before.leaves(10, {"void hold<int>(int)", "load(int)", "main"});
  MadeRun after;
  after.leaves(30, {"void hold<long>(int)", "load", "main"});
  const Comparison comparison = compared(before, after);
  EXPECT_THAT(sitesOf(comparison), ElementsAre("+20 void hold<long>(int);load;main"));
  EXPECT_EQ(comparison.sites[0].match, SiteMatch::Same);
  EXPECT_THAT(functionsOf(comparison), ElementsAre("void hold<long>(int) 20/20", "load 0/20", "main 0/20"));
}

TEST(Comparison, TheDepthOfARecursionMakesNoDifference) {
  MadeRun before;
  before.leaves(10, {"walk", "walk", "walk", "main"});
  MadeRun after;
  after.leaves(10, {"walk", "main"});
  EXPECT_THAT(compared(before, after).sites, IsEmpty());
}

TEST(Comparison, ProgramsWithNothingInCommonAreSaidToBe) {
  MadeRun before;
  before.leaves(10, {"parse", "load", "main"});
  MadeRun after;
  after.leaves(10, {"draw", "loop", "main"});
  const Comparison comparison = compared(before, after);
  EXPECT_THAT(sitesOf(comparison), ElementsAre("+10 draw;loop;main", "-10 parse;load;main"));
  EXPECT_THAT(comparison.notes, ElementsAre(HasSubstr("no function of the program in common")));
}

TEST(Comparison, OtherNamesSamplesAndLossesAreSaid) {
  MadeRun before;
  before.leaves(10, {"parse", "main"});
  MadeRun after;
  after.leaves(10, {"parse", "main"});
  ComparedRun a = before.done("a.heaptap");
  after.builder().count({.size = 100,
                         .stack = after.builder().stack({"parse", "main"}),
                         .allocations = 3,
                         .live = 3,
                         .sampleInterval = 1000});
  after.builder().summary().mutable_info()->set_state(v1::SESSION_CUT_SHORT);
  after.builder().summary().set_dropped_frees(2);
  ComparedRun b = after.done("b.heaptap");
  v1::Summary other = *b.profile.summary;
  other.set_executable("/opt/program2");
  b.profile.summary = std::make_shared<const v1::Summary>(other);
  EXPECT_THAT(compare({a}, {b}, Cost::LiveBytes).notes,
              ElementsAre("the programs have different names: program before, program2 after",
                          HasSubstr("one side is sampled"), HasSubstr("b.heaptap: the record was cut short"),
                          HasSubstr("b.heaptap: 2 events were dropped")));
}

TEST(Comparison, WhatSamplesCannotTellIsNoise) {
  const auto sampled = [](std::uint64_t live) {
    MadeRun run;
    run.builder().count({.size = 100,
                         .stack = run.builder().stack({"parse", "main"}),
                         .allocations = 1000,
                         .live = live,
                         .sampleInterval = 1000});
    return run.done();
  };
  EXPECT_TRUE(compare({sampled(10)}, {sampled(12)}, Cost::LiveBytes).sites.at(0).change.isNoise());
  EXPECT_FALSE(compare({sampled(10)}, {sampled(500)}, Cost::LiveBytes).sites.at(0).change.isNoise());
}

TEST(Comparison, AChangeMustExceedTheSpreadOfTheRuns) {
  const auto run = [](std::uint64_t steady, std::uint64_t varying) {
    MadeRun made;
    made.leaves(steady, {"steady", "main"}).leaves(varying, {"varying", "main"});
    return made.done();
  };
  const Comparison comparison = compare({run(100, 10), run(100, 500), run(101, 200)},
                                        {run(110, 300), run(110, 90), run(110, 700)}, Cost::LiveBytes);
  EXPECT_THAT(sitesOf(comparison), ElementsAre("+10 steady;main", "+100 varying;main noise"));
  EXPECT_EQ(comparison.sites[0].change, (Change{.before = 100, .after = 110, .noise = 1}));
  EXPECT_EQ(comparison.sites[1].change, (Change{.before = 200, .after = 300, .noise = 610}));
}

TEST(Comparison, HeapsAreNotAddedUp) {
  MadeRun before;
  MadeRun after;
  const auto heapBefore = before.builder().heap("arena");
  (void)after.builder().heap("other");
  const auto heapAfter = after.builder().heap("arena");
  before.builder().count({.size = 5,
                          .stack = before.builder().stack({"f", "main"}),
                          .allocations = 1,
                          .live = 1,
                          .heap = heapBefore});
  after.builder().count({.size = 9,
                         .stack = after.builder().stack({"f", "main"}),
                         .allocations = 1,
                         .live = 1,
                         .heap = heapAfter});
  after.leaves(1000, {"f", "main"});
  ComparedRun a = before.done();
  a.heap = heapBefore;
  ComparedRun b = after.done();
  b.heap = heapAfter;
  EXPECT_THAT(sitesOf(compare({a}, {b}, Cost::LiveBytes)), ElementsAre("+4 f;main"));
}

/// Whatever two sessions have, the differences of all rows are the difference of the whole.
TEST(Comparison, RowsAddUpToTheByte) {
  std::mt19937 random(17);
  const auto number = [&random](std::uint32_t below) { return static_cast<std::uint32_t>(random() % below); };
  for (int round = 0; round < 50; ++round) {
    const auto made = [&](const std::string& suffix) {
      MadeRun run;
      for (std::uint32_t i = 0; i < 60; ++i) {
        std::vector<std::string> stack;
        for (std::uint32_t depth = number(7); depth > 0; --depth) {
          std::string name = "f";
          name += std::to_string(number(6));
          if (number(3) == 0) name += "<" + std::to_string(number(3)) + ">(int)";
          if (number(6) == 0) name += suffix;
          stack.push_back(name);
        }
        run.leaves(number(1000), stack);
      }
      return run.done();
    };
    const ComparedRun before = made("A");
    const ComparedRun after = made("B");
    const Comparison comparison = compare({before}, {after}, Cost::LiveBytes);
    const auto expected = static_cast<std::int64_t>(after.profile.summary->live_bytes()) -
                          static_cast<std::int64_t>(before.profile.summary->live_bytes());
    std::int64_t sites = 0;
    for (const SiteChange& site : comparison.sites) sites += differenceOf(site.change);
    std::int64_t functions = 0;
    for (const FunctionChange& row : comparison.functions) functions += differenceOf(row.self);
    EXPECT_EQ(sites, expected);
    EXPECT_EQ(functions, expected);
    EXPECT_EQ(differenceOf(comparison.sum), expected);
    EXPECT_EQ(differenceOf(comparison.total), expected);
  }
}

TEST(Noise, MedianAndSpread) {
  EXPECT_EQ(medianOf(std::vector<std::uint64_t>{}), 0U);
  EXPECT_EQ(medianOf(std::vector<std::uint64_t>{5}), 5U);
  EXPECT_EQ(medianOf(std::vector<std::uint64_t>{9, 1, 5}), 5U);
  EXPECT_EQ(medianOf(std::vector<std::uint64_t>{9, 1, 5, 6}), 5U);
  EXPECT_EQ(medianOf(std::vector<std::uint64_t>{~std::uint64_t{0}, ~std::uint64_t{0}}), ~std::uint64_t{0});
  EXPECT_EQ(spreadOf(std::vector<std::uint64_t>{9, 1, 5}), 8U);
  EXPECT_EQ(spreadOf(std::vector<std::uint64_t>{}), 0U);
  EXPECT_EQ(differenceOf({.before = ~std::uint64_t{0}, .after = 0}),
            -std::numeric_limits<std::int64_t>::max());
}

}  // namespace
}  // namespace heaptap::analysis
