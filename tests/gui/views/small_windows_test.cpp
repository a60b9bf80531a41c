// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <QApplication>
#include <QHeaderView>
#include <QPixmap>
#include <QTest>
#include <algorithm>

#include "tests/gui/all_views.h"
#include "tests/gui/site_set.h"

namespace heaptap::gui {
namespace {

Summary busySummary() {
  Summary summary;
  summary.session.id = "1";
  summary.session.command = {"/usr/local/bin/program", "--with", "a", "long", "command", "line"};
  summary.session.state = SessionState::Complete;
  summary.session.durationNs = 15'000'000'000;
  summary.end = "exited 0";
  summary.host = "host";
  summary.allocations = 2'887'263;
  summary.allocatedBytes = 1U << 30;
  summary.peakBytes = 11'010'048;
  summary.liveBytes = 9'363'783;
  summary.liveBlocks = 49'087;
  summary.temporaries = 836'769;
  summary.residentBytes = 241'172'480;
  summary.ownCost.emplace();
  summary.ownCost->agentCpuNs = 3'590'000'000;
  return summary;
}

Sites oneSite() {
  return test::siteSet({{.stack = 1,
                         .functions = "allocateSomething;parseSomethingElse;main",
                         .liveBytes = 2'048,
                         .liveBlocks = 2,
                         .allocations = 9,
                         .peakBytes = 20,
                         .temporaries = 0,
                         .sizes = {{64, 127, 8, 2}, {1'024, 2'047, 1, 0}}}});
}

class Small : public testing::TestWithParam<QSize> {
 protected:
  Small() {
    window.setAttribute(Qt::WA_DontShowOnScreen);
    Session other;
    other.id = "2";
    window.showSessions({busySummary().session, other});
    window.store().setSummary(busySummary());
    window.store().setSites(oneSite());
    window.resize(GetParam());
    window.show();
    QApplication::processEvents();
  }
  [[nodiscard]] int digits(int count) const { return count * window.fontMetrics().horizontalAdvance('0'); }

