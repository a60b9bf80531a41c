// SPDX-License-Identifier: Apache-2.0
#include "gui/client/sites/site_series.h"

#include <gtest/gtest.h>

#include "tests/client/profile_builder.h"

namespace heaptap::gui {
namespace {

using client::ProfileBuilder;

QString functionsOf(const Sites& sites) {
  QStringList functions;
  for (std::size_t row = 0; row < sites->numbers().size(); ++row) functions << sites->label(row).function;
  return functions.join(',');
}

TEST(SiteSeries, ASiteKeepsItsRowWhereverItsStackComesInTheTable) {
  ProfileBuilder builder;
  const auto inner = builder.stack({"parse", "run", "main"});
  builder.count({.size = 8, .stack = inner, .allocations = 1});
  SiteSeries series;
  const Sites first = series.next(builder.profile());
  EXPECT_EQ(functionsOf(first), "parse ← run ← main");
  // A caller of it allocates, too: its stack has the smaller id.
  builder.count({.size = 8, .stack = builder.stack({"run", "main"}), .allocations = 5});
  builder.count({.size = 8, .stack = builder.stack({"draw", "main"}), .allocations = 7});
  const Sites second = series.next(builder.profile());
  EXPECT_EQ(functionsOf(second), "parse ← run ← main,run ← main,draw ← main");
  EXPECT_EQ(second->numbers()[1].allocations, 5U);
  EXPECT_EQ(second->site(2).lines.at(0).function, "draw");
  EXPECT_EQ(first->series(), second->series());
  EXPECT_EQ(first->namesVersion(), second->namesVersion()) << "names of new places are no news of old ones";
}

TEST(SiteSeries, APairOfAKnownSiteChangesItsNumbersOnly) {
  ProfileBuilder builder;
  const auto stack = builder.stack({"parse", "main"});
  builder.count({.size = 8, .stack = stack, .allocations = 1, .live = 1});
  SiteSeries series;
  const Sites first = series.next(builder.profile());
  builder.count({.size = 16, .stack = stack, .allocations = 1, .live = 1});
  const Sites second = series.next(builder.profile());
  ASSERT_EQ(second->numbers().size(), 1U);
  EXPECT_EQ(first->numbers()[0].liveBytes, 8U);
  EXPECT_EQ(second->numbers()[0].liveBytes, 24U);
  EXPECT_EQ(second->site(0).sizes.size(), 2U);
}

TEST(SiteSeries, OtherNamesOfKnownPlacesAreTold) {
  ProfileBuilder builder;
  const auto frame = builder.place({});
  builder.count({.size = 8, .stack = builder.stackOf({frame}), .allocations = 1});
  SiteSeries series;
  const Sites first = series.next(builder.profile());
  builder.rename(frame, {{.function = "parse"}});
  const Sites second = series.next(builder.profile());
  EXPECT_NE(first->namesVersion(), second->namesVersion());
  EXPECT_EQ(functionsOf(second), "parse");
}

TEST(SiteSeries, AnotherHistoryIsAnotherSeries) {
  ProfileBuilder before;
  before.count({.size = 8, .stack = before.stack({"a", "main"}), .allocations = 1});
  ProfileBuilder after;
  after.count({.size = 8, .stack = after.stack({"main"}), .allocations = 1});
  SiteSeries series;
  const Sites first = series.next(before.profile());
  const Sites second = series.next(after.profile());
  EXPECT_NE(first->series(), second->series());
  EXPECT_EQ(functionsOf(second), "main");
}

}  // namespace
}  // namespace heaptap::gui
