// SPDX-License-Identifier: Apache-2.0
#include "gui/models/trees/flame_layout.h"

#include <gtest/gtest.h>

#include "gui/models/trees/flame_zoom.h"
#include "tests/gui/tree_texts.h"

namespace heaptap::gui {
namespace {

using test::FunctionNumbers;
using test::nodeAt;
using test::parserSites;
using test::siteSet;

/// Boxes as readable text, row by row: `name left-right`, `(n) left-right` for n that are merged.
std::string boxText(const FlameLayout& layout, const CostTree& tree) {
  std::string all;
  for (std::size_t row = 0; row < layout.rows(); ++row) {
    for (const FlameBox& box : layout.row(row)) {
      const QString name = box.isMerged ? QStringLiteral("(%1)").arg(box.nodes)
                           : box.node == CostTree::kRoot
                               ? QStringLiteral("*")
                               : FunctionNumbers::name(tree.node(box.node).function);
      all += QStringLiteral("%1 %2-%3  ").arg(name).arg(box.left).arg(box.right).toStdString();
    }
    all += '\n';
  }
  return all;
}

TEST(FlameLayoutOf, BoxesAreAsWideAsTheirCost) {
  const CostTreePtr tree = parserSites()->tree({}, {});
  EXPECT_EQ(boxText({*tree, 0, 240, 240}, *tree),
            "* 0-240  \n"
            "main 0-240  \n"
            "parse 0-192  render 192-224  std::sort 224-240  \n"
            "read 0-128  read 192-224  \n");
}

TEST(FlameLayoutOf, APartOfTheCostTakesTheWholeWidth) {
  const CostTreePtr tree = parserSites()->tree({}, {});
  EXPECT_EQ(boxText({*tree, 176, 208, 320}, *tree),
            "* 0-320  \n"
            "main 0-320  \n"
            "parse 0-160  render 160-320  \n"
            "read 160-320  \n")
      << "callers reach over the edges; what lies outside is not there";
}

TEST(FlameLayoutOf, WhatIsNarrowerThanAPixelIsMerged) {
  std::vector<test::SiteText> many{{.stack = 1, .functions = "large;main", .liveBytes = 9'000}};
  for (int i = 0; i < 1'000; ++i)
    many.push_back({.stack = static_cast<quint64>(i + 2),
                    .functions = QStringLiteral("below;small%1;main").arg(i),
                    .liveBytes = 1});
  const CostTreePtr tree = siteSet(many)->tree({}, {});
  EXPECT_EQ(boxText({*tree, 0, 10'000, 100}, *tree),
            "* 0-100  \n"
            "main 0-100  \n"
            "large 0-90  (1000) 90-100  \n");
  const FlameLayout layout(*tree, 0, 10'000, 100);
  const quint32 small = nodeAt(*tree, "main;small7");
  ASSERT_NE(layout.find(2, small), nullptr);
  EXPECT_TRUE(layout.find(2, small)->isMerged);
  EXPECT_EQ(boxText({*tree, 9'000, 9'002, 100}, *tree),
            "* 0-100  \nmain 0-100  \nsmall0 0-50  small1 50-100  \nbelow 0-50  below 50-100  \n");
  EXPECT_EQ(FlameLayout(*tree, 0, 10'000, 4).row(2).size(), 1U) << "a run below a pixel is not there at all";
}

TEST(FlameLayoutOf, FindsTheBoxAtAPlace) {
  const CostTreePtr tree = parserSites()->tree({}, {});
  const FlameLayout layout(*tree, 0, 240, 240);
  EXPECT_EQ(layout.at(2, 0)->node, nodeAt(*tree, "main;parse"));
  EXPECT_EQ(layout.at(2, 200)->node, nodeAt(*tree, "main;render"));
  EXPECT_EQ(layout.at(3, 150), nullptr) << "parse's own part: nothing stands below";
  EXPECT_EQ(layout.at(3, 239), nullptr);
  EXPECT_EQ(layout.at(9, 0), nullptr);
  EXPECT_EQ(layout.at(0, -1), nullptr);
}

TEST(FlameLayoutOf, NothingHasNoBoxes) {
  const CostTreePtr empty = siteSet({})->tree({}, {});
  EXPECT_EQ(FlameLayout(*empty, 0, 1, 100).rows(), 0U);
  EXPECT_EQ(FlameLayout(*parserSites()->tree({}, {}), 0, 240, 0).rows(), 0U);
  EXPECT_EQ(FlameLayout().at(0, 0), nullptr);
}

class FlameZoomOf : public testing::Test {
 protected:
  FlameZoomOf() { zoom.reset(tree); }
  /// `from-end node`.
  [[nodiscard]] std::string text() const {
    const QString name = zoom.node() == CostTree::kRoot
                             ? QStringLiteral("*")
                             : FunctionNumbers::name(shown->node(zoom.node()).function);
    return QStringLiteral("%1-%2 %3").arg(zoom.from()).arg(zoom.end()).arg(name).toStdString();
  }

  CostTreePtr tree = parserSites()->tree({}, {});
  CostTreePtr shown = tree;
  FlameZoom zoom;
};

TEST_F(FlameZoomOf, ANodeTakesTheWholeWidth) {
  EXPECT_EQ(text(), "0-240 *");
  EXPECT_TRUE(zoom.isWhole());
  zoom.to(nodeAt(*tree, "main;render"));
  EXPECT_EQ(text(), "192-224 render");
  EXPECT_FALSE(zoom.isWhole());
  zoom.to(nodeAt(*tree, "main"));
  EXPECT_EQ(text(), "0-240 main") << "though it is as wide as the whole";
  EXPECT_TRUE(zoom.isWhole());
}

TEST_F(FlameZoomOf, ThePlaceAtThePointerStays) {
  zoom.by(0.5, 0.25);
  EXPECT_EQ(text(), "30-150 parse") << "60 is still a quarter of the way";
  zoom.by(100, 0.5);
  EXPECT_EQ(text(), "0-240 *");
  for (int i = 0; i < 100; ++i) zoom.by(0.5, 1);
  EXPECT_GE(zoom.end() - zoom.from(), 1) << "there is an end to it";
}

TEST_F(FlameZoomOf, MovesNoFurtherThanTheEdges) {
  zoom.by(0.5, 0);
  zoom.move(0.5);
  EXPECT_EQ(text(), "60-180 parse");
  zoom.move(10);
  EXPECT_EQ(text(), "120-240 main");
  zoom.move(-10);
  EXPECT_EQ(text(), "0-120 read");
}

TEST_F(FlameZoomOf, ARefreshShowsTheSamePart) {
  const CostTreePtr later = siteSet({{.stack = 3, .functions = "read;render;main", .liveBytes = 1'000},
                                     {.stack = 1, .functions = "read;parse;main", .liveBytes = 500}})
                                ->tree({}, {});
  zoom.to(nodeAt(*tree, "main;render"));
  zoom.follow(later);
  shown = later;
  EXPECT_EQ(text(), "0-1000 render");
  const CostTreePtr without =
      siteSet({{.stack = 1, .functions = "read;parse;main", .liveBytes = 500}})->tree({}, {});
  zoom.follow(without);
  shown = without;
  EXPECT_EQ(text(), "0-500 *") << "what is gone cannot be shown";
}

}  // namespace
}  // namespace heaptap::gui
