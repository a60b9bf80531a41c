// SPDX-License-Identifier: Apache-2.0
#include "gui/models/trees/cost_tree_model.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>

#include "tests/gui/tree_texts.h"

namespace heaptap::gui {
namespace {

using test::isSettled;
using test::nodeAt;
using test::parserSites;
using test::siteSet;

class CostTreeRows : public testing::Test {
 protected:
  void show(const Sites& sites) {
    source.setSites(sites);
    ASSERT_TRUE(isSettled(source));
  }
  /// The rows of a parent: `function total`, one after the other.
  [[nodiscard]] std::string rows(const QModelIndex& parent = {}) const {
    QStringList all;
    for (int row = 0; row < model.rowCount(parent); ++row)
      all << cell(model.index(row, 0, parent), CostTreeModel::Function) + ' ' +
                 cell(model.index(row, 0, parent), CostTreeModel::Total);
    return all.join(", ").toStdString();
  }
  static QString cell(const QModelIndex& row, int column) {
    return row.siblingAtColumn(column).data().toString();
  }
  [[nodiscard]] QModelIndex at(const QString& functions) const {
    return model.indexOf(nodeAt(*source.tree(), functions));
  }

  TreeSource source;
  CostTreeModel model{source};
  QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::Fatal};
};

TEST_F(CostTreeRows, AreTheFunctionsWithTheirCosts) {
  show(parserSites());
  EXPECT_EQ(rows(), "main 240 B");
  EXPECT_EQ(rows(at("main")), "parse 192 B, render 32 B, std::sort 16 B");
  EXPECT_EQ(rows(at("main;parse")), "read 128 B");
  EXPECT_FALSE(model.hasChildren(at("main;parse;read")));
  EXPECT_EQ(cell(at("main;parse"), CostTreeModel::Share), "80.0 %");
  EXPECT_EQ(cell(at("main;parse"), CostTreeModel::Self), "64 B");
  EXPECT_EQ(cell(at("main;parse"), CostTreeModel::Module), "program");
  EXPECT_EQ(model.parent(at("main;parse")), at("main"));
  EXPECT_FALSE(model.parent(at("main")).isValid());
}

TEST_F(CostTreeRows, TellTheFunctionsOfTheProgramFromOthers) {
  show(parserSites());
  EXPECT_TRUE(at("main;parse").data(CostTreeModel::OwnRole).toBool());
  EXPECT_FALSE(at("main;std::sort").data(CostTreeModel::OwnRole).toBool());
}

TEST_F(CostTreeRows, FollowDirectionAndCost) {
  show(parserSites());
  source.setQuery({.direction = TreeDirection::BottomUp, .cost = TreeCost::Allocations});
  ASSERT_TRUE(isSettled(source));
  EXPECT_EQ(rows(), "read 49, std::sort 4, parse 1");
}

TEST_F(CostTreeRows, ARefreshMovesWhatIsHeldToTheSameFunctions) {
  show(parserSites());
  const QPersistentModelIndex render = at("main;render");
  const QPersistentModelIndex gone = at("main;std::sort");
  ASSERT_EQ(render.row(), 1);
  int resets = 0;
  QObject::connect(&model, &QAbstractItemModel::modelReset, &model, [&] { ++resets; });
  show(siteSet({{.stack = 1, .functions = "read;parse;main", .liveBytes = 8},
                {.stack = 3, .functions = "read;render;main", .liveBytes = 4'096}}));
  EXPECT_EQ(resets, 0);
  EXPECT_EQ(render.row(), 0) << "it is the largest now";
  EXPECT_EQ(cell(render, CostTreeModel::Function), "render");
  EXPECT_FALSE(gone.isValid());
  show(parserSites(2));
  EXPECT_EQ(resets, 1) << "another session begins anew";
}

TEST_F(CostTreeRows, WhatIsLookedForIsMarked) {
  show(parserSites());
  source.setSearch("READ");
  ASSERT_TRUE(isSettled(source));
  EXPECT_TRUE(at("main;parse;read").data(CostTreeModel::MatchRole).toBool());
  EXPECT_FALSE(at("main;parse").data(CostTreeModel::MatchRole).toBool());
  source.setSearch({});
  ASSERT_TRUE(isSettled(source));
  EXPECT_FALSE(at("main;parse;read").data(CostTreeModel::MatchRole).toBool());
}

TEST_F(CostTreeRows, HostileNamesAreOneShortLine) {
  const QString hostile = QStringLiteral("first\nsecond<b>") + QString(5'000, 'x');
  show(siteSet({{.stack = 1, .functions = hostile, .liveBytes = 1}}));
  const QString shown = cell(model.index(0, 0), CostTreeModel::Function);
  EXPECT_TRUE(shown.startsWith("first second<b>")) << shown.toStdString();
  EXPECT_LE(shown.size(), 513);
  const QString tip = model.index(0, 0).data(Qt::ToolTipRole).toString();
  EXPECT_FALSE(tip.contains("<b>")) << "names are text, not HTML";
  EXPECT_LT(tip.size(), 10'000);
}

TEST_F(CostTreeRows, WithoutSitesThereAreNone) {
  show(parserSites());
  source.setSites(nullptr);
  EXPECT_EQ(model.rowCount(), 0);
  show(siteSet({}));
  EXPECT_EQ(model.rowCount(), 0);
}

}  // namespace
}  // namespace heaptap::gui
