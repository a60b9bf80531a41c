// SPDX-License-Identifier: Apache-2.0
#include "gui/models/leaks/leak_model.h"

#include <gtest/gtest.h>

#include "gui/models/filter/filter_words.h"
#include "gui/models/leaks/leak_order_model.h"
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
  const Sites sites = test::siteSet({{.stack = 1, .functions = "malloc_wrapper;parse;main"},
                                     {.stack = 2, .functions = "render;main"},
                                     {.stack = 3, .functions = "init"}});
  model.setLeaks(test::threeLeaks(), "WRAPPER", sites);
  ASSERT_EQ(model.rowCount(), 1);
  EXPECT_EQ(model.at(0).place.function, "parse");
  model.setLeaks(test::threeLeaks(), "exceptions", sites);
  ASSERT_EQ(model.rowCount(), 1);
  EXPECT_EQ(model.at(0).kind, LeakKind::Kept);
  model.setLeaks(test::threeLeaks(), "render", nullptr);
  EXPECT_EQ(model.rowCount(), 1) << "by its name, without any sites";
  model.setLeaks(test::threeLeaks(), "", sites);
  EXPECT_EQ(model.rowCount(), 3);
}

TEST(Leaks, UnderAFilterCountTheSitesThatPass) {
  const Sites sites =
      test::siteSet({{.stack = 1, .functions = "grow;parse;main", .liveBytes = 4'000, .liveBlocks = 7},
                     {.stack = 4, .functions = "copy;parse;main", .liveBytes = 96, .liveBlocks = 1},
                     {.stack = 2, .functions = "render;main", .liveBytes = 100, .liveBlocks = 1},
                     {.stack = 3, .functions = "init", .liveBytes = 72'704, .liveBlocks = 1}});
  LeakModel model;
  model.setLeaks(test::threeLeaks(), SiteFilter().with(std::get<FilterTerm>(readTerm("file:grow"))), sites);
  ASSERT_EQ(model.rowCount(), 1);
  EXPECT_EQ(model.at(0).sites, (std::vector<SiteNumbers::Key>{{1, 0}}));
  EXPECT_EQ(model.at(0).bytes, 4'000U);
  EXPECT_EQ(model.at(0).blocks, 7U);
  EXPECT_TRUE(
      model.index(0, LeakModel::Blocks).data(Qt::ToolTipRole).toString().contains("from 1 call site"));
  EXPECT_TRUE(model.index(0, LeakModel::Confidence).data(Qt::ToolTipRole).toString().contains("2 call sites"))
      << "what was judged";
  model.setLeaks(test::threeLeaks(), SiteFilter().with(std::get<FilterTerm>(readTerm("-file:grow"))), sites);
  ASSERT_EQ(model.rowCount(), 3);
  EXPECT_EQ(model.at(0).bytes, 96U) << "without what is left out";
  EXPECT_EQ(model.ownGroups(), 2) << "what is kept does not count, with a filter or without";
  model.setLeaks(test::threeLeaks(), "parse", sites);
  ASSERT_EQ(model.rowCount(), 1);
  EXPECT_EQ(model.at(0).bytes, 4'096U);
  EXPECT_EQ(model.at(0).sitesLeftOut, 0U);
  model.setLeaks(test::threeLeaks(), "init", sites);
  EXPECT_EQ(model.ownGroups(), 0);
  EXPECT_EQ(model.rowCount(), 1);
}

TEST(Leaks, OfOneKindAreInTheOrderOfTheirBytesWhateverWasShownBefore) {
  std::vector<LeakGroup> groups = *test::threeLeaks();
  groups.push_back(groups[2]);
  groups[2].bytes = 1'152;
  groups[2].sites = {{5, 0}};
  const auto leaks = std::make_shared<const std::vector<LeakGroup>>(groups);
  LeakModel model;
  LeakOrderModel order(model);
  for (const Qt::SortOrder direction : {Qt::AscendingOrder, Qt::DescendingOrder}) {
    order.sort(LeakModel::Kind, direction);
    const int kept = direction == Qt::AscendingOrder ? 2 : 0;
    for (const char* filter : {"", "exceptions", "nothing", ""}) {
      model.setLeaks(leaks, filter, nullptr);
      if (order.rowCount() != 4) continue;
      EXPECT_EQ(order.groupAt(kept).bytes, 72'704U);
      EXPECT_EQ(order.groupAt(kept + 1).bytes, 1'152U);
    }
  }
  order.sort(LeakModel::Bytes, Qt::DescendingOrder);
  EXPECT_EQ(order.groupAt(0).kind, LeakKind::Kept);
}

}  // namespace
}  // namespace heaptap::gui
