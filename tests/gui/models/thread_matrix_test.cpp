// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "gui/models/table_csv.h"
#include "gui/models/threads/thread_matrix_model.h"

namespace heaptap::gui {
namespace {

TEST(ThreadMatrix, PutsTheBusiestThreadsFirstAndWhatWasNotFreedLast) {
  const ThreadMatrix matrix = threadMatrixOf({{.allocatedBy = 0, .freedBy = 1, .sum = {2, 100}},
                                              {.allocatedBy = 1, .freedBy = 1, .sum = {1, 900}},
                                              {.allocatedBy = 0, .freedBy = std::nullopt, .sum = {3, 30}},
                                              {.allocatedBy = std::nullopt, .freedBy = 0, .sum = {1, 7}}},
                                             {"reader", "worker"});
  ASSERT_EQ(matrix.allocated.size(), 3U);
  EXPECT_EQ(matrix.allocated[0], (ThreadMatrix::Line{"worker", {1, 900}}));
  EXPECT_EQ(matrix.allocated[1], (ThreadMatrix::Line{"reader", {5, 130}}));
  EXPECT_EQ(matrix.allocated[2].name, "allocated before");
  ASSERT_EQ(matrix.freed.size(), 3U);
  EXPECT_EQ(matrix.freed[0].name, "worker");
  EXPECT_EQ(matrix.freed[2], (ThreadMatrix::Line{"not freed", {3, 30}}));
  EXPECT_EQ(matrix.cell(1, 0), (BlockSum{2, 100}));
  EXPECT_EQ(matrix.cell(2, 1), (BlockSum{1, 7}));
  EXPECT_EQ(matrix.cell(0, 1), BlockSum());
}

TEST(ThreadMatrix, OfThousandsOfThreadsTheSmallestShareALine) {
  std::vector<ThreadFlow> flows;
  std::vector<QString> names;
  BlockSum all;
  for (quint32 thread = 0; thread < 3'000; ++thread) {
    flows.push_back({.allocatedBy = thread, .freedBy = (thread * 7) % 3'000, .sum = {1, thread + 1}});
    names.push_back(QStringLiteral("t%1").arg(thread));
    all += flows.back().sum;
  }
  const ThreadMatrix matrix = threadMatrixOf(flows, names);
  EXPECT_EQ(matrix.allocated.size(), kMostThreadLines + 1);
  EXPECT_EQ(matrix.freed.size(), kMostThreadLines + 2);
  EXPECT_EQ(matrix.allocated.back().name, "other threads");
  BlockSum sum;
  for (const BlockSum& cell : matrix.cells) sum += cell;
  EXPECT_EQ(sum, all) << "nothing is lost";
}

TEST(ThreadMatrixModel, ShowsBytesOrBlocks) {
  ThreadMatrixModel model;
  model.setMatrix(threadMatrixOf({{.allocatedBy = 0, .freedBy = 0, .sum = {4, 2'048}}}, {"main"}));
  EXPECT_EQ(model.index(0, 0).data(), "2.00 KiB");
  EXPECT_EQ(model.index(0, 1).data(), "") << "nothing is no zero";
  EXPECT_EQ(model.headerData(0, Qt::Vertical, Qt::DisplayRole), "main");
  EXPECT_EQ(model.index(0, 0).data(ThreadMatrixModel::ShareRole), 1.0);
  model.setOf(ThreadMatrixModel::Of::Blocks);
  EXPECT_EQ(model.index(0, 0).data(), "4");
  model.setMatrix({});
  EXPECT_EQ(model.rowCount(), 0);
}

TEST(ThreadMatrixModel, ShowsHowFarEstimatesMayBeOff) {
  const BlockSum sum{.blocks = 400, .bytes = 2'048'000, .blocksVariance = 100, .bytesVariance = 4e8};
  ThreadMatrixModel model;
  ThreadMatrix matrix = threadMatrixOf(
      {{.allocatedBy = 0, .freedBy = 0, .sum = sum}, {.allocatedBy = 0, .freedBy = 1, .sum = {1, 1'000'000}}},
      {"main", "worker"});
  matrix.areEstimates = true;
  model.setMatrix(matrix);
  EXPECT_EQ(model.index(0, 0).data(), "≈1.95 MiB ±1%");
  EXPECT_EQ(model.index(0, 0).data(ExactErrorRole), 20'000.0);
  EXPECT_EQ(model.index(0, 1).data(), "977 KiB") << "large ones are all sampled";
  EXPECT_FALSE(model.index(0, 1).data(ExactErrorRole).isValid());
  EXPECT_TRUE(model.index(0, 0).data(Qt::ToolTipRole).toString().contains("≈ 400 ± 10 blocks"));
  EXPECT_TRUE(model.headerData(0, Qt::Horizontal, Qt::ToolTipRole).toString().contains("± 19.5 KiB"));
  model.setOf(ThreadMatrixModel::Of::Blocks);
  EXPECT_EQ(model.index(0, 0).data(), "≈400") << "the error is in the tool tip";
  EXPECT_EQ(model.index(0, 0).data(ExactErrorRole), 10.0);
  EXPECT_TRUE(csvOf(model, {0, 1, 2}, "allocated by").contains("\"main, standard error\""));
}

}  // namespace
}  // namespace heaptap::gui
