// SPDX-License-Identifier: Apache-2.0
#include "gui/models/sites/stack_model.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QSignalSpy>

namespace heaptap::gui {
namespace {

const std::vector<StackLine> kLines{{.function = "parse(char const*)",
                                     .file = "/home/user/project/src/parse.cpp",
                                     .line = 12,
                                     .module = "/usr/bin/jq",
                                     .inlined = true,
                                     .guessed = false,
                                     .pc = 0x10},
                                    {.function = "",
                                     .file = "",
                                     .line = 0,
                                     .module = "/usr/lib/libc.so.6",
                                     .inlined = false,
                                     .guessed = true,
                                     .pc = 0xABC}};

TEST(StackModel, ShowsWhereEachLineIs) {
  StackModel model;
  const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
  model.setLines(kLines);
  const auto cell = [&](int row, int column, int role = Qt::DisplayRole) {
    return model.index(row, column).data(role);
  };
  EXPECT_EQ(cell(0, StackModel::Function), "parse(char const*)");
  EXPECT_EQ(cell(0, StackModel::Location), "src/parse.cpp:12");
  EXPECT_EQ(cell(0, StackModel::Location, StackModel::FullLocationRole),
            "/home/user/project/src/parse.cpp:12");
  EXPECT_EQ(cell(0, StackModel::Module), "jq");
  EXPECT_TRUE(cell(0, StackModel::Function, StackModel::InlinedRole).toBool());
}

TEST(StackModel, ShowsAnAddressForAnUnknownFunction) {
  StackModel model;
  model.setLines(kLines);
  EXPECT_EQ(model.index(1, StackModel::Function).data(), "libc.so.6+0xabc");
  EXPECT_EQ(model.index(1, StackModel::Location).data(), "");
  EXPECT_EQ(model.index(1, StackModel::Location).data(StackModel::FullLocationRole), "/usr/lib/libc.so.6");
}

TEST(StackModel, TheSameLinesAgainChangeNothing) {
  StackModel model;
  model.setLines(kLines);
  const QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
  model.setLines(kLines);
  EXPECT_EQ(resets.count(), 0);
  model.setLines({});
  EXPECT_EQ(resets.count(), 1);
}

TEST(StackModel, TitlesStandBetweenStacks) {
  StackModel model;
  const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
  model.setSections({{"Freed at", {}}, {"Allocated at", kLines}});
  ASSERT_EQ(model.rowCount(), 5);
  const auto cell = [&](int row, int role = Qt::DisplayRole) {
    return model.index(row, StackModel::Function).data(role);
  };
  EXPECT_EQ(cell(0), "Freed at");
  EXPECT_TRUE(cell(0, StackModel::TitleRole).toBool());
  EXPECT_EQ(cell(1), "(not recorded)");
  EXPECT_TRUE(cell(1, StackModel::MissingRole).toBool());
  EXPECT_EQ(cell(2), "Allocated at");
  EXPECT_EQ(cell(3), "parse(char const*)");
  EXPECT_FALSE(cell(3, StackModel::TitleRole).toBool());
  EXPECT_FALSE(cell(0, StackModel::FullLocationRole).isValid());
  const QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
  model.setSections({{"Freed 2 times at", {}}, {"Allocated at", kLines}});
  EXPECT_EQ(cell(0), "Freed 2 times at");
  EXPECT_EQ(resets.count(), 0) << "a count that goes on keeps the selection";
  model.clear();
  EXPECT_EQ(model.rowCount(), 0);
}

}  // namespace
}  // namespace heaptap::gui
