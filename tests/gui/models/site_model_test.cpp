// SPDX-License-Identifier: Apache-2.0
#include "gui/models/sites/site_model.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QPersistentModelIndex>
#include <QSignalSpy>

#include "tests/gui/site_set.h"

namespace heaptap::gui {
namespace {

using test::siteSet;

class SiteModelOf : public testing::Test {
 protected:
  QVariant cell(int row, int column, int role = Qt::DisplayRole) const {
    return model.index(row, column).data(role);
  }

  SiteModel model;
  QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::Fatal};
};

TEST_F(SiteModelOf, ShowsNumbersForPeopleAndSortsByPlainOnes) {
  model.setSites(siteSet({{.stack = 7,
                           .functions = "parse;run;main",
                           .liveBytes = 3'145'728,
                           .liveBlocks = 12'000,
                           .allocations = 1'000'000,
                           .peakBytes = 2'048,
                           .temporaries = 5}}));
  EXPECT_EQ(cell(0, SiteModel::LiveBytes), "3.00 MiB");
  EXPECT_EQ(cell(0, SiteModel::LiveBlocks), "12,000");
  EXPECT_EQ(cell(0, SiteModel::Allocations), "1,000,000");
  EXPECT_EQ(cell(0, SiteModel::PeakBytes), "2.00 KiB");
  EXPECT_EQ(cell(0, SiteModel::Function), "parse ← run ← main");
  EXPECT_EQ(cell(0, SiteModel::Location), "src/parse.cpp:12");
  EXPECT_EQ(cell(0, SiteModel::LiveBytes, SiteModel::SortRole), QVariant(3'145'728ULL));
  EXPECT_EQ(cell(0, SiteModel::Function, SiteModel::StackRole), QVariant(7ULL));
  EXPECT_TRUE(cell(0, SiteModel::LiveBytes, Qt::ToolTipRole).toString().contains("3,145,728 bytes"));
}

TEST_F(SiteModelOf, AlignsNumbersRight) {
  model.setSites(siteSet({{.stack = 1, .functions = "f"}}));
  const auto alignment = [&](int column) { return cell(0, column, Qt::TextAlignmentRole).toInt(); };
  for (int column = 0; column < SiteModel::ColumnCount; ++column)
    EXPECT_EQ(bool(alignment(column) & Qt::AlignRight), SiteModel::isNumber(column)) << column;
}

TEST_F(SiteModelOf, ShowsASiteWithoutAStack) {
  model.setSites(siteSet({{.stack = 0, .functions = {}, .liveBytes = 1}}));
  EXPECT_EQ(cell(0, SiteModel::Function), "(no stack was recorded)");
}

TEST_F(SiteModelOf, ARefreshKeepsTheRowsOfItsSites) {
  model.setSites(siteSet(
      {{.stack = 1, .functions = "a", .liveBytes = 10}, {.stack = 2, .functions = "b", .liveBytes = 20}}));
  const QPersistentModelIndex b(model.index(1, SiteModel::LiveBytes));
  const QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
  model.setSites(siteSet({{.stack = 1, .functions = "a", .liveBytes = 10},
                          {.stack = 2, .functions = "b", .liveBytes = 99},
                          {.stack = 3, .functions = "c", .liveBytes = 5}}));
  EXPECT_EQ(resets.count(), 0);
  ASSERT_TRUE(b.isValid());
  EXPECT_EQ(b.data(), "99 B");
  EXPECT_EQ(model.rowCount(), 3);
  EXPECT_EQ(cell(0, SiteModel::Function), "a");
  EXPECT_EQ(cell(2, SiteModel::Function), "c");
}

/// The rows that were announced of, a range each: "0-0 2-3".
QString rowsTold(const QSignalSpy& spy) {
  QStringList ranges;
  for (const QList<QVariant>& signal : spy)
    ranges << QStringLiteral("%1-%2").arg(signal[0].toModelIndex().row()).arg(signal[1].toModelIndex().row());
  return ranges.join(' ');
}

TEST_F(SiteModelOf, ARefreshTellsOfWhatHasChangedOnly) {
  const auto moment = [](quint64 b, quint64 d, quint64 namesVersion) {
    return siteSet({{.stack = 1, .functions = "a", .liveBytes = 1},
                    {.stack = 2, .functions = "b", .liveBytes = b},
                    {.stack = 3, .functions = "c", .liveBytes = b},
                    {.stack = 4, .functions = "d", .liveBytes = d}},
                   1, namesVersion);
  };
  model.setSites(moment(2, 4, 1));
  const QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
  model.setSites(moment(2, 4, 1));
  EXPECT_EQ(rowsTold(changed), "") << "nothing has changed";
  model.setSites(moment(7, 4, 1));
  EXPECT_EQ(rowsTold(changed), "1-2");
  model.setSites(moment(7, 9, 1));
  EXPECT_EQ(rowsTold(changed), "1-2 3-3");
  model.setSites(moment(7, 9, 2));
  EXPECT_EQ(rowsTold(changed), "1-2 3-3 0-3") << "any row may have another name";
  EXPECT_EQ(changed.last()[0].toModelIndex().column(), SiteModel::Function);
}

TEST_F(SiteModelOf, MakesNoDetailsOfWhatIsNotLookedAt) {
  const auto sites = siteSet({{.stack = 1, .functions = "a"}, {.stack = 2, .functions = "b"}});
  model.setSites(sites);
  EXPECT_EQ(cell(1, SiteModel::Function), "b");
  EXPECT_EQ(sites->detailed, 0);
}

TEST_F(SiteModelOf, AnotherSeriesReplacesEverything) {
  model.setSites(siteSet({{.stack = 1, .functions = "a"}}));
  const QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
  model.setSites(siteSet({{.stack = 1, .functions = "z"}}, 2));
  EXPECT_EQ(resets.count(), 1);
  EXPECT_EQ(cell(0, SiteModel::Function), "z");
}

TEST_F(SiteModelOf, AnotherSessionReplacesEverything) {
  model.setSites(siteSet({{.stack = 1, .functions = "a"}, {.stack = 2, .functions = "b"}}));
  const QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
  model.clear();
  EXPECT_EQ(model.rowCount(), 0);
  model.setSites(siteSet({{.stack = 9, .functions = "z"}}));
  EXPECT_EQ(resets.count(), 2);
  EXPECT_EQ(cell(0, SiteModel::Function), "z");
}

TEST_F(SiteModelOf, NamesWhatIsLeftByHowTheProcessEnded) {
  EXPECT_EQ(model.headerData(SiteModel::LiveBytes, Qt::Horizontal, Qt::DisplayRole), "Live");
  model.setRemains(Remains::Leaked);
  EXPECT_EQ(model.headerData(SiteModel::LiveBytes, Qt::Horizontal, Qt::DisplayRole), "Left at end");
}

TEST_F(SiteModelOf, EveryColumnIsExplained) {
  for (int column = 0; column < SiteModel::ColumnCount; ++column)
    EXPECT_TRUE(model.headerData(column, Qt::Horizontal, Qt::ToolTipRole).toString().endsWith('.')) << column;
}

TEST_F(SiteModelOf, ATipShowsMarkupInNamesAsText) {
  model.setSites(siteSet({{.stack = 1, .functions = "f<img src=x>"}}));
  EXPECT_TRUE(cell(0, SiteModel::Function, Qt::ToolTipRole).toString().contains("f&lt;img src=x&gt;"));
}

}  // namespace
}  // namespace heaptap::gui
