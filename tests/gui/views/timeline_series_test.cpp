// SPDX-License-Identifier: Apache-2.0
//
// Threads and functions over time, as the timeline shows them.
#include <gtest/gtest.h>

#include <QApplication>
#include <QImage>
#include <QSignalSpy>
#include <QTest>
#include <cmath>

#include "gui/views/colours.h"
#include "gui/views/painting/hues.h"
#include "gui/views/timeline/timeline_legend.h"
#include "tests/gui/all_views.h"

namespace heaptap::gui {
namespace {

constexpr quint64 kSeriesMiB = 1U << 20;
constexpr quint64 kSeriesSecond = 1'000'000'000;

/// 8 MiB for four seconds.
Timeline fourSeconds() {
  Timeline timeline{.bucketNs = kSeriesSecond, .buckets = {}};
  for (int i = 0; i < 4; ++i)
    timeline.buckets.push_back(
        {.maxLiveBytes = 8 * kSeriesMiB, .liveBytes = 8 * kSeriesMiB, .allocations = 100, .frees = 50});
  return timeline;
}

/// 6 MiB of parse, 2 MiB of others; the third second is not known. Two threads and others.
TimelineSeries someSeries() {
  TimelineSeries series{.beginNs = 0, .stepNs = kSeriesSecond};
  for (int i = 0; i < 4; ++i)
    series.steps.push_back({.isKnown = i != 2, .isLiveKnown = i != 2, .temporaries = 40});
  series.layers = {
      {.name = "parse", .function = "parse()", .live = std::vector<quint64>(4, 6 * kSeriesMiB)},
      {.name = "other call sites", .function = {}, .live = std::vector<quint64>(4, 2 * kSeriesMiB)}};
  series.lanes = {
      {.name = "worker", .word = "worker", .allocations = {90, 0, 0, 90}, .bytes = {9, 0, 0, 9}},
      {.name = "main", .word = "main", .allocations = {1, 1, 0, 0}, .bytes = {5, 5, 0, 0}},
      {.name = "7 others", .word = {}, .threads = 7, .allocations = {1, 0, 0, 0}, .bytes = {1, 0, 0, 0}}};
  return series;
}

class TimelineWithSeries : public testing::Test {
 protected:
  TimelineWithSeries() {
    view.resize(700, 400);
    view.setTimeline(fourSeconds());
  }
  QColor painted(const QPointF& at) {
    const QImage image = view.grab().toImage();
    const double ratio = image.devicePixelRatio();
    return image.pixelColor(static_cast<int>(at.x() * ratio), static_cast<int>(at.y() * ratio));
  }
  QColor paintedAt(quint64 atNs, quint64 bytes) { return painted({view.xOf(atNs), view.yOf(bytes)}); }
  QPointF inLane(std::size_t lane, quint64 atNs) {
    return {view.xOf(atNs), view.lanes().rectangleOf(lane).center().y()};
  }
  const quint64 middle = kSeriesSecond / 2;

