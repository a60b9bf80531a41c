// SPDX-License-Identifier: Apache-2.0
#include "gui/models/marks/mark_model.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QPersistentModelIndex>
#include <QSignalSpy>

namespace heaptap::gui {
namespace {

Mark mark(const QString& name, quint64 atNs, quint64 liveBytes) {
  return {.name = name, .atNs = atNs, .liveBytes = {liveBytes}, .liveBlocks = 2, .allocations = 7};
}

class MarkModelOf : public testing::Test {
 protected:
  QString cell(int row, int column, int role = Qt::DisplayRole) const {
    return model.index(row, column).data(role).toString();
  }

  MarkModel model;
  QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::Fatal};
};

TEST_F(MarkModelOf, ShowsTheHeapAtEachAndWhatHasCome) {
  model.setMarks({mark("loaded", 1'000'000, 4'096), mark("parsed", 2'000'000, 10'240),
                  mark("dropped", 3'000'000, 1'024)});
  EXPECT_EQ(cell(0, MarkModel::After), "1.00 ms");
  EXPECT_EQ(cell(0, MarkModel::Name), "loaded");
  EXPECT_EQ(cell(0, MarkModel::LiveBytes), "4.00 KiB");
  EXPECT_EQ(cell(0, MarkModel::Growth), "+4.00 KiB");
  EXPECT_EQ(cell(1, MarkModel::Growth), "+6.00 KiB");
  EXPECT_EQ(cell(2, MarkModel::Growth), "−9.00 KiB");
  EXPECT_EQ(cell(2, MarkModel::LiveBlocks), "2");
  EXPECT_EQ(cell(2, MarkModel::Allocations), "7");
}

TEST_F(MarkModelOf, MarksEstimatesAsSuch) {
  Mark sampled = mark("loaded", 1, 4'096);
  sampled.liveBytes.error = 410;
  model.setMarks({sampled});
  EXPECT_EQ(cell(0, MarkModel::LiveBytes), "≈4.00 KiB ±10%");
  EXPECT_EQ(cell(0, MarkModel::Growth), "≈ +4.00 KiB");
  EXPECT_EQ(cell(0, MarkModel::LiveBlocks), "≈ 2");
  EXPECT_EQ(cell(0, MarkModel::Allocations), "7") << "exact all the same";
  EXPECT_TRUE(cell(0, MarkModel::Name, Qt::ToolTipRole).contains("≈ 4.00 KiB ± 410 B live in ≈ 2 blocks"));
}

TEST_F(MarkModelOf, NamesSnapshotsAndWhatHasNoName) {
  Mark snapshot = mark("", 1, 1);
  snapshot.isSnapshot = true;
  model.setMarks({snapshot, mark("two\nlines", 2, 1)});
  EXPECT_EQ(cell(0, MarkModel::Name), "(no name)  (snapshot)");
  EXPECT_EQ(cell(1, MarkModel::Name), "two lines");
}

TEST_F(MarkModelOf, ANewMarkKeepsTheSelection) {
  model.setMarks({mark("loaded", 1, 1)});
  const QPersistentModelIndex first(model.index(0, MarkModel::Name));
  const QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
  model.setMarks({mark("loaded", 1, 1), mark("parsed", 2, 1)});
  EXPECT_EQ(resets.count(), 0);
  EXPECT_TRUE(first.isValid());
  EXPECT_EQ(model.rowCount(), 2);
  model.setMarks({mark("another session", 1, 1)});
  EXPECT_EQ(resets.count(), 1);
  EXPECT_EQ(cell(0, MarkModel::Name), "another session");
}

TEST_F(MarkModelOf, EveryColumnIsExplained) {
  for (int column = 0; column < MarkModel::ColumnCount; ++column)
    EXPECT_TRUE(model.headerData(column, Qt::Horizontal, Qt::ToolTipRole).toString().endsWith('.')) << column;
}

}  // namespace
}  // namespace heaptap::gui
