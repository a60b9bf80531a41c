// SPDX-License-Identifier: Apache-2.0
// The findings of a session on its page, and what becomes visible of a site beside its sizes.
#include <gtest/gtest.h>

#include <QClipboard>
#include <QGuiApplication>
#include <QTabBar>
#include <QTest>

#include "gui/views/colours.h"
#include "tests/gui/all_views.h"
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
    page.store().setSummary(summaryOfFindings());
    page.showView("findings");
  }
  QString tab() const { return page.titleOf("findings"); }
  QColor tabColour() const { return page.viewList().colourOf(static_cast<int>(*viewCalled("findings"))); }
  QString stackCell(int row, int column = StackModel::Function) const {
    return page.view<FindingsView>().panel().stacks().model()->index(row, column).data().toString();
  }

  mutable SessionPage page;
};

TEST_F(FindingsPage, CountsThemOnTheTab) {
  EXPECT_EQ(tab(), "Findings") << "nothing is known yet";
  page.store().setFindings(findingList({}));
  EXPECT_EQ(tab(), "Findings  (0)");
  EXPECT_FALSE(tabColour().isValid());
  page.store().setFindings(findingList({mismatchedFree(), doubleFree()}));
  EXPECT_EQ(tab(), "Findings  (2)");
  EXPECT_EQ(tabColour(), Colours::of(page.palette()).warning);
  QPalette dark;
  dark.setColor(QPalette::Base, Qt::black);
  dark.setColor(QPalette::Text, Qt::white);
  page.setPalette(dark);
  EXPECT_EQ(tabColour(), Colours::of(dark).warning);
}

TEST_F(FindingsPage, SaysWhatNoneMeans) {
  EXPECT_EQ(page.view<FindingsView>().table().emptyText(), "Loading…");
  page.store().setFindings(findingList({}));
  EXPECT_TRUE(page.view<FindingsView>().table().emptyText().startsWith(
      "No wrong use of the heap.\nEvery free was of a live block"));
  EXPECT_TRUE(page.view<FindingsView>().panel().title().isEmpty());
  EXPECT_EQ(page.view<FindingsView>().panel().stacks().model()->rowCount(), 0);
  Summary live = summaryOfFindings();
  live.session.state = SessionState::Live;
  page.store().setSummary(live);
  EXPECT_TRUE(page.view<FindingsView>().table().emptyText().startsWith("No wrong use of the heap so far."));
}

TEST_F(FindingsPage, ADoubleFreeHasThreeStacks) {
  page.store().setFindings(findingList({doubleFree()}));
  EXPECT_EQ(page.view<FindingsView>().panel().title(), "Double free");
  EXPECT_TRUE(page.view<FindingsView>().panel().circumstances().startsWith("once"));
  EXPECT_TRUE(page.view<FindingsView>().panel().meaning().startsWith("The block had been freed already."));
  EXPECT_EQ(stackCell(0), "Freed by free at");
  EXPECT_EQ(stackCell(1), "dropNode");
  EXPECT_EQ(stackCell(1, StackModel::Location), "src/dropNode.cpp:12");
  EXPECT_EQ(stackCell(3), "Freed before at");
  EXPECT_EQ(stackCell(4), "dropTree");
  EXPECT_EQ(stackCell(6), "Allocated by malloc, 24 bytes, at");
  EXPECT_EQ(stackCell(7), "makeNode");
  EXPECT_EQ(page.view<FindingsView>().panel().stacks().columnSpan(0, 0), StackModel::ColumnCount)
      << "titles are as wide as the table";
  EXPECT_EQ(page.view<FindingsView>().panel().stacks().columnSpan(1, 0), 1);
}

TEST_F(FindingsPage, OthersHaveTwoAndAnUnknownBlockOne) {
  page.store().setFindings(findingList({mismatchedFree(), unknownFree()}));
  EXPECT_EQ(page.view<FindingsView>().panel().title(), "Mismatched free: operator new[], then free");
  EXPECT_EQ(stackCell(3), "Allocated by operator new[], 160 bytes, at");
  page.view<FindingsView>().table().setCurrentIndex(page.view<FindingsView>().table().model()->index(1, 0));
  EXPECT_EQ(page.view<FindingsView>().panel().title(), "Free of what is no block");
  EXPECT_EQ(page.view<FindingsView>().panel().stacks().model()->rowCount(), 2);
  EXPECT_EQ(stackCell(1), "(not recorded)");
}

TEST_F(FindingsPage, ARefreshKeepsTheSelectedOneAndCountsItOn) {
  page.store().setFindings(findingList({mismatchedFree(3), doubleFree(1)}));
  page.view<FindingsView>().table().setCurrentIndex(page.view<FindingsView>().table().model()->index(1, 0));
  ASSERT_EQ(page.view<FindingsView>().panel().title(), "Double free");
  page.view<FindingsView>().panel().stacks().setCurrentIndex(
      page.view<FindingsView>().panel().stacks().model()->index(4, 0));
  page.store().setFindings(findingList({doubleFree(70), mismatchedFree(3)}));
  EXPECT_EQ(page.view<FindingsView>().panel().title(), "Double free");
  EXPECT_TRUE(page.view<FindingsView>().panel().circumstances().startsWith("70 times"));
  EXPECT_EQ(page.view<FindingsView>().table().currentIndex().row(), 0) << "it is the most frequent one now";
  EXPECT_EQ(page.view<FindingsView>().panel().stacks().currentIndex().row(), 4);
}

