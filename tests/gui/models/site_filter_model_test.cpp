// SPDX-License-Identifier: Apache-2.0
#include "gui/models/sites/site_filter_model.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QItemSelectionModel>
#include <QSignalSpy>

#include "tests/gui/site_set.h"

namespace heaptap::gui {
namespace {

using Show = SiteFilterModel::Show;
using test::siteSet;
using test::SiteText;

class FilteredSites : public testing::Test {
 protected:
  static QString functions(const SiteFilterModel& filter) {
    QStringList names;
    for (int row = 0; row < filter.rowCount(); ++row)
      names << filter.index(row, SiteModel::Function).data().toString();
    return names.join(',');
  }

  SiteModel model;
  SiteFilterModel all{model, Show::AllSites};
  SiteFilterModel leaks{model, Show::SitesWithLiveBlocks};
  QAbstractItemModelTester allTester{&all, QAbstractItemModelTester::FailureReportingMode::Fatal};
  QAbstractItemModelTester leaksTester{&leaks, QAbstractItemModelTester::FailureReportingMode::Fatal};
};

TEST_F(FilteredSites, SortsNumbersByValueNotByText) {
  model.setSites(siteSet({{.stack = 1, .functions = "a", .allocations = 9},
                          {.stack = 2, .functions = "b", .allocations = 1'000},
                          {.stack = 3, .functions = "c", .allocations = 20}}));
  all.sort(SiteModel::Allocations, Qt::DescendingOrder);
  EXPECT_EQ(functions(all), "b,c,a");
  all.sort(SiteModel::Allocations, Qt::AscendingOrder);
  EXPECT_EQ(functions(all), "a,c,b");
  all.sort(SiteModel::Function, Qt::DescendingOrder);
  EXPECT_EQ(functions(all), "c,b,a");
}

TEST_F(FilteredSites, LeaksAreTheSitesWithLiveBlocks) {
  model.setSites(siteSet({{.stack = 1, .functions = "clean"},
                          {.stack = 2, .functions = "leaky", .liveBytes = 0, .liveBlocks = 1}}));
  EXPECT_EQ(functions(leaks), "leaky");
  EXPECT_EQ(all.rowCount(), 2);
}

TEST_F(FilteredSites, MatchesAnyLineOfTheStackInAnyCase) {
  model.setSites(siteSet(
      {{.stack = 1, .functions = "alloc;Parser;main"}, {.stack = 2, .functions = "alloc;Render;main"}}));
  all.setFilter("PARSER");
  ASSERT_EQ(all.rowCount(), 1);
  EXPECT_EQ(all.index(0, 0).data(SiteModel::StackRole), 1U);
  all.setFilter("render.cpp");
  ASSERT_EQ(all.rowCount(), 1);
  EXPECT_EQ(all.index(0, 0).data(SiteModel::StackRole), 2U);
  all.setFilter("/bin/program");
  EXPECT_EQ(all.rowCount(), 2);
  all.setFilter("nowhere");
  EXPECT_EQ(all.rowCount(), 0);
  all.setFilter({});
  EXPECT_EQ(all.rowCount(), 2);
}

TEST_F(FilteredSites, AppliesToSitesThatComeLater) {
  model.setSites(siteSet({{.stack = 1, .functions = "parse"}}));
  all.setFilter("render");
  EXPECT_EQ(all.rowCount(), 0);
  model.setSites(siteSet({{.stack = 1, .functions = "parse"}, {.stack = 2, .functions = "x;render"}}));
  EXPECT_EQ(all.rowCount(), 1);
}

TEST_F(FilteredSites, TheSelectionStaysOnItsSiteWhileTheOrderChanges) {
  model.setSites(siteSet({{.stack = 1, .functions = "a", .liveBytes = 10, .liveBlocks = 1},
                          {.stack = 2, .functions = "b", .liveBytes = 20, .liveBlocks = 1}}));
  leaks.sort(SiteModel::LiveBytes, Qt::DescendingOrder);
  QItemSelectionModel selection(&leaks);
  selection.setCurrentIndex(leaks.index(1, 0),
                            QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
  ASSERT_EQ(leaks.index(1, 0).data(SiteModel::StackRole), 1U);
  model.setSites(siteSet({{.stack = 1, .functions = "a", .liveBytes = 99, .liveBlocks = 2},
                          {.stack = 2, .functions = "b", .liveBytes = 20, .liveBlocks = 1},
                          {.stack = 3, .functions = "c", .liveBytes = 50, .liveBlocks = 1}}));
  EXPECT_EQ(functions(leaks), "a,c,b");
  EXPECT_EQ(selection.currentIndex().row(), 0);
  EXPECT_TRUE(selection.isRowSelected(0, {}));
}

TEST_F(FilteredSites, ASiteThatIsFreedLeavesTheLeaks) {
  model.setSites(siteSet({{.stack = 1, .functions = "a", .liveBytes = 10, .liveBlocks = 1}}));
  ASSERT_EQ(leaks.rowCount(), 1);
  model.setSites(siteSet({{.stack = 1, .functions = "a"}}));
  EXPECT_EQ(leaks.rowCount(), 0);
}

TEST_F(FilteredSites, RowsMoveOnlyWhereTheOrderIsAnother) {
  const auto moment = [](quint64 b) {
    return siteSet({{.stack = 1, .functions = "a", .liveBytes = 10, .liveBlocks = 1},
                    {.stack = 2, .functions = "b", .liveBytes = b, .liveBlocks = 1},
                    {.stack = 3, .functions = "c", .liveBytes = 30, .liveBlocks = 1}});
  };
  leaks.sort(SiteModel::LiveBytes, Qt::DescendingOrder);
  model.setSites(moment(20));
  ASSERT_EQ(functions(leaks), "c,b,a");
  const QSignalSpy moved(&leaks, &QAbstractItemModel::layoutChanged);
  const QSignalSpy resets(&leaks, &QAbstractItemModel::modelReset);
  const QSignalSpy changed(&leaks, &QAbstractItemModel::dataChanged);
  model.setSites(moment(25));
  EXPECT_EQ(moved.count(), 0) << "b is still between the others";
  ASSERT_EQ(changed.count(), 1);
  EXPECT_EQ(changed[0][0].toModelIndex().row(), 1);
  EXPECT_EQ(changed[0][1].toModelIndex().row(), 1);
  model.setSites(moment(35));
  EXPECT_EQ(moved.count(), 1);
  EXPECT_EQ(functions(leaks), "b,c,a");
  model.setSites(moment(35));
  EXPECT_EQ(moved.count(), 1);
  EXPECT_EQ(changed.count(), 2);
  EXPECT_EQ(resets.count(), 0);
}

TEST_F(FilteredSites, OtherNumbersMoveNoRowOfAnOrderByName) {
  const auto moment = [](quint64 live, quint64 namesVersion, const QString& second) {
    return siteSet({{.stack = 1, .functions = "b", .liveBytes = live, .liveBlocks = 1},
                    {.stack = 2, .functions = second, .liveBytes = 20, .liveBlocks = 1}},
                   1, namesVersion);
  };
  leaks.sort(SiteModel::Function, Qt::AscendingOrder);
  model.setSites(moment(1, 1, "c"));
  const QSignalSpy moved(&leaks, &QAbstractItemModel::layoutChanged);
  model.setSites(moment(99, 1, "c"));
  EXPECT_EQ(moved.count(), 0);
  EXPECT_EQ(functions(leaks), "b,c");
  model.setSites(moment(99, 2, "a"));
  EXPECT_EQ(functions(leaks), "a,b") << "another name is another place";
}

TEST_F(FilteredSites, RowsComeGoAndMoveInOneRefresh) {
  leaks.sort(SiteModel::LiveBytes, Qt::DescendingOrder);
  model.setSites(siteSet({{.stack = 1, .functions = "a", .liveBytes = 10, .liveBlocks = 1},
                          {.stack = 2, .functions = "b", .liveBytes = 20, .liveBlocks = 1},
                          {.stack = 3, .functions = "c"},
                          {.stack = 4, .functions = "d", .liveBytes = 40, .liveBlocks = 1}}));
  ASSERT_EQ(functions(leaks), "d,b,a");
  model.setSites(siteSet({{.stack = 1, .functions = "a", .liveBytes = 99, .liveBlocks = 1},
                          {.stack = 2, .functions = "b"},
                          {.stack = 3, .functions = "c", .liveBytes = 70, .liveBlocks = 1},
                          {.stack = 4, .functions = "d", .liveBytes = 40, .liveBlocks = 1},
                          {.stack = 5, .functions = "e", .liveBytes = 50, .liveBlocks = 1}}));
  EXPECT_EQ(functions(leaks), "a,c,e,d");
  EXPECT_EQ(all.rowCount(), 5);
}

TEST_F(FilteredSites, OutlivesItsSourceWithoutRows) {
  auto source = std::make_unique<SiteModel>();
  SiteFilterModel filter(*source, Show::AllSites);
  source->setSites(siteSet({{.stack = 1, .functions = "a"}}));
  ASSERT_EQ(filter.rowCount(), 1);
  source.reset();
  EXPECT_EQ(filter.rowCount(), 0);
  EXPECT_FALSE(filter.headerData(0, Qt::Horizontal, Qt::DisplayRole).isValid());
}

TEST_F(FilteredSites, FollowsTensOfThousandsOfSites) {
  const auto moment = [](quint64 turn) {
    std::vector<SiteText> texts;
    for (quint64 stack = 0; stack < 30'000; ++stack) {
      const quint64 live = (stack * 7'919 + turn * 104'729) % 1'000;
      texts.push_back({.stack = stack,
                       .functions = "f;main",
                       .liveBytes = 100 * live,
                       .liveBlocks = live > 500 ? live : 0});
    }
    return siteSet(texts);
  };
  leaks.sort(SiteModel::LiveBytes, Qt::DescendingOrder);
  const auto bytes = [&](int row) { return model.numbersAt(leaks.sourceRow(row)).liveBytes; };
  for (quint64 turn = 0; turn < 3; ++turn) {
    const Sites sites = moment(turn);
    model.setSites(sites);
    const auto live = std::count_if(sites->numbers().begin(), sites->numbers().end(),
                                    [](const SiteNumbers& site) { return site.liveBlocks > 0; });
    ASSERT_EQ(leaks.rowCount(), live);
    for (int row = 1; row < leaks.rowCount(); ++row) ASSERT_GE(bytes(row - 1), bytes(row));
  }
}

}  // namespace
}  // namespace heaptap::gui
