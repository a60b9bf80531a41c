// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <QClipboard>
#include <QHeaderView>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <functional>

#include "gui/views/call_tree/call_tree_panel.h"
#include "gui/views/call_tree/cost_delegate.h"
#include "tests/gui/tree_texts.h"

namespace heaptap::gui {
namespace {

using test::FunctionNumbers;
using test::isSettled;
using test::nodeAt;
using test::parserSites;
using test::siteSet;

class CallTreeOf : public testing::Test {
 protected:
  CallTreeOf() {
    panel.resize(900, 400);
    panel.show();
  }
  void show(const Sites& sites) {
    panel.setSites(sites);
    ASSERT_TRUE(isSettled(panel.source()));
  }
  /// What is seen, row by row: indented by depth, `>` before the current one.
  [[nodiscard]] std::string seen() {
    std::string all;
    for (QModelIndex at = tree().rows().index(0, 0); at.isValid(); at = tree().indexBelow(at)) {
      std::size_t depth = 0;
      for (QModelIndex up = at.parent(); up.isValid(); up = up.parent()) ++depth;
      all += (at == tree().currentIndex().siblingAtColumn(0) ? ">" : " ") + std::string(depth, ' ') +
             at.siblingAtColumn(CostTreeModel::Function).data().toString().toStdString() + ' ' +
             at.siblingAtColumn(CostTreeModel::Total).data().toString().toStdString() + '\n';
    }
    return all;
  }
  void settle() { ASSERT_TRUE(isSettled(panel.source())); }
  void choose(QComboBox& box, const QString& text) {
    box.setCurrentText(text);
    settle();
  }
  CallTreeTable& tree() { return panel.tree(); }
  void type(const QString& text) {
    QTest::keyClicks(&panel.controls().search(), text);
    settle();
  }

