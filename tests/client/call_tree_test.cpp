// SPDX-License-Identifier: Apache-2.0
#include "client/call_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "client/caller_tree.h"
#include "client/function_costs.h"
#include "tests/client/profile_builder.h"

namespace heaptap::client {
namespace {

using testing::ElementsAre;

/// main ─► parse ─► read         128 + 64 bytes, from two places of parse
///      └► render ─► read        32
///      └► render                8
class CallTreeTest : public testing::Test {
 protected:
  CallTreeTest() {
    const auto here = builder.place({{.function = "parse", .line = 10}});
    const auto there = builder.place({{.function = "parse", .line = 20}});
    const auto main = builder.frame("main");
    const auto read = builder.frame("read");
    live(128, builder.stackOf({builder.frame("malloc"), read, here, main}));
    live(64, builder.stackOf({read, there, main}));
    live(32, builder.stack({"read", "render", "main"}));
    live(8, builder.stack({"render", "main"}));
  }
  void live(std::uint64_t bytes, model::StackId stack) {
    builder.count({.size = bytes, .stack = stack, .allocations = 3, .live = 1});
  }
  /// `name self/total` of each node, indented by depth.
  static std::string text(const Profile& profile, const CallTree& tree) {
    std::string all;
    const std::function<void(std::uint32_t, std::size_t)> add = [&](std::uint32_t node, std::size_t depth) {
      const CallTree::Node& of = tree.nodes()[node];
      all += std::string(depth, ' ') + (node == CallTree::kRoot ? "*" : nameOf(profile, of.function)) + " " +
             std::to_string(of.self) + "/" + std::to_string(of.total) + "\n";
      for (const std::uint32_t child : tree.children(node)) add(child, depth + 1);
    };
    add(CallTree::kRoot, 0);
    return all;
  }
  static std::string text(const Profile& profile, const CallerTree& tree,
                          const std::vector<CallerTree::Node>& nodes, std::size_t depth = 0) {
    std::string all;
    for (const CallerTree::Node& node : nodes) {
      all +=
          std::string(depth, ' ') + nameOf(profile, node.function) + " " + std::to_string(node.cost) + "\n";
      if (node.hasCallers) all += text(profile, tree, tree.callers(node), depth + 1);
    }
    return all;
  }
  static FunctionId named(const Profile& profile, const std::string& name) {
    for (std::uint32_t i = 0; i < profile.names->functionCount(); ++i)
      if (nameOf(profile, static_cast<FunctionId>(i)) == name) return static_cast<FunctionId>(i);
    ADD_FAILURE() << "no function " << name;
    return {};
  }
  static std::string text(const Profile& profile, const std::vector<Neighbour>& neighbours) {
    std::string all;
    for (const Neighbour& each : neighbours)
      all += nameOf(profile, each.function) + " " + std::to_string(each.cost) + "\n";
    return all;
  }
  ProfileBuilder builder;
};

TEST_F(CallTreeTest, MergesPlacesByFunctionAndLeavesTheAllocatorOut) {
  const Profile profile = builder.profile();
  EXPECT_EQ(text(profile, CallTree(profile, StackCosts(profile, Cost::LiveBytes))),
            "* 0/232\n"
            " main 0/232\n"
            "  parse 0/192\n"
            "   read 192/192\n"
            "  render 8/40\n"
            "   read 32/32\n");
}

TEST_F(CallTreeTest, TakesAnyCost) {
  const Profile profile = builder.profile();
  EXPECT_EQ(StackCosts(profile, Cost::LiveBlocks).sum(), 4U);
  EXPECT_EQ(StackCosts(profile, Cost::Allocations).sum(), 12U);
  EXPECT_EQ(StackCosts(profile, Cost::AllocatedBytes).sum(), 3 * 232U);
  EXPECT_EQ(StackCosts(profile, Cost::PeakBytes).sum(), 0U);
  EXPECT_EQ(text(profile, CallTree(profile, StackCosts(profile, Cost::Temporaries))), "* 0/0\n");
}

TEST_F(CallTreeTest, ShowsInlinedFunctionsAsCalled) {
  ProfileBuilder inlining;
  const auto frame = inlining.place({{.function = "inner"}, {.function = "outer"}});
  inlining.count({.size = 1, .stack = inlining.stackOf({frame, inlining.frame("main")}), .live = 1});
  const Profile profile = inlining.profile();
  EXPECT_EQ(text(profile, CallTree(profile, StackCosts(profile, Cost::LiveBytes))),
            "* 0/1\n main 0/1\n  outer 0/1\n   inner 1/1\n");
}

TEST_F(CallTreeTest, ABlockWithoutAStackBelongsToTheWholeProgram) {
  live(5, model::StackId{});
  const Profile profile = builder.profile();
  const CallTree tree(profile, StackCosts(profile, Cost::LiveBytes));
  EXPECT_EQ(tree.nodes()[CallTree::kRoot].self, 5U);
  EXPECT_EQ(tree.nodes()[CallTree::kRoot].total, 237U);
}

TEST_F(CallTreeTest, IsOfOneHeap) {
  const model::HeapId textures = builder.heap("textures");
  builder.count({.size = 1000,
                 .stack = builder.stack({"load", "main"}),
                 .allocations = 1,
                 .live = 1,
                 .heap = textures});
  const Profile profile = builder.profile();
  EXPECT_EQ(StackCosts(profile, Cost::LiveBytes).sum(), 232U);
  const auto filter = FilterMatch::of(profile, {.heap = textures});
  ASSERT_TRUE(filter);
  EXPECT_EQ(StackCosts(profile, Cost::LiveBytes, *filter).sum(), 1000U);
}

TEST_F(CallTreeTest, OfManyFunctionsFindsEachNodeAgain) {
  ProfileBuilder wide;
  std::uint64_t sum = 0;
  for (int round = 0; round < 2; ++round)
    for (std::uint64_t i = 0; i < 3000; ++i) {
      sum += i + 1;
      wide.count({.size = i + 1,
                  .stack = wide.stack({"leaf" + std::to_string(i), "f" + std::to_string(i % 7), "main"}),
                  .allocations = 1,
                  .live = 1});
    }
  const Profile profile = wide.profile();
  const CallTree tree(profile, StackCosts(profile, Cost::LiveBytes));
  EXPECT_EQ(tree.nodes().size(), 1U + 1 + 7 + 3000);
  EXPECT_EQ(tree.nodes()[CallTree::kRoot].total, sum);
  EXPECT_EQ(tree.children(tree.children(CallTree::kRoot).at(0)).size(), 7U);
}

TEST_F(CallTreeTest, FromBelowShowsWhoCalls) {
  const Profile profile = builder.profile();
  const CallerTree tree(profile, StackCosts(profile, Cost::LiveBytes));
  EXPECT_EQ(text(profile, tree, tree.allocating()),
            "read 224\n"
            " parse 192\n"
            "  main 192\n"
            " render 32\n"
            "  main 32\n"
            "render 8\n"
            " main 8\n");
}

TEST_F(CallTreeTest, AFunctionHasCallersAndCallees) {
  const Profile profile = builder.profile();
  const StackCosts costs(profile, Cost::LiveBytes);
  const Neighbours read = neighboursOf(profile, costs, named(profile, "read"));
  EXPECT_EQ(read.middle.self, 224U);
  EXPECT_EQ(read.middle.total, 224U);
  EXPECT_EQ(text(profile, read.callers), "parse 192\nrender 32\n");
  EXPECT_TRUE(read.callees.empty());
  const Neighbours render = neighboursOf(profile, costs, named(profile, "render"));
  EXPECT_EQ(render.middle.total, 40U);
  EXPECT_EQ(text(profile, render.callees), "read 32\n");
}

TEST_F(CallTreeTest, RecursionCountsAStackOnce) {
  ProfileBuilder recursive;
  recursive.count({.size = 10, .stack = recursive.stack({"f", "g", "f", "g", "f", "main"}), .live = 1});
  recursive.count({.size = 1, .stack = recursive.stack({"f", "f", "main"}), .live = 1});
  const Profile profile = recursive.profile();
  const StackCosts costs(profile, Cost::LiveBytes);
  const Neighbours f = neighboursOf(profile, costs, named(profile, "f"));
  EXPECT_EQ(f.middle.total, 11U);
  EXPECT_EQ(f.middle.self, 11U);
  EXPECT_EQ(text(profile, f.callers), "main 11\ng 10\nf 1\n");
  EXPECT_EQ(text(profile, f.callees), "g 10\nf 1\n");
  const auto all = functionCosts(profile, costs);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].total, 11U);
  EXPECT_EQ(all[1].total, 11U);
  EXPECT_EQ(nameOf(profile, all[2].function), "g");
  EXPECT_EQ(all[2].total, 10U);
}

TEST_F(CallTreeTest, OfAProgramThatRecursesFarEndsWell) {
  ProfileBuilder deep;
  const std::vector<model::FrameId> frames(100'000, deep.frame("again"));
  deep.count({.size = 1, .stack = deep.stackOf(frames), .live = 1});
  const Profile profile = deep.profile();
  const StackCosts costs(profile, Cost::LiveBytes);
  EXPECT_EQ(CallTree(profile, costs).nodes().size(), 100'001U);
  EXPECT_EQ(functionCosts(profile, costs).at(0).total, 1U);
}

}  // namespace
}  // namespace heaptap::client
