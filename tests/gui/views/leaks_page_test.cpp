// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/gui/all_views.h"
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
    page.store().begin(summary.session);
    page.store().setSummary(summary);
    page.store().setSites(sitesOfLeaks());
  }
  QString leaksTitle() const { return page.titleOf("leaks"); }

  Summary summary;
  mutable SessionPage page;
};

TEST_F(LeaksPage, ShowsEachRootCauseAndCountsThoseOfTheProgram) {
  page.store().setLeaks(test::threeLeaks());
  EXPECT_EQ(leaksTitle(), "Leaks  (2)");
  EXPECT_EQ(page.currentView(), "leaks");
  EXPECT_EQ(page.view<LeaksView>().table().model()->rowCount(), 3);
  ASSERT_NE(page.view<LeaksView>().table().currentGroup(), nullptr);
  EXPECT_EQ(page.view<LeaksView>().table().currentGroup()->kind, LeakKind::Growing);
}

TEST_F(LeaksPage, KeepsTheSelectedLeakWhenItsHistoryArrives) {
  const Leaks withHistories = test::threeLeaks();
  std::vector<LeakGroup> before(*withHistories);
  for (LeakGroup& group : before) {
    group.confidence.reset();
    group.liveBytes.clear();
  }
  std::swap(before[0], before[1]);  // Which of them grows was not known.
  page.store().setLeaks(std::make_shared<const std::vector<LeakGroup>>(before));
  page.view<LeaksView>().table().setCurrentIndex(page.view<LeaksView>().table().model()->index(0, 0));
  const QString chosen = leakName(*page.view<LeaksView>().table().currentGroup());
  page.store().setLeaks(withHistories);
  ASSERT_NE(page.view<LeaksView>().table().currentGroup(), nullptr);
  EXPECT_EQ(leakName(*page.view<LeaksView>().table().currentGroup()), chosen);
  page.view<LeaksView>().table().setCurrentIndex(page.view<LeaksView>().table().model()->index(1, 0));
  page.store().setLeaks(std::make_shared<const std::vector<LeakGroup>>(before));
  EXPECT_EQ(leakName(*page.view<LeaksView>().table().currentGroup()), "render");
}

TEST_F(LeaksPage, SaysThatItDoesNotFollowTheTime) {
  page.store().setLeaks(test::threeLeaks());
  const auto* const line = page.view<LeaksView>().findChild<ElidedLabel*>("of-the-end");
  ASSERT_NE(line, nullptr);
  EXPECT_TRUE(line->isHidden());
  page.selection().setTime(TimeChoice::instant(1));
  EXPECT_FALSE(line->isHidden());
  page.selection().setTime({});
  EXPECT_TRUE(line->isHidden());
}

TEST_F(LeaksPage, ShowsTheStacksOfAllSitesOfALeak) {
  page.store().setLeaks(test::threeLeaks());
  EXPECT_EQ(page.site().title(), "parse");
  const QAbstractItemModel& stack = *page.site().stack().model();
  EXPECT_EQ(stack.index(0, 0).data(), "3.91 KiB in 7 blocks, allocated at");
  EXPECT_EQ(stack.index(1, 0).data(), "grow");
  EXPECT_EQ(stack.index(4, 0).data(), "96 B in 1 block, allocated at");
  EXPECT_EQ(stack.index(5, 0).data(), "copy");
  const QAbstractItemModel& sizes = *page.site().histogram().model();
  ASSERT_EQ(sizes.rowCount(), 2) << "of both together";
  EXPECT_EQ(sizes.index(1, SizeHistogramModel::Allocations).data(), "9");
  page.view<LeaksView>().table().selectRow(1);
  EXPECT_EQ(page.site().title(), "render ← main") << "one site is shown as such";
}

TEST_F(LeaksPage, OpensOnCallSitesWhereTheProgramLeaksNothing) {
  page.store().setLeaks(test::noOwnLeaks());
  EXPECT_EQ(leaksTitle(), "Leaks  (0)");
  EXPECT_EQ(page.currentView(), "call-sites");
  page.store().begin(summary.session);
  page.store().setLeaks(test::threeLeaks());
  EXPECT_EQ(page.currentView(), "leaks");
}

TEST_F(LeaksPage, StaysOnATabThatTheUserHasChosen) {
  page.showView("marks");
  page.store().setLeaks(test::noOwnLeaks());
  EXPECT_EQ(page.currentView(), "marks");
}

TEST_F(LeaksPage, AnotherRunOpensOnItsLiveHeapWhateverWasShown) {
  page.showView("source");
  page.openAnew();
  summary.session.id = "2";
  summary.session.state = SessionState::Live;
  page.store().begin();
  page.store().begin(summary.session);
  EXPECT_EQ(page.currentView(), "live-heap");
  summary.session.state = SessionState::Complete;
  page.store().setSummary(summary);
  page.store().setLeaks(test::threeLeaks());
  EXPECT_EQ(page.currentView(), "leaks") << "the page chooses again";
}

TEST_F(LeaksPage, HeadlineLeavesOutWhatIsKept) {
  EXPECT_EQ(page.header().remains().number(), "75.1 KiB");
  page.store().setLeaks(test::threeLeaks());
  EXPECT_EQ(page.header().remains().number(), "4.10 KiB");
  EXPECT_EQ(page.header().remains().relation(), "in 9 blocks");
  EXPECT_TRUE(page.header().remains().toolTip().contains("71.0 KiB in 1 block"));
  page.store().begin(summary.session);
  page.store().setSummary(summary);
  EXPECT_EQ(page.header().remains().number(), "75.1 KiB") << "of another session it is not known";
}

TEST_F(LeaksPage, GoesBackToSitesForASessionThatRuns) {
  page.store().setLeaks(test::threeLeaks());
  summary.session.state = SessionState::Live;
  page.store().begin(summary.session);
  page.store().setSummary(summary);
  page.store().setSites(sitesOfLeaks());
  page.store().setLeaks(nullptr);
  EXPECT_EQ(page.view<LeaksView>().table().model()->rowCount(), 0);
  EXPECT_EQ(leaksTitle(), "");
  EXPECT_EQ(page.titleOf("live-heap"), "Live heap  (4)");
  EXPECT_EQ(page.currentView(), "live-heap") << "there are no leaks to look at";
}

TEST_F(LeaksPage, FilterCountsWhatItShows) {
  page.store().setLeaks(test::threeLeaks());
  page.filterBox().setText("copy");
  EXPECT_EQ(leaksTitle(), "Leaks  (1)");
  const QAbstractItemModel& rows = *page.view<LeaksView>().table().model();
  EXPECT_EQ(rows.index(0, LeakModel::Bytes).data(), "96 B") << "of the site that passes";
  EXPECT_EQ(page.site().title(), "copy ← parse ← main") << "the other one is not listed";
  page.filterBox().setText("program");
  EXPECT_EQ(rows.rowCount(), 3);
  EXPECT_EQ(leaksTitle(), "Leaks  (2)") << "as without a filter: what is kept does not count";
  page.filterBox().setText("nothing of the kind");
  EXPECT_EQ(page.view<LeaksView>().table().emptyText(), "No call site matches the filter.");
}

}  // namespace
}  // namespace heaptap::gui
