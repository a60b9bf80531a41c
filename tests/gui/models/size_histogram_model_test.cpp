// SPDX-License-Identifier: Apache-2.0
#include "gui/models/sites/size_histogram_model.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>

namespace heaptap::gui {
namespace {

TEST(SizeHistogramModel, ShowsRangesCountsAndBars) {
  SizeHistogramModel model;
  const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
  model.setSizes({{.minBytes = 16, .maxBytes = 31, .allocations = 4'000, .liveBlocks = 1'000},
                  {.minBytes = 1'024, .maxBytes = 2'047, .allocations = 1'000, .liveBlocks = 0}});
  ASSERT_EQ(model.rowCount(), 2);
  const auto cell = [&](int row, int column, int role = Qt::DisplayRole) {
    return model.index(row, column).data(role);
  };
  EXPECT_EQ(cell(0, SizeHistogramModel::Sizes), "16-31 B");
  EXPECT_EQ(cell(0, SizeHistogramModel::Allocations), "4,000");
  EXPECT_EQ(cell(0, SizeHistogramModel::LiveBlocks), "1,000");
  EXPECT_EQ(cell(1, SizeHistogramModel::Sizes), "1-2 KiB");
  EXPECT_EQ(cell(0, SizeHistogramModel::Bar, SizeHistogramModel::ShareRole), 1.0);
  EXPECT_EQ(cell(0, SizeHistogramModel::Bar, SizeHistogramModel::LiveShareRole), 0.25);
  EXPECT_EQ(cell(1, SizeHistogramModel::Bar, SizeHistogramModel::ShareRole), 0.25);
  model.setSizes({{.minBytes = 16, .maxBytes = 31, .allocations = 4'000, .liveBlocks = 0}}, true);
  EXPECT_EQ(cell(0, SizeHistogramModel::Allocations), "≈ 4,000");
  EXPECT_EQ(cell(0, SizeHistogramModel::LiveBlocks), "0");
  model.setSizes({});
  EXPECT_EQ(model.rowCount(), 0);
}

}  // namespace
}  // namespace heaptap::gui
