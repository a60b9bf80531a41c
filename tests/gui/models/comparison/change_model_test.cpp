// SPDX-License-Identifier: Apache-2.0
#include "gui/models/comparison/change_model.h"

#include <gtest/gtest.h>

#include "gui/models/comparison/summary_change_model.h"
#include "tests/gui/site_set.h"

namespace heaptap::gui {
namespace {

/// Before: parse 100, render 4,096. After: parse 300, grow 50.
ComparisonPtr twoRuns() {
  SessionComparison comparison;
  comparison.before = "program, yesterday";
  comparison.after = "program, today";
  comparison.beforeSites =
      test::siteSet({{.stack = 1, .functions = "parse;main"}, {.stack = 2, .functions = "render;main"}});
  comparison.afterSites = test::siteSet({{.stack = 7, .functions = "parse;main"},
                                         {.stack = 8, .functions = "grow;main"},
                                         {.stack = 9, .functions = "wobble;main"}});
  comparison.sites = {
      {.number = {.before = 100, .after = 300}, .kind = ChangeKind::Grew, .isOfAfter = true, .row = 0},
      {.number = {.before = 0, .after = 50}, .kind = ChangeKind::New, .isOfAfter = true, .row = 1},
      {.number = {.before = 4'096, .after = 0}, .kind = ChangeKind::Gone, .isOfAfter = false, .row = 1},
      {.number = {.before = 10, .after = 12, .noise = 5},
       .kind = ChangeKind::Noise,
       .isOfAfter = true,
       .row = 2},
  };
  comparison.summary = {{.name = "left", .number = {.before = 4'206, .after = 362}, .isBytes = true},
                        {.name = "blocks", .number = {.before = 3, .after = 3}, .isBytes = false}};
  return std::make_shared<const SessionComparison>(std::move(comparison));
}

QString rowsOf(const ChangeModel& model) {
  QStringList rows;
  for (int row = 0; row < model.rowCount(); ++row)
    rows << model.index(row, ChangeModel::Kind).data().toString() + ' ' +
                model.index(row, ChangeModel::Function).data().toString().section(' ', 0, 0) + ' ' +
                model.index(row, ChangeModel::Change).data().toString();
  return rows.join(" | ");
}

TEST(ChangesOfSites, ComeAsTheComparisonOrdersThem) {
  ChangeModel model;
  model.setComparison(twoRuns());
  EXPECT_EQ(rowsOf(model), "grew parse +200 B | new grow +50 B | gone render -4.00 KiB | noise wobble +2 B");
  model.sort(ChangeModel::Change, Qt::AscendingOrder);
  EXPECT_EQ(rowsOf(model), "noise wobble +2 B | gone render -4.00 KiB | new grow +50 B | grew parse +200 B");
  model.sort(ChangeModel::Before, Qt::DescendingOrder);
  EXPECT_EQ(rowsOf(model), "gone render -4.00 KiB | grew parse +200 B | noise wobble +2 B | new grow +50 B");
  model.sort(ChangeModel::Function, Qt::AscendingOrder);
  EXPECT_EQ(rowsOf(model), "new grow +50 B | grew parse +200 B | gone render -4.00 KiB | noise wobble +2 B");
}

TEST(ChangesOfSites, AreFilteredByTheStackOfTheSideThatIsShown) {
  ChangeModel model;
  model.setFilter("RENDER");
  model.setComparison(twoRuns());
  EXPECT_EQ(rowsOf(model), "gone render -4.00 KiB");
  model.setFilter("main");
  EXPECT_EQ(model.rowCount(), 4);
  model.setFilter("nothing of the kind");
  EXPECT_EQ(model.rowCount(), 0);
  model.setComparison(nullptr);
  model.setFilter({});
  EXPECT_EQ(model.rowCount(), 0);
}

TEST(ChangesOfSites, HaveBarsByTheLargestAndTellBothNumbers) {
  ChangeModel model;
  model.setComparison(twoRuns());
  EXPECT_DOUBLE_EQ(model.index(2, ChangeModel::Bar).data(ChangeModel::ShareRole).toDouble(), -1);
  EXPECT_DOUBLE_EQ(model.index(0, ChangeModel::Bar).data(ChangeModel::ShareRole).toDouble(), 200.0 / 4'096);
  EXPECT_TRUE(model.index(3, ChangeModel::Kind).data(ChangeModel::DimmedRole).toBool());
  EXPECT_TRUE(model.index(0, ChangeModel::Change)
                  .data(Qt::ToolTipRole)
                  .toString()
                  .contains("from 100 bytes to 300 bytes, +200.0 %"));
  EXPECT_TRUE(
      model.index(3, ChangeModel::Bar).data(Qt::ToolTipRole).toString().contains("varies by 5 bytes"));
  EXPECT_EQ(model.index(2, ChangeModel::Bar).data(Qt::AccessibleTextRole), "-4.00 KiB")
      << "a bar is not read out as nothing";
}

TEST(ChangesOfSummaries, HaveBothSidesAndTheDifference) {
  SummaryChangeModel model;
  EXPECT_EQ(model.rowCount(), 0);
  model.setComparison(twoRuns());
  const auto cell = [&](int row, int column) { return model.index(row, column).data().toString(); };
  EXPECT_EQ(cell(SummaryChangeModel::Before, 0), "4.11 KiB");
  EXPECT_EQ(cell(SummaryChangeModel::After, 0), "362 B");
  EXPECT_EQ(cell(SummaryChangeModel::Difference, 0), "-3.75 KiB");
  EXPECT_EQ(cell(SummaryChangeModel::Difference, 1), "0");
  EXPECT_EQ(model.headerData(1, Qt::Horizontal, Qt::DisplayRole), "blocks");
  EXPECT_EQ(model.index(SummaryChangeModel::Difference, 0).data(SummaryChangeModel::GrewRole), -1);
  EXPECT_EQ(model.index(SummaryChangeModel::Difference, 1).data(SummaryChangeModel::GrewRole), 0);
}

}  // namespace
}  // namespace heaptap::gui
