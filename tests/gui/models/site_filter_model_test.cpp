// SPDX-License-Identifier: Apache-2.0
#include "gui/models/site_filter_model.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QItemSelectionModel>

#include "tests/gui/site_set.h"

namespace heaptap::gui {
namespace {

using Show = SiteFilterModel::Show;
using test::siteSet;
using test::SiteText;

class SiteFilter : public testing::Test {
 protected:
  static QString functions(const SiteFilterModel& filter) {
    QStringList names;
    for (int row = 0; row < filter.rowCount(); ++row) names << filter.siteAt(row).function;
    return names.join(',');
  }

  SiteModel model;
  SiteFilterModel all{model, Show::AllSites};
  SiteFilterModel leaks{model, Show::SitesWithLiveBlocks};
  QAbstractItemModelTester allTester{&all, QAbstractItemModelTester::FailureReportingMode::Fatal};
  QAbstractItemModelTester leaksTester{&leaks, QAbstractItemModelTester::FailureReportingMode::Fatal};
};

TEST_F(SiteFilter, SortsNumbersByValueNotByText) {
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

TEST_F(SiteFilter, LeaksAreTheSitesWithLiveBlocks) {
  model.setSites(siteSet({{.stack = 1, .functions = "clean"},
                          {.stack = 2, .functions = "leaky", .liveBytes = 0, .liveBlocks = 1}}));
  EXPECT_EQ(functions(leaks), "leaky");
  EXPECT_EQ(all.rowCount(), 2);
}

TEST_F(SiteFilter, MatchesAnyLineOfTheStackInAnyCase) {
  model.setSites(siteSet(
      {{.stack = 1, .functions = "alloc;Parser;main"}, {.stack = 2, .functions = "alloc;Render;main"}}));
  all.setText("PARSER");
  ASSERT_EQ(all.rowCount(), 1);
  EXPECT_EQ(all.siteAt(0).stack, 1U);
  all.setText("render.cpp");
  ASSERT_EQ(all.rowCount(), 1);
  EXPECT_EQ(all.siteAt(0).stack, 2U);
  all.setText("/bin/program");
  EXPECT_EQ(all.rowCount(), 2);
  all.setText("nowhere");
  EXPECT_EQ(all.rowCount(), 0);
  all.setText({});
  EXPECT_EQ(all.rowCount(), 2);
}

TEST_F(SiteFilter, AppliesToSitesThatComeLater) {
  model.setSites(siteSet({{.stack = 1, .functions = "parse"}}));
  all.setText("render");
  EXPECT_EQ(all.rowCount(), 0);
  model.setSites(siteSet({{.stack = 1, .functions = "parse"}, {.stack = 2, .functions = "x;render"}}));
  EXPECT_EQ(all.rowCount(), 1);
}

TEST_F(SiteFilter, TheSelectionStaysOnItsSiteWhileTheOrderChanges) {
  model.setSites(siteSet({{.stack = 1, .functions = "a", .liveBytes = 10, .liveBlocks = 1},
                          {.stack = 2, .functions = "b", .liveBytes = 20, .liveBlocks = 1}}));
  leaks.sort(SiteModel::LiveBytes, Qt::DescendingOrder);
  QItemSelectionModel selection(&leaks);
  selection.setCurrentIndex(leaks.index(1, 0),
                            QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
  ASSERT_EQ(leaks.siteAt(1).stack, 1U);
  model.setSites(siteSet({{.stack = 1, .functions = "a", .liveBytes = 99, .liveBlocks = 2},
                          {.stack = 2, .functions = "b", .liveBytes = 20, .liveBlocks = 1},
                          {.stack = 3, .functions = "c", .liveBytes = 50, .liveBlocks = 1}}));
  EXPECT_EQ(functions(leaks), "a,c,b");
  EXPECT_EQ(selection.currentIndex().row(), 0);
  EXPECT_TRUE(selection.isRowSelected(0, {}));
}

TEST_F(SiteFilter, ASiteThatIsFreedLeavesTheLeaks) {
  model.setSites(siteSet({{.stack = 1, .functions = "a", .liveBytes = 10, .liveBlocks = 1}}));
  ASSERT_EQ(leaks.rowCount(), 1);
  model.setSites(siteSet({{.stack = 1, .functions = "a"}}));
  EXPECT_EQ(leaks.rowCount(), 0);
}

TEST_F(SiteFilter, FollowsTensOfThousandsOfSites) {
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
  for (quint64 turn = 0; turn < 3; ++turn) {
    const Sites sites = moment(turn);
    model.setSites(sites);
    const auto live = std::count_if(sites->sites.begin(), sites->sites.end(),
                                    [](const Site& site) { return site.liveBlocks > 0; });
    ASSERT_EQ(leaks.rowCount(), live);
    for (int row = 1; row < leaks.rowCount(); ++row)
      ASSERT_GE(leaks.siteAt(row - 1).liveBytes, leaks.siteAt(row).liveBytes);
  }
}

}  // namespace
}  // namespace heaptap::gui