  TimelineView view;
  const Colours colours = Colours::of(view.palette());
  const Hues hues{view.palette()};
};

TEST_F(TimelineWithSeries, TheAreaIsStackedByFunctionsWhenThatIsWanted) {
  view.setSeries(someSeries());
  EXPECT_EQ(paintedAt(kSeriesSecond + middle, 3 * kSeriesMiB), colours.area);
  view.setShowsLayers(true);
  EXPECT_EQ(paintedAt(kSeriesSecond + middle, 3 * kSeriesMiB), hues.at(0));
  EXPECT_EQ(paintedAt(kSeriesSecond + middle, 7 * kSeriesMiB), hues.neutral());
  EXPECT_EQ(paintedAt(2 * kSeriesSecond + middle, 3 * kSeriesMiB), colours.area) << "not known there";
  EXPECT_TRUE(view.readOut(1).contains("6.00 MiB parse")) << view.readOut(1).join('|').toStdString();
  EXPECT_FALSE(view.readOut(2).contains("6.00 MiB parse"));
  view.setShowsLayers(false);
  EXPECT_FALSE(view.readOut(1).contains("6.00 MiB parse"));
}

TEST_F(TimelineWithSeries, ThreadsHaveLanesAsDarkAsTheyAllocate) {
  const double before = view.plot().height();
  view.setSeries(someSeries());
  ASSERT_EQ(view.lanes().count(), 3U);
  EXPECT_LT(view.plot().height(), before);
  EXPECT_EQ(painted(inLane(0, middle)), hues.shade(1));
  EXPECT_EQ(painted(inLane(0, kSeriesSecond + middle)), view.palette().color(QPalette::Base));
  const QColor little = painted(inLane(1, middle));
  EXPECT_NE(little, view.palette().color(QPalette::Base)) << "one allocation is seen, too";
  EXPECT_NE(little, hues.shade(1));
  EXPECT_NE(painted(inLane(0, 2 * kSeriesSecond + middle)), view.palette().color(QPalette::Base))
      << "what is not known is not the same as nothing";
  view.setShowsLanes(false);
  EXPECT_EQ(view.lanes().count(), 0U);
  EXPECT_EQ(view.plot().height(), before);
  EXPECT_EQ(view.laneRoom(), 0);
}

TEST_F(TimelineWithSeries, StepsThatHaveMovedAreShownWhereTheyAre) {
  TimelineSeries series = someSeries();
  // As wide as two and a half, and of nearly the same: of half of it nothing is known.
  series.moved = {{0, kSeriesSecond * 5 / 2},
                  {kSeriesSecond * 5 / 2, kSeriesSecond * 3},
                  {kSeriesSecond * 3, kSeriesSecond * 7 / 2},
                  {kSeriesSecond * 7 / 2, 4 * kSeriesSecond}};
  series.lanes[0].allocations = {250, 0, 0, 50};
  view.setShowsLayers(true);
  view.setSeries(series);
  const QColor most = painted(inLane(0, middle));
  EXPECT_EQ(painted(inLane(0, kSeriesSecond * 3 / 2)), most);
  EXPECT_EQ(most, painted(inLane(0, kSeriesSecond * 15 / 4))) << "as many in the same time";
  EXPECT_EQ(view.readOut(0).filter("temporary").first(), "40 allocations temporary in 2.50 s");
  EXPECT_TRUE(view.readOut(1).contains("6.00 MiB parse"));
  EXPECT_EQ(paintedAt(kSeriesSecond * 9 / 4, 3 * kSeriesMiB), hues.at(0));
  EXPECT_EQ(paintedAt(kSeriesSecond * 13 / 4, 3 * kSeriesMiB), colours.area) << "not known there";
}

TEST_F(TimelineWithSeries, AClickOnALaneOrItsNameChoosesTheThread) {
  view.setSeries(someSeries());
  const QSignalSpy threads(&view, &TimelineView::threadChosen);
  const QSignalSpy times(&view, &TimelineView::timeChosen);
  QTest::mouseClick(&view, Qt::LeftButton, {}, inLane(0, middle).toPoint());
  ASSERT_EQ(threads.size(), 1);
  EXPECT_EQ(threads.last().at(0).toString(), "worker");
  QTest::mouseClick(&view, Qt::LeftButton, {}, QPoint(4, static_cast<int>(inLane(1, 0).y())));
  ASSERT_EQ(threads.size(), 2);
  EXPECT_EQ(threads.last().at(0).toString(), "main");
  QTest::mouseClick(&view, Qt::LeftButton, {}, inLane(2, middle).toPoint());
  EXPECT_EQ(threads.size(), 2) << "the others are no thread";
  EXPECT_EQ(times.size(), 0);
}

TEST_F(TimelineWithSeries, ADragOverLanesChoosesATime) {
  view.setSeries(someSeries());
  const QSignalSpy threads(&view, &TimelineView::threadChosen);
  const QSignalSpy times(&view, &TimelineView::timeChosen);
  QTest::mousePress(&view, Qt::LeftButton, {}, inLane(0, middle).toPoint());
  for (const quint64 at : {kSeriesSecond, 2 * kSeriesSecond}) {
    const QPointF to = inLane(0, at);
    QMouseEvent move(QEvent::MouseMove, to, to, Qt::NoButton, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&view, &move);
  }
  QTest::mouseRelease(&view, Qt::LeftButton, {}, inLane(0, 2 * kSeriesSecond).toPoint());
  EXPECT_EQ(threads.size(), 0);
  EXPECT_EQ(times.size(), 1);
}

TEST_F(TimelineWithSeries, TheKeyboardGoesFromLaneToLane) {
  view.setSeries(someSeries());
  const QSignalSpy threads(&view, &TimelineView::threadChosen);
  QTest::keyClick(&view, Qt::Key_Home);
  QTest::keyClick(&view, Qt::Key_Down);
  QTest::keyClick(&view, Qt::Key_Down);
  EXPECT_TRUE(view.accessibleDescription().startsWith("main: 1 allocation, 5 B in 1.00 s, at 1.00 s"))
      << view.accessibleDescription().toStdString();
  QTest::keyClick(&view, Qt::Key_Space);
  ASSERT_EQ(threads.size(), 1);
  EXPECT_EQ(threads.last().at(0).toString(), "main");
  for (int i = 0; i < 5; ++i) QTest::keyClick(&view, Qt::Key_Up);
  EXPECT_EQ(view.accessibleDescription().left(6), "worker");
  QTest::keyClick(&view, Qt::Key_Escape);
  EXPECT_TRUE(view.accessibleDescription().startsWith("at 1.00 s"));
}

TEST_F(TimelineWithSeries, OneThreadAloneNeedsNoLane) {
  TimelineSeries series = someSeries();
  series.lanes.resize(1);
  view.setSeries(series);
  EXPECT_EQ(view.lanes().count(), 0U);
}

TEST_F(TimelineWithSeries, InALowWidgetTheCurveHasAllTheRoom) {
  view.resize(700, 110);
  view.setSeries(someSeries());
  EXPECT_EQ(view.lanes().count(), 0U);
  EXPECT_EQ(view.laneRoom(), 0);
  view.resize(1, 1);
  EXPECT_FALSE(view.grab().isNull());
}

TEST_F(TimelineWithSeries, TemporaryAllocationsAreSaidAndPaintedWhereTheyAreKnown) {
  EXPECT_EQ(view.readOut(0).join('|'), "at 1.00 s|8.00 MiB live|100 allocations, 50 frees");
  Timeline told = fourSeconds();
  told.buckets[0].temporaries = 12;
  view.setTimeline(told);
  EXPECT_EQ(view.readOut(0).at(2), "100 allocations, 50 frees (12 temporary)");
  view.setTimeline(fourSeconds());
  view.setSeries(someSeries());
  EXPECT_EQ(view.readOut(0).last(), "40 allocations temporary in 1.00 s");
  EXPECT_EQ(view.readOut(2).size(), 3) << "it is not known there";
  const double foot = view.plot().bottom() + 28;
  int darker = 0;
  const QImage image = view.grab().toImage();
  for (int y = static_cast<int>(view.plot().bottom()) + 7; y < static_cast<int>(foot); ++y)
    darker += image.pixelColor(static_cast<int>(view.xOf(middle)), y) == colours.temporaryBars ? 1 : 0;
  EXPECT_GT(darker, 4);
}

TEST_F(TimelineWithSeries, WhyThereIsNothingIsSaid) {
  view.setSeriesNote("No threads: it was recorded with --no-events");
  EXPECT_EQ(view.lanes().count(), 1U) << "a line for that";
  const QSignalSpy threads(&view, &TimelineView::threadChosen);
  QTest::mouseClick(&view, Qt::LeftButton, {}, view.lanes().area().center().toPoint());
  EXPECT_EQ(threads.size(), 0);
  view.setSeriesNote({});
  EXPECT_EQ(view.lanes().count(), 0U);
}

TEST_F(TimelineWithSeries, ManyLongNamesAreCutAndTheWidgetSurvives) {
  TimelineSeries series = someSeries();
  const QString name = QString(5'000, 'x') + "\n<b>";
  for (int i = 0; i < 100; ++i) {
    series.lanes.push_back({.name = name, .word = name, .allocations = {1, 2, 0, 3}, .bytes = {1, 2, 0, 3}});
    series.layers.push_back({.name = name, .function = name, .live = {1, 2, 0, 3}});
  }
  view.setShowsLayers(true);
  view.setSeries(series);
  EXPECT_LE(view.lanes().count(), TimelineLanes::kMost);
  EXPECT_GT(view.plot().width(), 0.7 * view.width()) << "names take a part of the width only";
  EXPECT_FALSE(view.grab().isNull());
}

TEST(Legends, TextsShareTheRoomAndTheLongestGiveWay) {
  const QFontMetricsF metrics{QFont()};
  const std::vector<LegendEntry> entries{{.text = "a", .line = {}},
                                         {.text = QString(500, 'x'), .line = {}},
                                         {.text = QString(400, 'y'), .line = {}}};
  const auto widths = legendWidths(entries, metrics, 400);
  EXPECT_GE(widths[0], metrics.horizontalAdvance("a"));
  EXPECT_EQ(widths[1], widths[2]);
  EXPECT_LT(widths[0] + widths[1] + widths[2], 400);
  const auto narrow = legendWidths(entries, metrics, 90);
  EXPECT_EQ(narrow[2], 0) << "no room to read it";
  EXPECT_EQ(legendWidths(entries, metrics, 3), std::vector<double>(3, 0));
  EXPECT_TRUE(legendWidths({}, metrics, 400).empty());
}

class PageWithSeries : public testing::Test {
 protected:
  PageWithSeries() {
    page.setAttribute(Qt::WA_DontShowOnScreen);
    page.resize(1'280, 800);
    page.show();
    Summary summary;
    summary.session.id = "1";
    summary.session.state = SessionState::Complete;
    page.store().setSummary(summary);
    page.store().setTimeline(fourSeconds());
    page.store().setFinished();
  }
  const std::optional<SeriesWish>& wish() { return page.store().timelineSeries().wish(); }

  SessionPage page;
};

TEST_F(PageWithSeries, AsksForWhatIsShownAndHasRoom) {
  ASSERT_TRUE(QTest::qWaitFor([this] { return wish().has_value(); }));
  EXPECT_EQ(wish()->window, std::nullopt);
  EXPECT_GE(wish()->lanes, 2);
  EXPECT_FALSE(wish()->hasLayers);
  EXPECT_FALSE(page.isSettled());
  page.timeline().setShowsLayers(true);
  EXPECT_TRUE(wish()->hasLayers);
  page.selection().setFilter(SiteFilter("parse").with({.of = FilterTerm::Of::Thread, .text = "main"}));
  ASSERT_TRUE(QTest::qWaitFor([this] { return wish()->filter == SiteFilter("parse"); }))
      << "threads stay, so that another one can be chosen";
  page.timeline().setWindow(TimeWindow{kSeriesSecond, 2 * kSeriesSecond});
  ASSERT_TRUE(QTest::qWaitFor([this] { return wish()->window.has_value(); }));
  page.timeline().setShowsLayers(false);
  page.timeline().setShowsLanes(false);
  EXPECT_EQ(wish(), std::nullopt);
}

TEST_F(PageWithSeries, AThreadIsFilteredByAndASecondTimeNotAnyMore) {
  ASSERT_TRUE(QTest::qWaitFor([this] { return wish().has_value(); }));
  page.store().timelineSeries().answer(*wish(), someSeries());
  emit page.timeline().threadChosen("worker");
  EXPECT_EQ(page.selection().filter(), SiteFilter().with({.of = FilterTerm::Of::Thread, .text = "worker"}));
  emit page.timeline().threadChosen("main");
  EXPECT_EQ(page.selection().filter(), SiteFilter().with({.of = FilterTerm::Of::Thread, .text = "main"}))
      << "no block is of both";
  emit page.timeline().threadChosen("main");
  EXPECT_TRUE(page.selection().filter().isEmpty());
}

TEST_F(PageWithSeries, WhyThereIsNoneAndHowFarItIsStandsThere) {
  ASSERT_TRUE(QTest::qWaitFor([this] { return wish().has_value(); }));
  page.store().timelineSeries().reach(*wish(), 0.42);
  EXPECT_EQ(page.timeline().seriesNote(), "Threads and call sites over time: 42 %");
  page.store().timelineSeries().fail(*wish(), "it was recorded with --no-events");
  EXPECT_EQ(page.timeline().seriesNote(),
            "No threads and call sites over time: it was recorded with --no-events");
  page.store().timelineSeries().answer(*wish(), someSeries());
  EXPECT_EQ(page.timeline().seriesNote(), "");
  EXPECT_EQ(page.timeline().series(), someSeries());
}

}  // namespace
}  // namespace heaptap::gui
