// SPDX-License-Identifier: Apache-2.0
#include "gui/models/findings/finding_model.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QPersistentModelIndex>
#include <QSignalSpy>

#include "gui/models/findings/finding_filter_model.h"
#include "tests/gui/finding_list.h"

namespace heaptap::gui {
namespace {

using test::doubleFree;
using test::findingList;
using test::mismatchedFree;
using test::unknownFree;

class FindingModelOf : public testing::Test {
 protected:
  QString cell(int row, int column) const { return model.index(row, column).data().toString(); }

  FindingModel model;
  FindingFilterModel filter{model};
  QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::Fatal};
};

TEST_F(FindingModelOf, SaysWhatHowOftenAndWhere) {
  model.setFindings(findingList({mismatchedFree(1'200)}));
  EXPECT_EQ(cell(0, FindingModel::What), "mismatched free: operator new[], then free");
  EXPECT_EQ(cell(0, FindingModel::Times), "1,200");
  EXPECT_EQ(cell(0, FindingModel::Size), "160 B");
  EXPECT_EQ(cell(0, FindingModel::Where), "clear ← worker");
  EXPECT_EQ(cell(0, FindingModel::Location), "src/clear.cpp:12");
}

TEST_F(FindingModelOf, UnknownIsNotZero) {
  model.setFindings(findingList({unknownFree()}));
  EXPECT_EQ(cell(0, FindingModel::Size), "");
  EXPECT_EQ(cell(0, FindingModel::Where), "(no stack was recorded)");
}

TEST_F(FindingModelOf, TellsNoneFromNotKnownYet) {
  EXPECT_FALSE(model.isKnown());
  model.setFindings(findingList({}));
  EXPECT_TRUE(model.isKnown());
  EXPECT_EQ(model.rowCount(), 0);
  model.clear();
  EXPECT_FALSE(model.isKnown());
}

TEST_F(FindingModelOf, ARefreshKeepsTheRows) {
  model.setFindings(findingList({doubleFree(1), unknownFree()}));
  const QPersistentModelIndex first(model.index(0, FindingModel::Times));
  const QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
  // The order of the answer follows the counts.
  model.setFindings(findingList({mismatchedFree(9), doubleFree(5), unknownFree()}));
  EXPECT_EQ(resets.count(), 0);
  ASSERT_TRUE(first.isValid());
  EXPECT_EQ(first.data(), "5");
  ASSERT_EQ(model.rowCount(), 3);
  EXPECT_EQ(cell(2, FindingModel::Times), "9");
}

TEST_F(FindingModelOf, ARefreshTellsOfWhatHasChangedOnly) {
  model.setFindings(findingList({}));
  const QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
  const QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
  model.setFindings(findingList({}));
  EXPECT_EQ(resets.count(), 0);
  model.setFindings(findingList({mismatchedFree(9), doubleFree(5)}));
  model.setFindings(findingList({mismatchedFree(9), doubleFree(5)}));
  EXPECT_EQ(changed.count(), 0);
  model.setFindings(findingList({mismatchedFree(9), doubleFree(6)}));
  ASSERT_EQ(changed.count(), 1);
  EXPECT_EQ(changed[0][0].toModelIndex().row(), 1);
}

TEST_F(FindingModelOf, AFindingThatNamesHaveClearedUpGoes) {
  model.setFindings(findingList({doubleFree(), mismatchedFree()}));
  model.setFindings(findingList({doubleFree()}));
  ASSERT_EQ(model.rowCount(), 1);
  EXPECT_EQ(cell(0, FindingModel::What), "double free");
}

TEST_F(FindingModelOf, IsFoundByAnyOfItsStacksAndByItsWords) {
  model.setFindings(findingList({doubleFree(), mismatchedFree(), unknownFree()}));
  for (const char* text : {"makeNode", "DROPTREE", "dropNode.cpp", "double"}) {
    filter.setFilter(text);
    ASSERT_EQ(filter.rowCount(), 1) << text;
    EXPECT_EQ(filter.findingAt(0).kind, FindingKind::DoubleFree) << text;
  }
  filter.setFilter({});
  EXPECT_EQ(filter.rowCount(), 3);
}

TEST_F(FindingModelOf, SortsByPlainNumbers) {
  model.setFindings(findingList({doubleFree(9), mismatchedFree(10'000), unknownFree()}));
  filter.sort(FindingModel::Times, Qt::DescendingOrder);
  EXPECT_EQ(filter.findingAt(0).count, 10'000U);
  EXPECT_EQ(filter.findingAt(2).count, 1U);
}

TEST_F(FindingModelOf, EveryColumnIsExplained) {
  for (int column = 0; column < FindingModel::ColumnCount; ++column)
    EXPECT_TRUE(model.headerData(column, Qt::Horizontal, Qt::ToolTipRole).toString().endsWith('.')) << column;
}

TEST(FindingText, SaysWhenAndByWhom) {
  EXPECT_EQ(circumstancesText(doubleFree()),
            "once  ·  first after 1.00 ms in thread 4711  ·  address 0x1000, a block of 24 bytes");
  EXPECT_EQ(
      circumstancesText(mismatchedFree()),
      "3 times  ·  first after 2.00 ms in thread 4712 (worker)  ·  address 0x2000, a block of 160 bytes");
}

}  // namespace
}  // namespace heaptap::gui
