// SPDX-License-Identifier: Apache-2.0
#include "gui/models/heap_model.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QSignalSpy>

namespace heaptap::gui {
namespace {

Heap mappings(quint64 liveBytes) {
  return {.id = 1,
          .name = "mappings",
          .allocations = 12,
          .frees = 4,
          .allocatedBytes = 1U << 20,
          .liveBlocks = 8,
          .liveBytes = liveBytes,
          .peakBytes = 1U << 19,
          .peakAtNs = 1'000'000};
}

TEST(HeapModel, ShowsEachHeapWithItsNumbers) {
  HeapModel model;
  const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
  model.setHeaps({mappings(4'096)});
  const auto cell = [&](int column) { return model.index(0, column).data().toString(); };
  EXPECT_EQ(cell(HeapModel::Name), "mappings");
  EXPECT_EQ(cell(HeapModel::LiveBytes), "4.00 KiB");
  EXPECT_EQ(cell(HeapModel::PeakBytes), "512 KiB");
  EXPECT_EQ(cell(HeapModel::PeakAt), "1.00 ms");
  EXPECT_EQ(cell(HeapModel::Allocations), "12");
  EXPECT_EQ(cell(HeapModel::Frees), "4");

  const QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
  model.setHeaps({mappings(8'192)});
  EXPECT_EQ(resets.count(), 0) << "a refresh keeps the selection";
  EXPECT_EQ(cell(HeapModel::LiveBytes), "8.00 KiB");
}

TEST(HeapModel, AHeapThatComesLaterLeavesTheOthersAsTheyAre) {
  HeapModel model;
  const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
  Heap arena = mappings(64);
  arena.id = 5;
  arena.name = "arena";
  model.setHeaps({arena});
  const QPersistentModelIndex kept(model.index(0, HeapModel::Name));
  const QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
  const QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
  model.setHeaps({mappings(4'096), arena});
  EXPECT_EQ(resets.count(), 0);
  EXPECT_EQ(changed.count(), 0);
  EXPECT_EQ(kept.row(), 1);
  EXPECT_EQ(kept.data(), "arena");
}

TEST(HeapModel, EveryColumnIsExplained) {
  const HeapModel model;
  for (int column = 0; column < HeapModel::ColumnCount; ++column)
    EXPECT_TRUE(model.headerData(column, Qt::Horizontal, Qt::ToolTipRole).toString().endsWith('.')) << column;
}

}  // namespace
}  // namespace heaptap::gui
