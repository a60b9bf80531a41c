// SPDX-License-Identifier: Apache-2.0
#include "client/tree/profile_merge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/stack_lines.h"
#include "tests/client/profile_builder.h"

namespace heaptap::client {
namespace {

using Take = ProfileMerge::Take;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

/// `function;caller live bytes/allocations in N` of each site of malloc's.
std::vector<std::string> sitesOf(const ProfileMerge& merge) {
  const SiteTable table(merge.profile({}));
  std::vector<std::string> sites;
  for (std::uint32_t site = 0; site < table.size(); ++site) {
    std::string text;
    for (const StackLine& line : stackLines(table.profile(), table.key(site).stack))
      text += (text.empty() ? "" : ";") + std::string(line.function);
    const SiteCounters counters = table.counters(site);
    sites.push_back(text + " " + std::to_string(counters.liveBytes) + "/" +
                    std::to_string(counters.allocations) + " in " +
                    std::to_string(merge.processesAt(table.key(site)).allocating));
  }
  return sites;
}

/// The same program, whose ids have come in another order.
Profile parsing(std::uint64_t allocations, std::uint64_t live) {
  ProfileBuilder builder;
  builder.count(
      {.size = 10, .stack = builder.stack({"parse", "main"}), .allocations = allocations, .live = live});
  return builder.profile();
}
Profile printingAndParsing() {
  ProfileBuilder builder;
  const model::FrameId parse = builder.frame("parse");
  const model::FrameId main = builder.frame("main");
  const auto print = builder.below(builder.below({}, main), builder.place({{.function = "print"}}));
  builder.count({.size = 7, .stack = print, .allocations = 1});
  builder.count({.size = 10, .stack = builder.stackOf({parse, main}), .allocations = 5, .live = 1});
  return builder.profile();
}

TEST(MergedProfiles, HaveTheSameStackOnce) {
  ProfileMerge merge;
  merge.add(parsing(3, 2), 0);
  const auto ids = merge.add(printingAndParsing(), 1);
  EXPECT_THAT(sitesOf(merge), UnorderedElementsAre("parse;main 30/8 in 2", "print;main 0/1 in 1"));
  const Profile merged = merge.profile({});
  EXPECT_EQ(merged.counts->totals.allocations, 0U);  // Built by hand, without totals.
  EXPECT_EQ(merged.definitions.pair(ids.pairs[1]).size, 10U);
  EXPECT_EQ(merged.definitions.pair(ids.pairs[1]).stack, merged.definitions.pair(model::PairId{}).stack);
}

TEST(MergedProfiles, CountAProcessOnceForAllItsPrograms) {
  ProfileMerge merge;
  merge.add(parsing(3, 2), 0);
  merge.add(parsing(3, 2), 0);
  merge.add(parsing(3, 2), 1);
  EXPECT_THAT(sitesOf(merge), ElementsAre("parse;main 60/9 in 2"));
}

TEST(MergedProfiles, TakeOfAProcessThatIsOverWhatIsLeft) {
  ProfileMerge merge;
  merge.add(parsing(3, 2), 0, Take::WithoutLive);
  EXPECT_THAT(sitesOf(merge), ElementsAre("parse;main 0/3 in 1"));
  merge.add(parsing(9, 4), 1, Take::OnlyLive);
  EXPECT_THAT(sitesOf(merge), ElementsAre("parse;main 40/7 in 2"));
}

TEST(MergedProfiles, TellFilesOfTheSamePathApart) {
  ProfileBuilder one;
  ProfileBuilder two;
  for (ProfileBuilder* const builder : {&one, &two}) {
    const std::uint32_t module = builder->module(builder == &one ? "/lib/a.so" : "/lib/b.so");
    builder->count({.size = 1,
                    .stack = builder->stackOf({builder->place({{.function = "load"}}, 0, module)}),
                    .allocations = 1});
  }
  ProfileMerge merge;
  merge.add(one.profile(), 0);
  merge.add(two.profile(), 1);
  EXPECT_THAT(sitesOf(merge), ElementsAre("load 0/1 in 1", "load 0/1 in 1"));
}

// Code that was made at run time lies where the process has put it.
TEST(MergedProfiles, KnowCodeWithoutAFileByItsName) {
  const auto made = [](int before, const std::vector<ProfileBuilder::Line>& lines) {
    ProfileBuilder builder;
    for (int i = 0; i < before; ++i) builder.place({});
    builder.count({.size = 1, .stack = builder.stackOf({builder.place(lines, 0, 0)}), .allocations = 1});
    return builder.profile();
  };
  ProfileMerge merge;
  merge.add(made(0, {{.function = "jitted"}}), 0);
  merge.add(made(5, {{.function = "jitted"}}), 1);
  merge.add(made(0, {}), 0);
  merge.add(made(0, {}), 1);
  EXPECT_THAT(sitesOf(merge), UnorderedElementsAre("jitted 0/2 in 2", " 0/1 in 1", " 0/1 in 1"));
}

TEST(MergedProfiles, HaveNamesWhereAnySessionHasThem) {
  const auto made = [](const std::vector<ProfileBuilder::Line>& lines) {
    ProfileBuilder builder;
    builder.count({.size = 1, .stack = builder.stackOf({builder.place(lines)}), .allocations = 1});
    return builder.profile();
  };
  ProfileMerge merge;
  merge.add(made({}), 0);
  merge.add(made({{.function = "inner", .line = 3}, {.function = "outer", .line = 9}}), 1);
  EXPECT_THAT(sitesOf(merge), ElementsAre("inner;outer 0/2 in 2"));
}

TEST(MergedProfiles, KeepHeapsByNameAndFreesByStack) {
  const auto made = [](const std::vector<std::string>& heaps, std::uint64_t frees) {
    ProfileBuilder builder;
    model::HeapId last{};
    for (const std::string& name : heaps) last = builder.heap(name);
    const auto stack = builder.stack({"draw", "main"});
    const model::PairId pair =
        builder.count({.size = 8, .stack = stack, .allocations = 4, .live = 1, .heap = last});
    builder.freedAt(pair, builder.stack({"drop", "main"}), frees);
    return builder.profile();
  };
  ProfileMerge merge;
  merge.add(made({"arena", "textures"}, 3), 0);
  merge.add(made({"textures"}, 2), 1);
  const SiteTable table(merge.profile({}));
  ASSERT_EQ(table.size(), 1U);
  EXPECT_EQ(table.profile().definitions.heapName(table.key(0).heap), "textures");
  ASSERT_EQ(table.freedAt(0).size(), 1U);
  EXPECT_EQ(table.freedAt(0)[0].frees, 5U);
}

TEST(MergedProfiles, KeepThreadsApart) {
  ProfileBuilder one;
  one.thread(11, "worker");
  ProfileBuilder two;
  two.thread(22, "worker");
  ProfileMerge merge;
  merge.add(one.profile(), 0);
  const auto ids = merge.add(two.profile(), 1);
  const Profile merged = merge.profile({});
  EXPECT_EQ(merged.definitions.threads[index(ids.threads[0])].tid, 22U);
  EXPECT_EQ(merged.definitions.threads.size(), 2U);
}

TEST(MergedProfiles, OfNothingAreEmpty) {
  ProfileMerge merge;
  EXPECT_EQ(SiteTable(merge.profile({})).size(), 0U);
  merge.add(ProfileBuilder().profile(), 0);
  EXPECT_EQ(SiteTable(merge.profile({})).size(), 0U);
}

}  // namespace
}  // namespace heaptap::client