TEST_F(FindingsPage, TheFilterNarrowsThem) {
  page.store().setFindings(findingList({mismatchedFree(), doubleFree()}));
  QTest::keyClicks(&page.filterBox(), "dropTree");
  EXPECT_EQ(tab(), "Findings  (1)");
  EXPECT_EQ(page.view<FindingsView>().panel().title(), "Double free");
  page.filterBox().setText("nowhere");
  EXPECT_EQ(page.view<FindingsView>().table().emptyText(), "No finding matches the filter.");
  EXPECT_TRUE(page.view<FindingsView>().panel().title().isEmpty());
}

TEST_F(FindingsPage, AnotherSessionHasItsOwn) {
  page.store().setFindings(findingList({doubleFree()}));
  page.store().begin();
  EXPECT_EQ(tab(), "Findings");
  EXPECT_TRUE(page.view<FindingsView>().panel().title().isEmpty());
}

TEST_F(FindingsPage, IsWorkedByTheKeyboard) {
  page.store().setFindings(findingList({mismatchedFree(), doubleFree()}));
  page.show();
  page.view<FindingsView>().table().setFocus();
  QTest::keyClick(&page.view<FindingsView>().table(), Qt::Key_Down);
  EXPECT_EQ(page.view<FindingsView>().panel().title(), "Double free");
  QTest::keyClick(&page.view<FindingsView>().table(), Qt::Key_Tab);
  EXPECT_EQ(page.focusWidget(), &page.view<FindingsView>().panel().stacks());
  page.view<FindingsView>().panel().stacks().setCurrentIndex(
      page.view<FindingsView>().panel().stacks().model()->index(1, 0));
  QTest::keyClick(&page.view<FindingsView>().panel().stacks(), Qt::Key_Return);
  EXPECT_EQ(QGuiApplication::clipboard()->text(), "/src/dropNode.cpp:12");
}

TEST_F(FindingsPage, ALongCppNameNeitherWidensNorBreaksThePage) {
  Finding finding = doubleFree();
  QString name = "std::map<std::string, int>";
  for (int i = 0; i < 8; ++i) name = QStringLiteral("std::pair<%1, %1>").arg(name);
  finding.free[0].function = name + "::insert(" + name + " const&)";
  page.store().setFindings(findingList({finding}));
  page.show();
  EXPECT_EQ(page.width(), 1200);
  EXPECT_LE(page.view<FindingsView>().panel().width(), 1200);
  EXPECT_EQ(page.view<FindingsView>().table().model()->index(0, FindingModel::Where).data().toString(),
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
    page.store().setSummary(summaryOfFindings());
    page.store().setSites(sites(change));
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
  EXPECT_TRUE(page.view<CallSitesView>().table().isColumnHidden(SiteModel::Heap));
  EXPECT_EQ(page.titleOf("heaps"), "") << "it has none";
  Summary summary = summaryOfFindings();
  summary.heaps = {{.id = 1, .name = "mappings", .liveBytes = 4'096}};
  page.store().setSummary(summary);
  page.store().setSites(sites([](Site& site) {
    site.heap = 1;
    site.heapName = "mappings";
  }));
  EXPECT_FALSE(page.view<CallSitesView>().table().isColumnHidden(SiteModel::Heap));
  EXPECT_EQ(page.view<CallSitesView>().table().model()->index(0, SiteModel::Heap).data(), "mappings");
  EXPECT_EQ(page.titleOf("heaps"), "Heaps  (1)");
  QTest::keyClicks(&page.filterBox(), "mapp");
  EXPECT_EQ(page.view<CallSitesView>().table().model()->rowCount(), 1);
}

TEST_F(SiteDetails, MarkEstimatesAsSuch) {
  Summary summary = summaryOfFindings();
  summary.liveBytes = 3U << 20;
  summary.liveBlocks = 200;
  summary.allocations = 1'234;
  summary.sampling =
      Sampling{.interval = 512U << 10, .samples = 99, .liveBytesError = 122'880, .liveBlocksError = 20};
  page.store().setSummary(summary);
  page.store().setSites(sites([](Site& site) { site.errors = SiteErrors{.liveBytes = 410}; }));
  EXPECT_EQ(page.header().remains().number(), "≈ 3.00 MiB");
  EXPECT_EQ(page.header().remains().relation(), "± 120 KiB, in ≈ 200 blocks");
  EXPECT_EQ(page.header().allocations().number(), "1,234") << "exact all the same";
  EXPECT_TRUE(page.header().sampling().startsWith("≈ estimates from 99 samples, one each 512 KiB"));
  EXPECT_EQ(page.view<LiveHeapView>().table().model()->index(0, SiteModel::LiveBytes).data(),
            "≈4.00 KiB ±10%");
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
  page.store().setSummary(summary);
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
  page.store().setSummary(summary);
  page.resize(1'000, 700);
  page.show();
  EXPECT_EQ(page.width(), 1'000);
  EXPECT_EQ(page.header().remains().relation(), "± 120 KiB, in ≈ 1,234,567 blocks");
}

}  // namespace
}  // namespace heaptap::gui
