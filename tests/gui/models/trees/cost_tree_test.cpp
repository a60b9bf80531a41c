// SPDX-License-Identifier: Apache-2.0
#include "gui/models/trees/cost_tree.h"

#include <gtest/gtest.h>

#include "gui/models/trees/tree_search.h"
#include "tests/gui/tree_texts.h"

namespace heaptap::gui {
namespace {

using test::FunctionNumbers;
using test::nodeAt;
using test::parserSites;

class CostTreeOf : public testing::Test {
 protected:
  CostTreePtr tree = parserSites()->tree({}, {});
};

TEST_F(CostTreeOf, ChildrenLieBesideEachOtherTheLargestFirst) {
  const quint32 main = nodeAt(*tree, "main");
  const quint32 parse = nodeAt(*tree, "main;parse");
  const quint32 render = nodeAt(*tree, "main;render");
  EXPECT_EQ(tree->node(main).total, 240U);
  EXPECT_EQ(tree->row(parse), 0U);
  EXPECT_EQ(tree->row(render), 1U);
  EXPECT_EQ(tree->node(parse).start, 0U);
  EXPECT_EQ(tree->node(render).start, 192U);
  EXPECT_EQ(tree->node(nodeAt(*tree, "main;render;read")).start, 192U);
  EXPECT_EQ(tree->depth(), 3U);
}

TEST_F(CostTreeOf, ANodeIsFoundByItsPath) {
  const quint32 read = nodeAt(*tree, "main;render;read");
  ASSERT_NE(read, CostTree::kRoot);
  EXPECT_EQ(tree->find(tree->path(read)), read);
  EXPECT_EQ(tree->find(std::vector<quint32>{}), CostTree::kRoot);
  EXPECT_EQ(tree->find(std::vector<quint32>{FunctionNumbers::of("main"), 999'999}), std::nullopt);
}

TEST_F(CostTreeOf, TheHotPathEndsWhereNoChildHasMoreThanHalf) {
  const std::vector<quint32> hot = tree->hotPath(CostTree::kRoot, 64);
  ASSERT_EQ(hot.size(), 3U) << "main (all), parse (192 of 240), read (128 of 192)";
  EXPECT_EQ(hot[2], nodeAt(*tree, "main;parse;read"));
  EXPECT_EQ(tree->hotPath(CostTree::kRoot, 1).size(), 1U);
  const CostTreePtr even = test::siteSet({{.stack = 1, .functions = "a;main", .liveBytes = 5},
                                          {.stack = 2, .functions = "b;main", .liveBytes = 5}})
                               ->tree({}, {});
  EXPECT_EQ(even->hotPath(CostTree::kRoot, 64).size(), 1U) << "half is not more than half";
}

TEST_F(CostTreeOf, AMatchBelowAMatchCountsOnce) {
  const auto found = [&](const QString& text) {
    return findInTree(*tree, parserSites()->functionsWith(text, {}));
  };
  EXPECT_EQ(found("read")->nodes.size(), 2U);
  EXPECT_EQ(found("read")->total, 160U);
  EXPECT_EQ(found("read")->nodes.front(), nodeAt(*tree, "main;parse;read")) << "the largest first";
  EXPECT_EQ(found("r")->total, 240U) << "parse, read, render and sort: all in all";
  EXPECT_EQ(found("main")->total, 240U);
  EXPECT_TRUE(found("nowhere")->nodes.empty());
}

}  // namespace
}  // namespace heaptap::gui
