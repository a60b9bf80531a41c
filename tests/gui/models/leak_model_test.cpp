// SPDX-License-Identifier: Apache-2.0
#include "gui/models/leaks/leak_model.h"

#include <gtest/gtest.h>

#include "gui/models/leaks/leak_filter_model.h"
#include "tests/gui/leak_list.h"
#include "tests/gui/site_set.h"

namespace heaptap::gui {
namespace {

QString cell(const QAbstractItemModel& model, int row, int column) {
  return model.index(row, column).data().toString();
}

TEST(Leaks, SayWhatIsToBeThoughtOfThem) {
  LeakModel model;
  EXPECT_EQ(model.rowCount(), 0);
  EXPECT_FALSE(model.hasHistories());
  model.setLeaks(test::threeLeaks());
  ASSERT_EQ(model.rowCount(), 3);
  EXPECT_EQ(model.ownGroups(), 2);
  EXPECT_TRUE(model.hasHistories());
  EXPECT_EQ(cell(model, 0, LeakModel::Kind), "growing");
  EXPECT_EQ(cell(model, 0, LeakModel::Bytes), "4.00 KiB");
  EXPECT_EQ(cell(model, 0, LeakModel::Blocks), "8");
  EXPECT_EQ(cell(model, 0, LeakModel::Confidence), "high");
  EXPECT_EQ(cell(model, 0, LeakModel::Function), "parse");
  EXPECT_EQ(cell(model, 1, LeakModel::Kind), "leaked once");
  EXPECT_EQ(cell(model, 1, LeakModel::Confidence), "") << "not known";
  EXPECT_EQ(cell(model, 2, LeakModel::Kind), "kept on purpose");
  EXPECT_EQ(cell(model, 2, LeakModel::Function), "libstdc++: memory for exceptions");
  EXPECT_EQ(cell(model, 2, LeakModel::Location), "") << "it is no place of the program";
  EXPECT_EQ(model.index(0, LeakModel::Growth).data(LeakModel::GrowthRole).value<QList<double>>(),
            (QList<double>{0, 0.5, 1}));
  EXPECT_TRUE(model.index(1, LeakModel::Growth).data(LeakModel::GrowthRole).value<QList<double>>().isEmpty());
  EXPECT_TRUE(model.headerData(LeakModel::Confidence, Qt::Horizontal, Qt::ToolTipRole).isValid());
}

TEST(Leaks, OfNamesFromOutsideAreText) {
  std::vector<LeakGroup> groups = *test::threeLeaks();
  groups[0].place.function = QString(5'000, 'x') + "\n<img src=x>";
  groups[1].place = {};
  LeakModel model;
  model.setLeaks(std::make_shared<const std::vector<LeakGroup>>(groups));
  EXPECT_FALSE(model.index(0, LeakModel::Function).data(Qt::ToolTipRole).toString().contains("<img"));
  EXPECT_EQ(cell(model, 1, LeakModel::Function), "(no stack was recorded)");
}

TEST(Leaks, AreFoundByAnyLineOfTheStacksOfTheirSites) {
  LeakModel model;
  model.setLeaks(test::threeLeaks());
  LeakFilterModel filter(model);
  const Sites sites = test::siteSet({{.stack = 1, .functions = "malloc_wrapper;parse;main"},
                                     {.stack = 2, .functions = "render;main"},
                                     {.stack = 3, .functions = "init"}});
  filter.setFilter("WRAPPER", sites);
  ASSERT_EQ(filter.rowCount(), 1);
  EXPECT_EQ(filter.groupAt(0).place.function, "parse");
  filter.setFilter("exceptions", sites);
  ASSERT_EQ(filter.rowCount(), 1);
  EXPECT_EQ(filter.groupAt(0).kind, LeakKind::Kept);
  filter.setFilter("render", nullptr);
  EXPECT_EQ(filter.rowCount(), 1) << "by its name, without any sites";
  filter.setFilter("", sites);
  EXPECT_EQ(filter.rowCount(), 3);
  filter.sort(LeakModel::Bytes, Qt::DescendingOrder);
  EXPECT_EQ(filter.groupAt(0).kind, LeakKind::Kept);
}

}  // namespace
}  // namespace heaptap::gui
