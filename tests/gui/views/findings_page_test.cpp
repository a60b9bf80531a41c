// SPDX-License-Identifier: Apache-2.0
// The findings of a session on its page, and what becomes visible of a site beside its sizes.
#include <gtest/gtest.h>

#include <QClipboard>
#include <QGuiApplication>
#include <QTabBar>
#include <QTest>

#include "gui/views/colours.h"
#include "gui/views/session_page.h"
#include "tests/gui/finding_list.h"
#include "tests/gui/site_set.h"

namespace heaptap::gui {
namespace {

using test::doubleFree;
using test::findingList;
using test::mismatchedFree;
using test::unknownFree;

Summary summaryOfFindings() {
  Summary summary;
  summary.session.id = "1";
  summary.session.command = {"jq", "."};
  summary.session.state = SessionState::Complete;
  summary.end = "exited 0";
  return summary;
}

class FindingsPage : public testing::Test {
 protected:
  FindingsPage() {
    page.resize(1200, 800);
    page.showSummary(summaryOfFindings());
    page.showTab(SessionPage::FindingsTab);
  }
  QString tab() const { return page.tabs().tabText(SessionPage::FindingsTab); }
  QColor tabColour() const { return page.tabs().tabTextColor(SessionPage::FindingsTab); }
  QString stackCell(int row, int column = StackModel::Function) const {
    return page.finding().stacks().model()->index(row, column).data().toString();
  }

