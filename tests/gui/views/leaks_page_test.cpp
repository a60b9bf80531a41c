// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "gui/views/session_page.h"
#include "tests/gui/leak_list.h"
#include "tests/gui/site_set.h"

namespace heaptap::gui {
namespace {

Sites sitesOfLeaks() {
  return test::siteSet({{.stack = 1,
                         .functions = "grow;parse;main",
                         .liveBytes = 4'000,
                         .liveBlocks = 7,
                         .sizes = {{512, 1'023, 7, 7}}},
                        {.stack = 2, .functions = "render;main", .liveBytes = 100, .liveBlocks = 1},
                        {.stack = 3, .functions = "pool", .liveBytes = 72'704, .liveBlocks = 1},
                        {.stack = 4,
                         .functions = "copy;parse;main",
                         .liveBytes = 96,
                         .liveBlocks = 1,
                         .sizes = {{64, 127, 1, 1}, {512, 1'023, 2, 0}}}});
}

class LeaksPage : public testing::Test {
 protected:
  LeaksPage() {
    summary.session.id = "1";
    summary.session.state = SessionState::Complete;
    summary.liveBytes = 76'900;
    summary.liveBlocks = 10;
    page.resize(1200, 800);
    page.begin(summary.session);
    page.showSummary(summary);
    page.showSites(sitesOfLeaks());
  }
  QString leaksTab() const { return page.tabs().tabText(LeaksTab); }

  Summary summary;
  mutable SessionPage page;
};

TEST_F(LeaksPage, ShowsEachRootCauseAndCountsThoseOfTheProgram) {
  page.showLeaks(test::threeLeaks());
  EXPECT_EQ(leaksTab(), "&Leaks  (2)");
  EXPECT_EQ(page.tabs().currentIndex(), LeaksTab);
  EXPECT_EQ(page.leakGroups().model()->rowCount(), 3);
  ASSERT_NE(page.leakGroups().currentGroup(), nullptr);
  EXPECT_EQ(page.leakGroups().currentGroup()->kind, LeakKind::Growing);
}

TEST_F(LeaksPage, KeepsTheSelectedLeakWhenItsHistoryArrives) {
  const Leaks withHistories = test::threeLeaks();
  std::vector<LeakGroup> before(*withHistories);
  for (LeakGroup& group : before) {
    group.confidence.reset();
    group.liveBytes.clear();
  }
  std::swap(before[0], before[1]);  // Which of them grows was not known.
  page.showLeaks(std::make_shared<const std::vector<LeakGroup>>(before));
  page.leakGroups().setCurrentIndex(page.leakGroups().model()->index(0, 0));
  const QString chosen = leakName(*page.leakGroups().currentGroup());
  page.showLeaks(withHistories);
  ASSERT_NE(page.leakGroups().currentGroup(), nullptr);
  EXPECT_EQ(leakName(*page.leakGroups().currentGroup()), chosen);
  page.leakGroups().setCurrentIndex(page.leakGroups().model()->index(1, 0));
  page.showLeaks(std::make_shared<const std::vector<LeakGroup>>(before));
  EXPECT_EQ(leakName(*page.leakGroups().currentGroup()), "render");
}

TEST_F(LeaksPage, ShowsTheStacksOfAllSitesOfALeak) {
  page.showLeaks(test::threeLeaks());
  EXPECT_EQ(page.site().title(), "parse");
  const QAbstractItemModel& stack = *page.site().stack().model();
  EXPECT_EQ(stack.index(0, 0).data(), "3.91 KiB in 7 blocks, allocated at");
  EXPECT_EQ(stack.index(1, 0).data(), "grow");
  EXPECT_EQ(stack.index(4, 0).data(), "96 B in 1 block, allocated at");
  EXPECT_EQ(stack.index(5, 0).data(), "copy");
  const QAbstractItemModel& sizes = *page.site().histogram().model();
  ASSERT_EQ(sizes.rowCount(), 2) << "of both together";
  EXPECT_EQ(sizes.index(1, SizeHistogramModel::Allocations).data(), "9");
  page.leakGroups().selectRow(1);
  EXPECT_EQ(page.site().title(), "render ← main") << "one site is shown as such";
}

TEST_F(LeaksPage, OpensOnCallSitesWhereTheProgramLeaksNothing) {
  page.showLeaks(test::noOwnLeaks());
  EXPECT_EQ(leaksTab(), "&Leaks  (0)");
  EXPECT_EQ(page.tabs().currentIndex(), CallSitesTab);
  page.begin(summary.session);
  page.showLeaks(test::threeLeaks());
  EXPECT_EQ(page.tabs().currentIndex(), LeaksTab);
}

TEST_F(LeaksPage, StaysOnATabThatTheUserHasChosen) {
  page.showTab(MarksTab);
  page.showLeaks(test::noOwnLeaks());
  EXPECT_EQ(page.tabs().currentIndex(), MarksTab);
}

TEST_F(LeaksPage, HeadlineLeavesOutWhatIsKept) {
  EXPECT_EQ(page.header().remains().number(), "75.1 KiB");
  page.showLeaks(test::threeLeaks());
  EXPECT_EQ(page.header().remains().number(), "4.10 KiB");
  EXPECT_EQ(page.header().remains().relation(), "in 9 blocks");
  EXPECT_TRUE(page.header().remains().toolTip().contains("71.0 KiB in 1 block"));
  page.begin(summary.session);
  page.showSummary(summary);
  EXPECT_EQ(page.header().remains().number(), "75.1 KiB") << "of another session it is not known";
}

TEST_F(LeaksPage, GoesBackToSitesForASessionThatRuns) {
  page.showLeaks(test::threeLeaks());
  summary.session.state = SessionState::Live;
  page.begin(summary.session);
  page.showSummary(summary);
  page.showSites(sitesOfLeaks());
  page.showLeaks(nullptr);
  EXPECT_EQ(page.leakGroups().model()->rowCount(), 0);
  EXPECT_EQ(leaksTab(), "Live  (4)");
}

TEST_F(LeaksPage, FilterCountsWhatItShows) {
  page.showLeaks(test::threeLeaks());
  page.filterBox().setText("copy");
  EXPECT_EQ(leaksTab(), "&Leaks  (1)");
  page.filterBox().setText("nothing of the kind");
  EXPECT_EQ(page.leakGroups().emptyText(), "No call site matches the filter.");
}

}  // namespace
}  // namespace heaptap::gui
