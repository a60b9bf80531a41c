// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>

#include "tests/gui/all_views.h"
#include "tests/gui/site_set.h"

namespace heaptap::gui {
namespace {

using test::siteSet;

Summary endedSummary() {
  Summary summary;
  summary.session.id = "1";
  summary.session.command = {"jq", "."};
  summary.session.state = SessionState::Complete;
  summary.end = "exited 0";
  summary.liveBytes = 3'072;
  summary.liveBlocks = 3;
  summary.peakBytes = 1U << 20;
  summary.allocations = 1'234;
  return summary;
}

Sites threeSites() {
  return siteSet({{.stack = 1,
                   .functions = "alloc;parse;main",
                   .liveBytes = 1'024,
                   .liveBlocks = 1,
                   .allocations = 4,
                   .peakBytes = 10,
                   .temporaries = 0,
                   .sizes = {{16, 31, 4, 1}}},
                  {.stack = 2,
                   .functions = "alloc;render;main",
                   .liveBytes = 2'048,
                   .liveBlocks = 2,
                   .allocations = 9,
                   .peakBytes = 20,
                   .temporaries = 0,
                   .sizes = {{64, 127, 8, 2}, {1'024, 2'047, 1, 0}}},
                  {.stack = 3,
                   .functions = "scratch;main",
                   .liveBytes = 0,
                   .liveBlocks = 0,
                   .allocations = 99,
                   .peakBytes = 90,
                   .temporaries = 0,
                   .sizes = {{8, 8, 99, 0}}}});
}

class Page : public testing::Test {
 protected:
  Page() {
    page.resize(1200, 800);
    page.store().setSummary(endedSummary());
    page.store().setSites(threeSites());
  }
  static QString cell(const QAbstractItemView& view, int row, int column) {
    return view.model()->index(row, column).data().toString();
  }