  CallTreePanel panel;
};

TEST_F(CallTreeOf, OpensOnTheHotPath) {
  show(parserSites());
  EXPECT_EQ(seen(),
            ">main 240 B\n"
            "  parse 192 B\n"
            "   read 128 B\n"
            "  render 32 B\n"
            "  std::sort 16 B\n");
}

TEST_F(CallTreeOf, ShowsAnyCostFromBothEnds) {
  show(parserSites());
  choose(panel.controls().direction(), "Bottom-up");
  choose(panel.controls().cost(), "Allocations");
  EXPECT_EQ(seen(),
            ">read 49\n"
            "  render 40\n"
            "   main 40\n"
            "  parse 9\n"
            " std::sort 4\n"
            " parse 1\n");
  EXPECT_TRUE(tree().isColumnHidden(CostTreeModel::Self)) << "bottom-up there is none of one's own";
  choose(panel.controls().direction(), "Top-down");
  EXPECT_FALSE(tree().isColumnHidden(CostTreeModel::Self));
}

TEST_F(CallTreeOf, KeepsWhatIsOpenSelectedAndScrolledWhenItIsRefreshed) {
  show(parserSites());
  tree().goTo(nodeAt(*panel.source().tree(), "main;render;read"));
  tree().collapse(tree().rows().indexOf(nodeAt(*panel.source().tree(), "main;parse")));
  const std::string before = seen();
  ASSERT_NE(before.find(">  read 32 B"), std::string::npos) << before;
  show(siteSet({{.stack = 1, .functions = "read;parse;main", .liveBytes = 256},
                {.stack = 3, .functions = "read;render;main", .liveBytes = 2'048},
                {.stack = 5, .functions = "grow;render;main", .liveBytes = 512}}));
  EXPECT_EQ(seen(),
            " main 2.75 KiB\n"
            "  render 2.50 KiB\n"
            ">  read 2.00 KiB\n"
            "   grow 512 B\n"
            "  parse 256 B\n");
}

TEST_F(CallTreeOf, StaysAtTheRowThatIsOnTop) {
  std::vector<test::SiteText> many;
  for (int i = 0; i < 200; ++i)
    many.push_back({.stack = static_cast<quint64>(i + 1),
                    .functions = QStringLiteral("leaf%1;main").arg(i),
                    .liveBytes = static_cast<quint64>(10'000 - i)});
  show(siteSet(many));
  tree().verticalScrollBar()->setValue(100);
  const QString top = tree().indexAt({0, 0}).siblingAtColumn(CostTreeModel::Function).data().toString();
  many.back().liveBytes = 1'000'000;  // It comes in above all others.
  show(siteSet(many));
  EXPECT_EQ(tree().indexAt({0, 0}).siblingAtColumn(CostTreeModel::Function).data().toString(), top);
}

TEST_F(CallTreeOf, OpensTheWayToWhatIsFound) {
  show(parserSites());
  tree().collapseAll();
  type("read");
  EXPECT_EQ(seen(),
            " main 240 B\n"
            "  parse 192 B\n"
            ">  read 128 B\n"
            "  render 32 B\n"
            "   read 32 B\n"
            "  std::sort 16 B\n");
  EXPECT_EQ(panel.controls().statusText(), "2 found, 66.7 %");
  QTest::keyClick(&panel.controls().search(), Qt::Key_Return);
  EXPECT_EQ(tree().currentNode(), nodeAt(*panel.source().tree(), "main;render;read"));
  QTest::keyClick(&tree(), Qt::Key_F3);
  EXPECT_EQ(tree().currentNode(), nodeAt(*panel.source().tree(), "main;parse;read")) << "round and round";
  QTest::keyClick(&panel.controls().search(), Qt::Key_Escape);
  settle();
  EXPECT_EQ(panel.controls().statusText(), "");
}

TEST_F(CallTreeOf, IsUsedByKeysAlone) {
  show(parserSites());
  QSignalSpy chosen(&panel, &CallTreePanel::functionChosen);
  QSignalSpy activated(&panel, &CallTreePanel::nodeActivated);
  tree().setFocus();
  QTest::keyClick(&tree(), Qt::Key_Down);
  EXPECT_EQ(tree().currentNode(), nodeAt(*panel.source().tree(), "main;parse"));
  EXPECT_EQ(chosen.last().first().toUInt(), FunctionNumbers::of("parse"));
  QTest::keyClick(&tree(), Qt::Key_Left);
  EXPECT_EQ(seen(), " main 240 B\n> parse 192 B\n  render 32 B\n  std::sort 16 B\n");
  QTest::keyClick(&tree(), Qt::Key_Asterisk);
  EXPECT_NE(seen().find("read 128 B"), std::string::npos) << "the largest below is open";
  QTest::keyClick(&tree(), Qt::Key_Return);
  ASSERT_EQ(activated.count(), 1);
  EXPECT_EQ(activated.last().first().value<std::vector<quint32>>(),
            (std::vector<quint32>{FunctionNumbers::of("main"), FunctionNumbers::of("parse")}));
  QTest::keyClick(&tree(), Qt::Key_C, Qt::ControlModifier);
  EXPECT_EQ(QGuiApplication::clipboard()->text(),
            "Total\tShare\tSelf\tFunction\tModule\n192 B\t80.0 %\t64 B\tparse\tprogram\n");
  QTest::keyClick(&tree(), Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
  EXPECT_EQ(QGuiApplication::clipboard()->text(), "parse  (/src/parse.cpp:12)\nmain  (/src/main.cpp:12)\n");
  QTest::keyClick(&tree(), Qt::Key_F, Qt::ControlModifier);
  EXPECT_EQ(panel.focusWidget(), &panel.controls().search());
}

TEST_F(CallTreeOf, TheMenuIsAboutTheFunction) {
  show(parserSites());
  MenuPlace about;
  QObject::connect(&panel, &TreePanel::menuOpening, &panel,
                   [&](QMenu&, const MenuPlace& place) { about = place; });
  tree().goTo(nodeAt(*panel.source().tree(), "main;render"));
  const auto menu = tree().contextMenu();
  EXPECT_EQ(about.function, "render");
  EXPECT_FALSE(about.isForeign);
}

TEST_F(CallTreeOf, AFilterLeavesWhatPasses) {
  show(parserSites());
  panel.setFilter("render");
  settle();
  EXPECT_EQ(seen(), ">main 32 B\n  render 32 B\n   read 32 B\n");
}

TEST_F(CallTreeOf, OffersTheHeapsThatThereAre) {
  show(parserSites());
  EXPECT_TRUE(panel.controls().heap().isHidden());
  Site pooled = test::siteOf({.stack = 9, .functions = "put;main", .liveBytes = 8});
  pooled.heap = 3;
  pooled.heapName = "arena";
  show(std::make_shared<const test::SiteList>(
      std::vector<Site>{test::siteOf({.stack = 1, .functions = "read;main", .liveBytes = 4}), pooled}, 2));
  EXPECT_FALSE(panel.controls().heap().isHidden());
  EXPECT_EQ(seen(), ">main 4 B\n  read 4 B\n") << "malloc's alone";
  choose(panel.controls().heap(), "arena");
  EXPECT_EQ(seen(), ">main 8 B\n  put 8 B\n");
  show(parserSites(3));
  EXPECT_EQ(seen().substr(0, 12), ">main 240 B\n") << "another session has no such heap";
}

TEST_F(CallTreeOf, ABarIsAsLongAsItsShare) {
  const QRect cell(10, 20, 106, 20);
  EXPECT_EQ(CostDelegate::barOf(cell, 1).width(), 100);
  EXPECT_EQ(CostDelegate::barOf(cell, 0.5).width(), 50);
  EXPECT_EQ(CostDelegate::barOf(cell, 0.0001).width(), 2) << "what is there is seen";
  EXPECT_TRUE(CostDelegate::barOf(cell, 0).isEmpty());
}

TEST_F(CallTreeOf, IsReadableInASmallWindow) {
  show(parserSites());
  panel.resize(300, 150);
  QTest::qWait(0);
  EXPECT_LE(panel.minimumSizeHint().width(), 300);
  EXPECT_LE(panel.minimumSizeHint().height(), 150);
  EXPECT_TRUE(tree().isColumnHidden(CostTreeModel::Module));
  EXPECT_FALSE(tree().isColumnHidden(CostTreeModel::Share)) << "without a cost no row says anything";
  EXPECT_GE(tree().columnWidth(CostTreeModel::Function), 100);
  panel.resize(900, 400);
  QTest::qWait(0);
  EXPECT_FALSE(tree().isColumnHidden(CostTreeModel::Module));
}

TEST_F(CallTreeOf, NamesFindRoomHoweverDeepTheyAre) {
  QString deep;
  for (int i = 60; i > 0; --i) deep += QStringLiteral("function%1;").arg(i);
  show(siteSet({{.stack = 1, .functions = deep, .liveBytes = 8}}));
  EXPECT_LT(tree().indentation(), 12);
  const QModelIndex innermost = tree().rows().indexOf(60).siblingAtColumn(CostTreeModel::Function);
  ASSERT_TRUE(tree().visualRect(innermost).isValid()) << "the hot path is open";
  EXPECT_GE(tree().columnWidth(CostTreeModel::Function) - 60 * tree().indentation(),
            tree().fontMetrics().horizontalAdvance(innermost.data().toString()));
  show(parserSites(2));
  EXPECT_EQ(tree().indentation(), 12);
  EXPECT_LE(tree().header()->length(), tree().viewport()->width()) << "nothing to scroll for";
}

TEST_F(CallTreeOf, SaysThatNothingCounts) {
  show(parserSites());
  choose(panel.controls().cost(), "Temporaries");
  EXPECT_EQ(tree().rows().rowCount(), 0);
  panel.setSites(nullptr);
  EXPECT_EQ(seen(), "");
  EXPECT_EQ(tree().contextMenu()->actions().first()->isEnabled(), false);
}

TEST_F(CallTreeOf, EndlessRecursionOpensNoFurtherThanIsSensible) {
  QString deep;
  for (int i = 0; i < 3'000; ++i) deep += QStringLiteral("again;");
  show(siteSet({{.stack = 1, .functions = deep, .liveBytes = 8}}));
  int rows = 0;
  for (QModelIndex at = tree().rows().index(0, 0); at.isValid(); at = tree().indexBelow(at)) ++rows;
  EXPECT_GT(rows, 10);
  EXPECT_LT(rows, 100);
}

}  // namespace
}  // namespace heaptap::gui