  mutable SessionPage page;
};

TEST_F(FindingsPage, CountsThemOnTheTab) {
  EXPECT_EQ(tab(), "Fin&dings") << "nothing is known yet";
  page.showFindings(findingList({}));
  EXPECT_EQ(tab(), "Fin&dings  (0)");
  EXPECT_FALSE(tabColour().isValid());
  page.showFindings(findingList({mismatchedFree(), doubleFree()}));
  EXPECT_EQ(tab(), "Fin&dings  (2)");
  EXPECT_EQ(tabColour(), Colours::of(page.palette()).warning);
  QPalette dark;
  dark.setColor(QPalette::Base, Qt::black);
  dark.setColor(QPalette::Text, Qt::white);
  page.setPalette(dark);
  EXPECT_EQ(tabColour(), Colours::of(dark).warning);
}

TEST_F(FindingsPage, SaysWhatNoneMeans) {
  EXPECT_EQ(page.findings().emptyText(), "Loading…");
  page.showFindings(findingList({}));
  EXPECT_TRUE(
      page.findings().emptyText().startsWith("No wrong use of the heap.\nEvery free was of a live block"));
  EXPECT_TRUE(page.finding().title().isEmpty());
  EXPECT_EQ(page.finding().stacks().model()->rowCount(), 0);
  Summary live = summaryOfFindings();
  live.session.state = SessionState::Live;
  page.showSummary(live);
  EXPECT_TRUE(page.findings().emptyText().startsWith("No wrong use of the heap so far."));
}

TEST_F(FindingsPage, ADoubleFreeHasThreeStacks) {
  page.showFindings(findingList({doubleFree()}));
  EXPECT_EQ(page.finding().title(), "Double free");
  EXPECT_TRUE(page.finding().circumstances().startsWith("once"));
  EXPECT_TRUE(page.finding().meaning().startsWith("The block had been freed already."));
  EXPECT_EQ(stackCell(0), "Freed by free at");
  EXPECT_EQ(stackCell(1), "dropNode");
  EXPECT_EQ(stackCell(1, StackModel::Location), "src/dropNode.cpp:12");
  EXPECT_EQ(stackCell(3), "Freed before at");
  EXPECT_EQ(stackCell(4), "dropTree");
  EXPECT_EQ(stackCell(6), "Allocated by malloc, 24 bytes, at");
  EXPECT_EQ(stackCell(7), "makeNode");
  EXPECT_EQ(page.finding().stacks().columnSpan(0, 0), StackModel::ColumnCount)
      << "titles are as wide as the table";
  EXPECT_EQ(page.finding().stacks().columnSpan(1, 0), 1);
}

TEST_F(FindingsPage, OthersHaveTwoAndAnUnknownBlockOne) {
  page.showFindings(findingList({mismatchedFree(), unknownFree()}));
  EXPECT_EQ(page.finding().title(), "Mismatched free: operator new[], then free");
  EXPECT_EQ(stackCell(3), "Allocated by operator new[], 160 bytes, at");
  page.findings().setCurrentIndex(page.findings().model()->index(1, 0));
  EXPECT_EQ(page.finding().title(), "Free of what is no block");
  EXPECT_EQ(page.finding().stacks().model()->rowCount(), 2);
  EXPECT_EQ(stackCell(1), "(not recorded)");
}

TEST_F(FindingsPage, ARefreshKeepsTheSelectedOneAndCountsItOn) {
  page.showFindings(findingList({mismatchedFree(3), doubleFree(1)}));
  page.findings().setCurrentIndex(page.findings().model()->index(1, 0));
  ASSERT_EQ(page.finding().title(), "Double free");
  page.finding().stacks().setCurrentIndex(page.finding().stacks().model()->index(4, 0));
  page.showFindings(findingList({doubleFree(70), mismatchedFree(3)}));
  EXPECT_EQ(page.finding().title(), "Double free");
  EXPECT_TRUE(page.finding().circumstances().startsWith("70 times"));
  EXPECT_EQ(page.findings().currentIndex().row(), 0) << "it is the most frequent one now";
  EXPECT_EQ(page.finding().stacks().currentIndex().row(), 4);
}

TEST_F(FindingsPage, TheFilterNarrowsThem) {
  page.showFindings(findingList({mismatchedFree(), doubleFree()}));
  QTest::keyClicks(&page.filterBox(), "dropTree");
  EXPECT_EQ(tab(), "Fin&dings  (1)");
  EXPECT_EQ(page.finding().title(), "Double free");
  page.filterBox().setText("nowhere");
  EXPECT_EQ(page.findings().emptyText(), "No finding matches the filter.");
  EXPECT_TRUE(page.finding().title().isEmpty());
}

TEST_F(FindingsPage, AnotherSessionHasItsOwn) {
  page.showFindings(findingList({doubleFree()}));
  page.clear();
  EXPECT_EQ(tab(), "Fin&dings");
  EXPECT_TRUE(page.finding().title().isEmpty());
}

TEST_F(FindingsPage, IsWorkedByTheKeyboard) {
  page.showFindings(findingList({mismatchedFree(), doubleFree()}));
  page.show();
  page.findings().setFocus();
  QTest::keyClick(&page.findings(), Qt::Key_Down);
  EXPECT_EQ(page.finding().title(), "Double free");
  QTest::keyClick(&page.findings(), Qt::Key_Tab);
  EXPECT_EQ(page.focusWidget(), &page.finding().stacks());
  page.finding().stacks().setCurrentIndex(page.finding().stacks().model()->index(1, 0));
  QTest::keyClick(&page.finding().stacks(), Qt::Key_Return);
  EXPECT_EQ(QGuiApplication::clipboard()->text(), "/src/dropNode.cpp:12");
}

TEST_F(FindingsPage, ALongCppNameNeitherWidensNorBreaksThePage) {
  Finding finding = doubleFree();
  QString name = "std::map<std::string, int>";
  for (int i = 0; i < 8; ++i) name = QStringLiteral("std::pair<%1, %1>").arg(name);
  finding.free[0].function = name + "::insert(" + name + " const&)";
  page.showFindings(findingList({finding}));
  page.show();
  EXPECT_EQ(page.width(), 1200);
  EXPECT_LE(page.finding().width(), 1200);
  EXPECT_EQ(page.findings().model()->index(0, FindingModel::Where).data().toString(),
            "std::pair<…>::insert ← main");
  EXPECT_FALSE(page.grab().isNull());
}

class SiteDetails : public testing::Test {
 protected:
  static Sites sites(const std::function<void(Site&)>& change) {
    Site site = test::siteOf(
        {.stack = 1, .functions = "parse;main", .liveBytes = 4'096, .liveBlocks = 2, .allocations = 9});
    change(site);
    return std::make_shared<const test::SiteList>(std::vector{site});
  }
  void show(const std::function<void(Site&)>& change) {
    page.showSummary(summaryOfFindings());
    page.showSites(sites(change));
  }
  SessionPage page;
};

TEST_F(SiteDetails, NameEntryPointsAndOverAllocation) {
  show([](Site& site) {
    site.allocatedBytes = 40'960;
    site.entryPoints = {"malloc", "calloc"};
    site.slack.allocated = 4'096;
  });
  EXPECT_EQ(page.site().origin(), "by malloc and calloc  ·  over-allocated 4.00 KiB (10.0 %)");
}

TEST_F(SiteDetails, ShowWhereTheBlocksAreFreed) {
  show([](Site& site) { site.freedAt = {{.frees = 7, .lines = test::siteLines("main")}}; });
  const QAbstractItemModel& stack = *page.site().stack().model();
  ASSERT_EQ(stack.rowCount(), 5);
  EXPECT_EQ(stack.index(0, 0).data(), "Allocated at");
  EXPECT_EQ(stack.index(3, 0).data(), "Freed 7 times at");
  EXPECT_EQ(stack.index(4, 0).data(), "main");
}

TEST_F(SiteDetails, NameTheHeapWhereThereAreSeveral) {
  show([](Site&) {});
  EXPECT_TRUE(page.callSites().isColumnHidden(SiteModel::Heap));
  EXPECT_FALSE(page.tabs().isTabVisible(SessionPage::HeapsTab));
  Summary summary = summaryOfFindings();
  summary.heaps = {{.id = 1, .name = "mappings", .liveBytes = 4'096}};
  page.showSummary(summary);
  page.showSites(sites([](Site& site) {
    site.heap = 1;
    site.heapName = "mappings";
  }));
  EXPECT_FALSE(page.callSites().isColumnHidden(SiteModel::Heap));
  EXPECT_EQ(page.callSites().model()->index(0, SiteModel::Heap).data(), "mappings");
  EXPECT_EQ(page.tabs().tabText(SessionPage::HeapsTab), "Hea&ps  (1)");
  QTest::keyClicks(&page.filterBox(), "mapp");
  EXPECT_EQ(page.callSites().model()->rowCount(), 1);
}

TEST_F(SiteDetails, MarkEstimatesAsSuch) {
  Summary summary = summaryOfFindings();
  summary.liveBytes = 3U << 20;
  summary.liveBlocks = 200;
  summary.allocations = 1'234;
  summary.sampling =
      Sampling{.interval = 512U << 10, .samples = 99, .liveBytesError = 122'880, .liveBlocksError = 20};
  page.showSummary(summary);
  page.showSites(sites([](Site& site) { site.errors = SiteErrors{.liveBytes = 410}; }));
  EXPECT_EQ(page.header().remains().number(), "≈ 3.00 MiB");
  EXPECT_EQ(page.header().remains().relation(), "± 120 KiB, in ≈ 200 blocks");
  EXPECT_EQ(page.header().allocations().number(), "1,234") << "exact all the same";
  EXPECT_TRUE(page.header().sampling().startsWith("≈ estimates from 99 samples, one each 512 KiB"));
  EXPECT_EQ(page.leaks().model()->index(0, SiteModel::LiveBytes).data(), "≈4.00 KiB ±10%");
}

TEST_F(SiteDetails, TheHeaderSaysWhatRecordingCost) {
  show([](Site&) {});
  EXPECT_TRUE(page.header().cost().isHidden()) << "unknown is not nothing";
  EXPECT_TRUE(page.header().resident().isHidden());
  Summary summary = summaryOfFindings();
  summary.residentBytes = 5U << 20;
  summary.ownCost.emplace();
  summary.ownCost->agentCpuNs = 100'000'000;
  summary.ownCost->relayCpuNs = 200'000'000;
  page.showSummary(summary);
  EXPECT_EQ(page.header().cost().number(), "≈ 300 ms");
  EXPECT_TRUE(page.header().cost().toolTip().contains("Relay: 200 ms"));
  EXPECT_EQ(page.header().resident().number(), "5.00 MiB");
}

TEST_F(SiteDetails, TheHeaderFitsANarrowWindow) {
  show([](Site&) {});
  Summary summary = summaryOfFindings();
  summary.liveBytes = 3U << 20;
  summary.liveBlocks = 1'234'567;
  summary.residentBytes = 5U << 20;
  summary.sampling = Sampling{.interval = 512U << 10,
                              .samples = 99,
                              .liveBytesError = 122'880,
                              .liveBlocksError = 20,
                              .peakBytesError = 9};
  summary.ownCost.emplace();
  summary.ownCost->relayCpuNs = 200'000'000;
  page.showSummary(summary);
  page.resize(1'000, 700);
  page.show();
  EXPECT_EQ(page.width(), 1'000);
  EXPECT_EQ(page.header().remains().relation(), "± 120 KiB, in ≈ 1,234,567 blocks");
}

}  // namespace
}  // namespace heaptap::gui