  SessionPage page;
};

TEST_F(Page, ShowsTheKeyNumbers) {
  EXPECT_EQ(page.header().command(), "jq .");
  EXPECT_TRUE(page.header().process().contains("exited 0"));
  EXPECT_EQ(page.header().remains().caption(), "Leaked");
  EXPECT_EQ(page.header().remains().number(), "3.00 KiB");
  EXPECT_EQ(page.header().peak().number(), "1.00 MiB");
  EXPECT_EQ(page.header().allocations().number(), "1,234");
  EXPECT_FALSE(page.header().dropped().isWarning());
}

TEST_F(Page, WarnsOfLosses) {
  Summary summary = endedSummary();
  summary.droppedAllocations = 7;
  summary.droppedFrees = 1;
  summary.notes = {"8 events were dropped"};
  page.store().setSummary(summary);
  EXPECT_TRUE(page.header().dropped().isWarning());
  EXPECT_EQ(page.header().dropped().number(), "8");
  EXPECT_EQ(page.header().notes(), "8 events were dropped");
}

TEST_F(Page, TheLargestLeakIsSelectedAtFirst) {
  EXPECT_EQ(page.view<LiveHeapView>().table().currentStack(), 2U);
  EXPECT_EQ(page.titleOf("live-heap"), "Live heap  (2)");
  EXPECT_EQ(page.titleOf("call-sites"), "Call sites  (3)");
  EXPECT_EQ(page.site().title(), "alloc ← render ← main");
}

TEST_F(Page, SelectingASiteShowsItsHistogramAndStack) {
  page.view<LiveHeapView>().table().setCurrentIndex(page.view<LiveHeapView>().table().model()->index(1, 0));
  EXPECT_EQ(cell(page.site().stack(), 1, 0), "parse");
  ASSERT_EQ(page.site().histogram().model()->rowCount(), 1);
  EXPECT_EQ(cell(page.site().histogram(), 0, SizeHistogramModel::Sizes), "16-31 B");
  EXPECT_EQ(cell(page.site().histogram(), 0, SizeHistogramModel::Allocations), "4");
}

TEST_F(Page, TheOtherTabHasASelectionOfItsOwn) {
  page.showView("call-sites");
  EXPECT_EQ(page.view<CallSitesView>().table().currentStack(), 3U);
  EXPECT_EQ(cell(page.site().stack(), 0, 0), "scratch");
  page.showView("live-heap");
  EXPECT_EQ(cell(page.site().stack(), 1, 0), "render");
}

TEST_F(Page, ARefreshKeepsTheSelectedSiteAndUpdatesItsDetails) {
  page.view<LiveHeapView>().table().setCurrentIndex(page.view<LiveHeapView>().table().model()->index(1, 0));
  ASSERT_EQ(page.view<LiveHeapView>().table().currentStack(), 1U);
  page.store().setSites(
      siteSet({{.stack = 1,
                .functions = "alloc;parse;main",
                .liveBytes = 9'216,
                .liveBlocks = 9,
                .allocations = 12,
                .peakBytes = 10,
                .temporaries = 0,
                .sizes = {{16, 31, 12, 9}}},
               {.stack = 2, .functions = "alloc;render;main", .liveBytes = 2'048, .liveBlocks = 2},
               {.stack = 3, .functions = "scratch;main"}}));
  EXPECT_EQ(page.view<LiveHeapView>().table().currentStack(), 1U);
  EXPECT_EQ(page.view<LiveHeapView>().table().currentIndex().row(), 0);
  EXPECT_EQ(cell(page.site().histogram(), 0, SizeHistogramModel::LiveBlocks), "9");
}

TEST_F(Page, TheFilterNarrowsBothTables) {
  QTest::keyClicks(&page.filterBox(), "parse");
  EXPECT_EQ(page.view<LiveHeapView>().table().model()->rowCount(), 1);
  EXPECT_EQ(page.view<CallSitesView>().table().model()->rowCount(), 1);
  EXPECT_EQ(page.view<LiveHeapView>().table().currentStack(), 1U);
  EXPECT_EQ(cell(page.site().stack(), 1, 0), "parse");
  page.filterBox().clear();
  EXPECT_EQ(page.view<CallSitesView>().table().model()->rowCount(), 3);
}

TEST_F(Page, CopiesTheSelectedRowsAsText) {
  page.view<LiveHeapView>().table().selectAll();
  QTest::keyClick(&page.view<LiveHeapView>().table(), Qt::Key_C, Qt::ControlModifier);
  EXPECT_EQ(QGuiApplication::clipboard()->text(),
            "Left at end\tBlocks\tFunction\tLocation\n"
            "2.00 KiB\t2\talloc ← render ← main\tsrc/alloc.cpp:12\n"
            "1.00 KiB\t1\talloc ← parse ← main\tsrc/alloc.cpp:12\n");
}

TEST_F(Page, ADoubleClickOnAStackLineCopiesItsLocation) {
  page.show();
  DataTable& stack = page.site().stack();
  const QSignalSpy announced(&page, &SessionPage::announced);
  const QPoint line = stack.visualRect(stack.model()->index(1, 0)).center();
  QTest::mouseClick(stack.viewport(), Qt::LeftButton, {}, line);
  QTest::mouseDClick(stack.viewport(), Qt::LeftButton, {}, line);
  EXPECT_EQ(QGuiApplication::clipboard()->text(), "/src/render.cpp:12");
  EXPECT_EQ(announced.count(), 1);
}

TEST_F(Page, AStatusUpdatesTheNumbersOfALiveSession) {
  Summary summary = endedSummary();
  summary.session.state = SessionState::Live;
  page.store().setSummary(summary);
  EXPECT_EQ(page.header().remains().caption(), "Live");
  LiveStatus status;
  status.session = summary.session;
  status.liveBytes = 5U << 20;
  status.liveBlocks = 50;
  status.peakBytes = 6U << 20;
  status.allocations = 2'000;
  status.atNs = 1'000'000;
  page.store().setStatus(status);
  EXPECT_EQ(page.header().remains().number(), "5.00 MiB");
  EXPECT_EQ(page.header().peak().number(), "6.00 MiB");
  EXPECT_EQ(page.header().allocations().number(), "2,000");
}

TEST_F(Page, NumbersThatBelongTogetherAreOfOneMoment) {
  Summary summary = endedSummary();
  summary.session.state = SessionState::Live;
  summary.allocations = 1'000;
  summary.allocatedBytes = 1U << 20;
  summary.temporaries = 500;
  summary.peakAtNs = 1'000'000'000;
  page.store().setSummary(summary);
  LiveStatus status;
  status.session = summary.session;
  status.peakBytes = 6U << 20;
  status.allocations = 4'000;
  page.store().setStatus(status);
  // A collector that does not tell of bytes, temporaries and the time of the peak.
  EXPECT_EQ(page.header().allocations().number(), "4,000");
  EXPECT_EQ(page.header().allocations().relation(), "so far");
  EXPECT_EQ(page.header().peak().relation(), "so far");
  EXPECT_EQ(page.header().temporaries().number(), "500");
  EXPECT_EQ(page.header().temporaries().relation(), "50.0 % of allocations");
  status.allocatedBytes = 8U << 20;
  status.temporaries = 1'000;
  status.peakAtNs = 3'000'000'000;
  status.peakBytes = 60U << 20;
  status.atNs = 4'000'000'000;
  page.store().setStatus(status);
  EXPECT_EQ(page.header().allocations().relation(), "8.00 MiB in all");
  EXPECT_EQ(page.header().temporaries().number(), "1,000");
  EXPECT_EQ(page.header().temporaries().relation(), "25.0 % of allocations");
  EXPECT_EQ(page.header().peak().relation(), "after 3.00 s");
  EXPECT_GE(page.timeline().bytesAxis().end, status.peakBytes) << "the timeline has the same peak";
}

TEST_F(Page, AStatusOfASampledSessionLeavesWhatWasCounted) {
  Summary summary = endedSummary();
  summary.session.state = SessionState::Live;
  summary.sampling = Sampling{.interval = 512, .samples = 9};
  page.store().setSummary(summary);
  LiveStatus status;
  status.session = summary.session;
  status.allocations = 1'300;  // An estimate.
  page.store().setStatus(status);
  EXPECT_EQ(page.header().allocations().number(), "1,234");
}

/// A hundred thousand sites, of which each hundredth has grown in each turn.
Sites manySites(quint64 turn) {
  std::vector<test::SiteText> texts;
  for (quint64 stack = 1; stack <= 100'000; ++stack) {
    const quint64 live = (stack * 7'919) % 100'000 + (stack % 100 == 0 ? turn * 50'000 : 0) + 1;
    texts.push_back({.stack = stack,
                     .functions = "f;main",
                     .liveBytes = live,
                     .liveBlocks = stack % 1'000 == turn ? 0 : live,
                     .allocations = live,
                     .peakBytes = live});
  }
  return siteSet(texts, 7);
}

TEST_F(Page, AHundredThousandSitesKeepSelectionAndScrollPosition) {
  page.store().begin();
  page.show();
  page.store().setSites(manySites(0));
  SiteTable& table = page.view<LiveHeapView>().table();
  table.setCurrentIndex(table.model()->index(500, 0));
  table.verticalScrollBar()->setValue(40'000);
  const auto stack = table.currentStack();
  const QSignalSpy resets(table.model(), &QAbstractItemModel::modelReset);
  for (quint64 turn = 1; turn < 4; ++turn) {
    page.store().setSites(manySites(turn));
    EXPECT_EQ(table.currentStack(), stack);
    EXPECT_TRUE(table.selectionModel()->isRowSelected(table.currentIndex().row(), {}));
    EXPECT_EQ(table.verticalScrollBar()->value(), 40'000);
    EXPECT_EQ(table.model()->rowCount(), 99'900);
  }
  EXPECT_EQ(resets.count(), 0);
}

TEST_F(Page, WhenTheCurrentSiteGoesTheOneInItsPlaceIsNext) {
  std::vector<test::SiteText> texts;
  for (quint64 stack = 1; stack <= 1'000; ++stack)
    texts.push_back({.stack = stack, .functions = "f;main", .liveBytes = 10'000 - stack, .liveBlocks = 1});
  page.store().begin();
  page.show();
  page.store().setSites(siteSet(texts, 8));
  SiteTable& table = page.view<LiveHeapView>().table();
  table.setCurrentIndex(table.model()->index(9, 0));
  ASSERT_EQ(table.currentStack(), 10U);
  const int scrolled = table.verticalScrollBar()->value();
  texts[9].liveBytes = texts[9].liveBlocks = 0;
  page.store().setSites(siteSet(texts, 8));
  EXPECT_EQ(table.currentStack(), 11U);
  EXPECT_EQ(table.verticalScrollBar()->value(), scrolled);
  table.setCurrentIndex(table.model()->index(998, 0));
  texts[999].liveBytes = texts[999].liveBlocks = 0;
  page.store().setSites(siteSet(texts, 8));
  EXPECT_EQ(table.currentStack(), 999U) << "after the last one comes the one before";
}

TEST_F(Page, ARefreshThatLeavesTheCurrentSiteAsItWasAsksForNoDetails) {
  const auto before = siteSet({{.stack = 1, .functions = "a", .liveBytes = 9, .liveBlocks = 1},
                               {.stack = 2, .functions = "b", .liveBytes = 1, .liveBlocks = 1}},
                              9);
  const auto after = siteSet({{.stack = 1, .functions = "a", .liveBytes = 9, .liveBlocks = 1},
                              {.stack = 2, .functions = "b", .liveBytes = 2, .liveBlocks = 1}},
                             9);
  page.store().begin();
  page.store().setSites(before);
  ASSERT_EQ(page.view<LiveHeapView>().table().currentStack(), 1U);
  page.store().setSites(after);
  EXPECT_EQ(after->detailed, 0);
}

TEST_F(Page, TellsWhatIsOnItsWayFromWhatWillNotCome) {
  page.store().begin();
  page.store().setSummary(endedSummary());
  EXPECT_EQ(page.view<CallSitesView>().table().emptyText(), "Loading…");
  EXPECT_EQ(page.titleOf("call-sites"), "Call sites");
  page.store().setComing(Coming::Failed);
  EXPECT_EQ(page.view<CallSitesView>().table().emptyText(), "Could not be loaded.");
  page.store().setSites(threeSites());
  EXPECT_EQ(page.titleOf("call-sites"), "Call sites  (3)");
}

TEST_F(Page, IsReachedByTheTabKey) {
  page.show();
  page.timeline().setFocus();
  QList<QWidget*> reached;
  for (int i = 0; i < 8; ++i) {
    reached << page.focusWidget();
    QTest::keyClick(page.focusWidget(), Qt::Key_Tab);
  }
  for (QWidget* widget :
       {static_cast<QWidget*>(&page.timeline()), static_cast<QWidget*>(&page.filterBox()),
        static_cast<QWidget*>(&page.view<LiveHeapView>().table()),
        static_cast<QWidget*>(&page.site().histogram()), static_cast<QWidget*>(&page.site().stack())})
    EXPECT_TRUE(reached.contains(widget)) << widget->accessibleName().toStdString();
}

TEST_F(Page, MenusOfTablesCopyRowsAndStacks) {
  page.view<LiveHeapView>().table().selectRow(0);
  const auto menu = page.view<LiveHeapView>().table().contextMenu();
  ASSERT_GE(menu->actions().size(), 2);
  menu->actions().at(0)->trigger();
  EXPECT_EQ(QGuiApplication::clipboard()->text(), page.view<LiveHeapView>().table().selectedText());
  menu->actions().at(1)->trigger();
  EXPECT_TRUE(QGuiApplication::clipboard()->text().startsWith("alloc\nrender\nmain\n") ||
              QGuiApplication::clipboard()->text().startsWith("alloc  ("))
      << QGuiApplication::clipboard()->text().toStdString();
  const QString stack = QGuiApplication::clipboard()->text();
  page.site().stack().selectRow(1);
  const auto ofStack = page.site().stack().contextMenu();
  ASSERT_GE(ofStack->actions().size(), 2);
  ofStack->actions().at(1)->trigger();
  EXPECT_EQ(QGuiApplication::clipboard()->text(), stack) << "the same stack, from where it is shown";
  EXPECT_EQ(page.view<HeapsView>().table().contextMenu()->actions().size(), 1)
      << "without a stack there is none to copy";
  EXPECT_FALSE(page.view<HeapsView>().table().contextMenu()->actions().at(0)->isEnabled());
}

TEST_F(Page, ColumnsAreChosenInTheMenuOfTheTitlesAndKept) {
  SiteTable& table = page.view<CallSitesView>().table();
  page.resize(1'600, 900);
  page.show();
  page.showView("call-sites");
  const auto menu = table.columnMenu();
  QStringList titles;
  for (QAction* action : menu->actions()) titles << action->text();
  EXPECT_TRUE(titles.contains("Temporary")) << titles.join(", ").toStdString();
  EXPECT_FALSE(titles.contains("Heap")) << "which says nothing here";
  for (QAction* action : menu->actions())
    if (action->text() == "Temporary") action->trigger();
  EXPECT_TRUE(table.isColumnHidden(SiteModel::Temporaries));
  table.setColumnWanted(table.horizontalHeader()->sortIndicatorSection(), false);
  EXPECT_FALSE(table.isColumnHidden(table.horizontalHeader()->sortIndicatorSection()));
  EXPECT_FALSE(table.csv().contains("Heap"));
  QSettings settings;
  page.save(settings);
  SessionPage other;
  other.restore(settings);
  EXPECT_FALSE(other.view<CallSitesView>().table().isColumnWanted(SiteModel::Temporaries));
  EXPECT_TRUE(other.view<CallSitesView>().table().isColumnWanted(SiteModel::Heap));
  EXPECT_TRUE(other.view<CallSitesView>().table().isColumnWanted(SiteModel::Location));
  settings.clear();
}

TEST_F(Page, MenusFilterByWhatTheyAreOpenedOn) {
  page.showView("live-heap");
  page.view<LiveHeapView>().table().selectRow(0);
  const auto menu = page.view<LiveHeapView>().table().contextMenu();
  for (QAction* action : menu->actions())
    if (action->text().startsWith("&Without This")) action->trigger();
  ASSERT_EQ(page.selection().filter().terms().size(), 1U);
  EXPECT_EQ(page.selection().filter().terms()[0].text, "alloc");
  EXPECT_TRUE(page.selection().filter().terms()[0].isNot);
  EXPECT_EQ(page.view<LiveHeapView>().table().model()->rowCount(), 0);
  page.selection().setFilter({});
  page.site().stack().selectRow(1);
  page.site().stack().setCurrentIndex(page.site().stack().model()->index(1, 0));
  const auto ofStack = page.site().stack().contextMenu();
  for (QAction* action : ofStack->actions())
    if (action->menu() != nullptr)
      for (QAction* view : action->menu()->actions())
        if (view->text() == "Call &Tree") view->trigger();
  EXPECT_EQ(page.currentView(), "call-tree");
  EXPECT_EQ(page.selection().filter(), SiteFilter({FilterTerm::function("render")}));
}

TEST_F(Page, RemembersItsColumns) {
  page.view<LiveHeapView>().table().horizontalHeader()->resizeSection(SiteModel::Location, 133);
  QSettings settings;
  page.save(settings);
  SessionPage other;
  other.restore(settings);
  EXPECT_EQ(other.view<LiveHeapView>().table().horizontalHeader()->sectionSize(SiteModel::Location), 133);
}

}  // namespace
}  // namespace heaptap::gui
