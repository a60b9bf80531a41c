// SPDX-License-Identifier: Apache-2.0
#include "analysis/comparison/change_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "analysis/comparison/change_words.h"
#include "tests/analysis/made_run.h"

namespace heaptap::analysis {
namespace {

using client::Cost;
using test::MadeRun;
using testing::ElementsAre;
using testing::HasSubstr;

/// `  parse 10 > 14`, indented by depth, in order.
std::vector<std::string> linesOf(const Comparison& comparison, const ChangeTree& tree,
                                 std::uint32_t node = ChangeTree::kRoot, const std::string& indent = "") {
  const Change change = tree.total(node);
  std::vector<std::string> lines{indent + comparison.stacks.functions()[tree.functionOf(node)].name + " " +
                                 std::to_string(change.before) + " > " + std::to_string(change.after)};
  for (const std::uint32_t child : tree.children(node))
    for (const std::string& line : linesOf(comparison, tree, child, indent + " ")) lines.push_back(line);
  return lines;
}

TEST(ChangeTree, HasBothSidesInOneTree) {
  MadeRun before;
  before.leaves(100, {"parse", "main"}).leaves(500, {"render", "main"}).leaves(7, {"main"});
  MadeRun after;
  after.leaves(160, {"parse", "main"}).leaves(20, {"fetch", "main"}).leaves(7, {"main"});
  const Comparison comparison = compare({before.done()}, {after.done()}, Cost::LiveBytes);
  const ChangeTree tree(comparison);
  EXPECT_THAT(linesOf(comparison, tree), ElementsAre(" 607 > 187", " main 607 > 187", "  render 500 > 0",
                                                     "  parse 100 > 160", "  fetch 0 > 20"));
  const std::uint32_t main = tree.children(ChangeTree::kRoot).front();
  EXPECT_EQ(tree.self(main), (Change{.before = 7, .after = 7, .noise = 0}));
  EXPECT_EQ(tree.totalOf(tree.children(main)), (Change{.before = 600, .after = 180, .noise = 0}));
}

TEST(ChangeTree, ASiteStandsWhereItIsAfter) {
  MadeRun before;
  before.leaves(10, {"grow", "parse", "main"}).leaves(5, {"read", "main"});
  MadeRun after;
  after.leaves(14, {"parse", "main"}).leaves(5, {"read", "main"});
  const Comparison comparison = compare({before.done()}, {after.done()}, Cost::LiveBytes);
  EXPECT_THAT(linesOf(comparison, ChangeTree(comparison)),
              ElementsAre(" 15 > 19", " main 15 > 19", "  parse 10 > 14", "  read 5 > 5"));
}

TEST(ChangeTree, OfSeveralRunsHasMediansAndNoise) {
  const auto run = [](std::uint64_t steady, std::uint64_t varying) {
    MadeRun made;
    made.leaves(steady, {"steady", "main"}).leaves(varying, {"varying", "main"});
    return made.done();
  };
  const Comparison comparison = compare({run(100, 10), run(100, 500), run(101, 200)},
                                        {run(110, 300), run(110, 90), run(110, 700)}, Cost::LiveBytes);
  const ChangeTree tree(comparison);
  const std::uint32_t main = tree.children(ChangeTree::kRoot).front();
  EXPECT_EQ(tree.total(main), (Change{.before = 301, .after = 410, .noise = 610}));
  const auto children = tree.children(main);
  EXPECT_EQ(tree.total(children.at(0)), (Change{.before = 200, .after = 300, .noise = 610}));
  EXPECT_EQ(tree.total(children.at(1)), (Change{.before = 100, .after = 110, .noise = 1}));
  EXPECT_THAT(headlineOf(comparison, "bytes live", true),
              HasSubstr("1 site grew, steady (+10 B); 1 differ within the noise."));
}

TEST(ChangeTree, AHeadlineSaysWhatGrewAndWhere) {
  MadeRun before;
  before.leaves(100, {"parse", "main"}).leaves(500, {"render", "main"});
  MadeRun after;
  after.leaves(160, {"parse", "main"}).leaves(20, {"fetch", "main"});
  EXPECT_EQ(
      headlineOf(compare({before.done()}, {after.done()}, Cost::LiveBytes), "bytes live", true),
      "bytes live: -420 B (-70.0 %), from 600 B to 180 B. 2 sites grew, the most parse (+60 B); 1 shrank.");
  EXPECT_EQ(headlineOf(compare({before.done()}, {before.done()}, Cost::LiveBytes), "bytes live", true),
            "bytes live: no difference, 600 B on both sides. No site differs.");
}

}  // namespace
}  // namespace heaptap::analysis