  MainWindow window;
};

TEST_P(Small, WindowsGetTheSizeThatTheyAreGiven) { EXPECT_EQ(window.size(), GetParam()); }

TEST_P(Small, WindowsKeepTheirRoomBelowNotices) {
  const QString text =
      QStringLiteral("what is shown is of then. Waiting for the collector at unix:/run/user/1000/heaptap/c ")
          .repeated(5);
  window.showProblem("No answer from the collector", text);
  const NoticeBar& notice = window.problem();
  // A layout within another settles by what events post.
  for (int round = 0; round < 5; ++round) QApplication::processEvents();
  const bool isLow = window.height() < 600;
  EXPECT_EQ(notice.height() < 3 * notice.fontMetrics().height(), isLow) << notice.height();
  EXPECT_TRUE(notice.text().contains(text)) << "all of it can be read in the tool tip";
  window.resize(window.width(), 900);
  for (int round = 0; round < 5; ++round) QApplication::processEvents();
  EXPECT_GT(notice.height(), 3 * notice.fontMetrics().height());
}

TEST_P(Small, WindowsShowFunctionsBesideTheNumberThatRowsAreSortedBy) {
  for (const QString id : {"live-heap", "call-sites"}) {
    window.session().showView(id);
    QApplication::processEvents();
    SitesView& view = id == "live-heap" ? static_cast<SitesView&>(window.session().view<LiveHeapView>())
                                        : window.session().view<CallSitesView>();
    SiteTable& table = view.table();
    EXPECT_GE(table.columnWidth(SiteModel::Function), digits(14)) << id.toStdString();
    EXPECT_FALSE(table.isColumnHidden(table.horizontalHeader()->sortIndicatorSection()));
    EXPECT_LE(table.horizontalHeader()->length(), table.viewport()->width()) << "nothing to scroll for";
  }
  DataTable& stack = window.session().site().stack();
  EXPECT_GE(stack.columnWidth(StackModel::Function), digits(14));
}

TEST_P(Small, WindowsOfferTheViewsInAListOrABox) {
  SessionPage& page = window.session();
  EXPECT_NE(page.viewList().isVisible(), page.viewChooser().isVisible());
  EXPECT_EQ(page.viewChooser().isVisible(), page.width() < 900);
  if (page.viewChooser().isVisible()) {
    EXPECT_LE(page.viewChooser().geometry().right(), page.filterBox().geometry().left());
    EXPECT_EQ(page.viewChooser().currentText(), page.titleOf(page.currentView()));
  }
  EXPECT_GE(page.filterBox().width(), digits(10));
}

TEST_P(Small, WindowsCutNoNumber) {
  const SessionHeader& header = window.session().header();
  const QList<const KeyNumber*> numbers{&header.remains(),     &header.peak(),    &header.allocations(),
                                        &header.temporaries(), &header.dropped(), &header.resident(),
                                        &header.cost()};
  QStringList leftOut;
  int right = 0;
  for (const KeyNumber* number : numbers) {
    if (header.numbers().leftOut().contains(number)) {
      EXPECT_TRUE(number->isHidden());
      leftOut << number->accessibleName();
      continue;
    }
    EXPECT_GE(number->width(), number->minimumSizeHint().width()) << number->caption().toStdString();
    EXPECT_GE(number->x(), right);
    right = number->x() + number->width();
  }
  EXPECT_LE(right, header.numbers().width());
  const auto* more = header.numbers().findChild<ElidedLabel*>({}, Qt::FindDirectChildrenOnly);
  ASSERT_NE(more, nullptr);
  EXPECT_EQ(more->isHidden(), leftOut.isEmpty());
  for (const QString& name : leftOut) EXPECT_TRUE(more->accessibleName().contains(name));
}

INSTANTIATE_TEST_SUITE_P(
    Windows, Small, testing::Values(QSize(700, 500), QSize(900, 560), QSize(1024, 700), QSize(1280, 800)),
    [](const auto& given) {
      return std::to_string(given.param.width()) + "x" + std::to_string(given.param.height());
    });

TEST(SmallestWindow, IsPaintedInEveryView) {
  MainWindow window;
  window.setAttribute(Qt::WA_DontShowOnScreen);
  window.store().setSummary(busySummary());
  window.store().setSites(oneSite());
  window.show();
  for (const QSize& size : {QSize(1, 1), QSize(2, 400), QSize(400, 2)}) {
    window.setMinimumSize(1, 1);  // Smaller than the layout wants it.
    window.session().setMinimumSize(1, 1);
    window.resize(size);
    for (const ViewEntry& entry : viewTable()) {
      window.session().showView(entry.id);
      QApplication::processEvents();
      EXPECT_FALSE(window.grab().isNull());
    }
    window.session().resize(size);
    EXPECT_FALSE(window.session().grab().isNull());
  }
}

TEST(ColumnsOfThreads, ShowWhatWasNotFreedAsLongAsNumbersHaveRoom) {
  SessionPage page;
  page.store().setSummary(busySummary());
  page.setAttribute(Qt::WA_DontShowOnScreen);
  page.show();
  page.showView("threads");
  ASSERT_TRUE(page.store().threads().wish());
  constexpr quint32 kThreads = 6;
  std::vector<ThreadFlow> flows;
  std::vector<QString> names;
  for (quint32 thread = 0; thread < kThreads; ++thread) {
    names.push_back(QStringLiteral("worker %1").arg(thread));
    flows.push_back({.allocatedBy = thread, .freedBy = thread, .sum = {1, 1'000}});
    flows.push_back({.allocatedBy = thread, .freedBy = std::nullopt, .sum = {1, 1'000}});
  }
  page.store().threads().answer(*page.store().threads().wish(), threadMatrixOf(flows, names));
  const DataTable& table = *page.view<ThreadsView>().exportable().front();
  const int digit = table.fontMetrics().horizontalAdvance('0');
  const int columns = table.model()->columnCount();
  ASSERT_EQ(columns, static_cast<int>(kThreads) + 1);
  for (int digits = 20; digits >= 10; digits -= 2) {
    page.resize(page.width() + columns * digits * digit + 1 - table.viewport()->width(), 800);
    QApplication::processEvents();
    EXPECT_LE(table.horizontalHeader()->length(), table.viewport()->width()) << digits;
  }
}

TEST(WideColumns, AreSavedAsTheUserSetThemNotAsTheyGaveWay) {
  SessionPage page;
  page.store().setSummary(busySummary());
  page.store().setSites(oneSite());
  page.setAttribute(Qt::WA_DontShowOnScreen);
  page.resize(1400, 800);
  page.show();
  page.showView("call-sites");
  QApplication::processEvents();
  page.view<CallSitesView>().table().horizontalHeader()->resizeSection(SiteModel::Location, 147);
  page.resize(560, 500);
  QApplication::processEvents();
  ASSERT_TRUE(page.view<CallSitesView>().table().isLeftOut(SiteModel::Location));
  const QByteArray saved = page.view<CallSitesView>().table().saveColumns();
  EXPECT_TRUE(page.view<CallSitesView>().table().isLeftOut(SiteModel::Location));
  page.resize(1400, 800);
  QApplication::processEvents();
  EXPECT_FALSE(page.view<CallSitesView>().table().isLeftOut(SiteModel::Location));
  EXPECT_EQ(page.view<CallSitesView>().table().columnWidth(SiteModel::Location), 147);
  page.view<CallSitesView>().table().horizontalHeader()->resizeSection(SiteModel::Location, 99);
  page.view<CallSitesView>().table().restoreColumns(saved);
  EXPECT_EQ(page.view<CallSitesView>().table().columnWidth(SiteModel::Location), 147);
  EXPECT_FALSE(page.view<CallSitesView>().table().isColumnHidden(SiteModel::Location));
}

TEST(NarrowTables, HaveRoomForTheTitleThatTheyAreSortedBy) {
  MainWindow window;
  window.setAttribute(Qt::WA_DontShowOnScreen);
  window.store().setSummary(busySummary());
  window.store().setSites(oneSite());
  window.resize(900, 600);
  window.show();
  window.session().showView("call-sites");
  QApplication::processEvents();
  SiteTable& table = window.session().view<CallSitesView>().table();
  QHeaderView& header = *table.horizontalHeader();
  for (const int column : {SiteModel::LiveBytes, SiteModel::Allocations}) {
    table.setColumnDigits(column, 2);
    table.sortByColumn(column, Qt::DescendingOrder);
    QApplication::processEvents();
    EXPECT_GE(header.sectionSize(column), header.sectionSizeHint(column)) << column;
  }
}

TEST(NarrowTables, KeepTheColumnThatTheyAreSortedBy) {
  SessionPage page;
  page.store().setSummary(busySummary());
  page.store().setSites(oneSite());
  page.setAttribute(Qt::WA_DontShowOnScreen);
  page.resize(600, 500);
  page.show();
  page.showView("call-sites");
  QApplication::processEvents();
  ASSERT_TRUE(page.view<CallSitesView>().table().isColumnHidden(SiteModel::Temporaries));
  page.view<CallSitesView>().table().sortByColumn(SiteModel::Temporaries, Qt::DescendingOrder);
  EXPECT_FALSE(page.view<CallSitesView>().table().isColumnHidden(SiteModel::Temporaries));
}

}  // namespace
}  // namespace heaptap::gui
