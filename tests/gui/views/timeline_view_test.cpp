// SPDX-License-Identifier: Apache-2.0
#include "gui/views/timeline/timeline_view.h"

#include <gtest/gtest.h>

#include <QCoreApplication>
#include <QImage>
#include <QMouseEvent>
#include <QTest>
#include <QWheelEvent>
#include <cmath>
#include <optional>
#include <vector>

#include "gui/views/colours.h"

namespace heaptap::gui {
namespace {

constexpr quint64 kMiB = 1U << 20;
constexpr quint64 kSecond = 1'000'000'000;

/// 1 MiB, then 4 MiB with a moment of 8, then nothing; a second each.
Timeline steps() {
  return {.bucketNs = kSecond,
          .buckets = {{.maxLiveBytes = kMiB, .liveBytes = kMiB, .allocations = 10, .frees = 0},
                      {.maxLiveBytes = 8 * kMiB, .liveBytes = 4 * kMiB, .allocations = 7, .frees = 1},
                      {.maxLiveBytes = 4 * kMiB, .liveBytes = 0, .allocations = 0, .frees = 16}}};
}

class TimelineViewOf : public testing::Test {
 protected:
  TimelineViewOf() {
    view.resize(640, 240);
    view.setTimeline(steps());
    view.setPeak(TimelineView::Point{1'500'000'000, 8 * kMiB});
  }
  QColor painted(quint64 atNs, quint64 bytes) {
    const QImage image = view.grab().toImage();
    const double ratio = image.devicePixelRatio();
    return image.pixelColor(static_cast<int>(view.xOf(atNs) * ratio),
                            static_cast<int>(view.yOf(bytes) * ratio));
  }

  TimelineView view;
  const Colours colours = Colours::of(view.palette());
};

TEST_F(TimelineViewOf, MapsTheRecordOntoThePlot) {
  EXPECT_DOUBLE_EQ(view.xOf(0), view.plot().left());
  EXPECT_DOUBLE_EQ(view.xOf(3 * kSecond), view.plot().right());
  EXPECT_DOUBLE_EQ(view.yOf(0), view.plot().bottom());
  EXPECT_DOUBLE_EQ(view.yOf(view.bytesAxis().end), view.plot().top());
  EXPECT_EQ(view.bucketAt(view.xOf(kSecond / 2)), 0U);
  EXPECT_EQ(view.bucketAt(view.xOf(2 * kSecond + 1)), 2U);
  EXPECT_EQ(view.bucketAt(view.plot().left() - 1), std::nullopt);
}

TEST_F(TimelineViewOf, FillsUpToTheLiveBytes) {
  // After 2 s, 4 MiB are live: below that the area, above it the surge up to 8 MiB, then the background.
  const quint64 at = 2 * kSecond - kSecond / 20;
  EXPECT_EQ(painted(at, 3 * kMiB), colours.area);
  EXPECT_EQ(painted(at, 7 * kMiB), colours.surge);
  EXPECT_EQ(painted(kSecond / 2, 3 * kMiB), view.palette().color(QPalette::Base));
}

TEST_F(TimelineViewOf, MarksThePeak) { EXPECT_EQ(painted(1'500'000'000, 8 * kMiB), colours.curve); }

TEST_F(TimelineViewOf, PaintsOnADarkPaletteToo) {
  QPalette dark;
  dark.setColor(QPalette::Base, QColor(30, 30, 30));
  dark.setColor(QPalette::Text, QColor(230, 230, 230));
  view.setPalette(dark);
  EXPECT_EQ(painted(2 * kSecond - kSecond / 20, 3 * kMiB), Colours::of(dark).area);
  EXPECT_EQ(painted(kSecond / 2, 3 * kMiB), QColor(30, 30, 30));
}

TEST_F(TimelineViewOf, EndsWithTheRecordNotWithTheLastBucket) {
  view.setEnd(2'250'000'000);
  EXPECT_DOUBLE_EQ(view.xOf(2'250'000'000), view.plot().right());
}

TEST_F(TimelineViewOf, FollowsARunningSession) {
  view.setNewest(TimelineView::Point{6 * kSecond, 5 * kMiB});
  EXPECT_DOUBLE_EQ(view.xOf(6 * kSecond), view.plot().right());
  EXPECT_EQ(painted(6 * kSecond - kSecond / 20, 4 * kMiB), colours.area);
}

TEST_F(TimelineViewOf, DrawsNothingWhereNothingIsKnown) {
  // The timeline ends after 3 s; what came next is from 20 s on.
  view.setNewest(TimelineView::Point{20 * kSecond, 5 * kMiB});
  view.setNewest(TimelineView::Point{21 * kSecond, 6 * kMiB});
  const QColor empty = view.palette().color(QPalette::Base);
  for (const quint64 at : {5 * kSecond, 10 * kSecond, 19 * kSecond})
    EXPECT_EQ(painted(at, kMiB), empty) << at;
  EXPECT_EQ(painted(20 * kSecond + kSecond / 2, kMiB), colours.area) << "between two statuses it is known";
  EXPECT_EQ(painted(2 * kSecond - kSecond / 5, kMiB), colours.area);
}

TEST_F(TimelineViewOf, ATimelineThatCatchesUpTakesThePlaceOfStatuses) {
  view.setNewest(TimelineView::Point{20 * kSecond, 5 * kMiB});
  Timeline longer = steps();
  longer.buckets.resize(25, {.maxLiveBytes = 2 * kMiB, .liveBytes = 2 * kMiB});
  view.setTimeline(longer);
  EXPECT_EQ(painted(20 * kSecond, kMiB), colours.area);
  EXPECT_EQ(painted(20 * kSecond, 3 * kMiB + kMiB / 3), view.palette().color(QPalette::Base));
}

TEST_F(TimelineViewOf, ReadsOutTheBucketUnderThePointer) {
  EXPECT_EQ(view.readOut(1).join('|'), "at 2.00 s|4.00 MiB live, at most 8.00 MiB|7 allocations, 1 free");
  const QPointF at(view.xOf(kSecond / 2), 60);
  QMouseEvent move(QEvent::MouseMove, at, at, Qt::NoButton, Qt::NoButton, Qt::NoModifier);
  QCoreApplication::sendEvent(&view, &move);
  EXPECT_EQ(view.accessibleDescription(), "at 1.00 s, 1.00 MiB live, 10 allocations, 0 frees");
}

TEST_F(TimelineViewOf, ReadsOutByTheArrowKeys) {
  QTest::keyClick(&view, Qt::Key_Home);
  EXPECT_TRUE(view.accessibleDescription().startsWith("at 1.00 s"));
  QTest::keyClick(&view, Qt::Key_Right);
  EXPECT_TRUE(view.accessibleDescription().startsWith("at 2.00 s"));
  QTest::keyClick(&view, Qt::Key_Escape);
  EXPECT_EQ(view.accessibleDescription(), "");
}

TEST_F(TimelineViewOf, SurvivesNothingAndManyBuckets) {
  view.clear();
  EXPECT_FALSE(view.grab().isNull());
  EXPECT_EQ(view.bucketAt(view.plot().center().x()), std::nullopt);
  Timeline many{.bucketNs = 1'000, .buckets = std::vector<Timeline::Bucket>(100'000)};
  many.buckets[50'000] = {.maxLiveBytes = kMiB, .liveBytes = 0, .allocations = 1, .frees = 1};
  view.setPeak(std::nullopt);
  view.setTimeline(many);
  // One bucket in a hundred thousand is seen all the same.
  const QImage image = view.grab().toImage();
  const int y = static_cast<int>(view.yOf(kMiB * 6 / 10) * image.devicePixelRatio());
  int surges = 0;
  for (int x = 0; x < image.width(); ++x) surges += image.pixelColor(x, y) == colours.surge ? 1 : 0;
  EXPECT_GE(surges, 1);
}

/// What a user does with the pointer and the wheel.
class HandledTimeline : public TimelineViewOf {
 protected:
  HandledTimeline() {
    QObject::connect(&view, &TimelineView::timeChosen, &view,
                     [this](const TimeChoice& time) { chosen.push_back(time); });
  }
  QPoint at(quint64 ns) { return {static_cast<int>(std::lround(view.xOf(ns))), 80}; }
  void drag(quint64 fromNs, quint64 toNs, Qt::MouseButton button = Qt::LeftButton) {
    const QPoint from = at(fromNs);
    const QPoint to = at(toNs);
    QTest::mousePress(&view, button, {}, from);
    for (const QPointF& point : {QPointF(from + to) / 2, QPointF(to)}) {
      QMouseEvent move(QEvent::MouseMove, point, point, Qt::NoButton, button, Qt::NoModifier);
      QCoreApplication::sendEvent(&view, &move);
    }
    QTest::mouseRelease(&view, button, {}, to);
  }
  void turnWheel(quint64 atNs, int notches, Qt::KeyboardModifiers keys = {}) {
    const QPointF position(at(atNs));
    QWheelEvent wheel(position, position, {}, {0, 120 * notches}, Qt::NoButton, keys, Qt::NoScrollPhase,
                      false);
    QCoreApplication::sendEvent(&view, &wheel);
  }
  /// Within what a pixel is.
  void expectNear(std::optional<quint64> ns, quint64 expected) {
    ASSERT_TRUE(ns);
    const double pixel = static_cast<double>(view.window().width()) / view.plot().width();
    EXPECT_NEAR(static_cast<double>(*ns), static_cast<double>(expected), 2 * pixel);
  }

  std::vector<TimeChoice> chosen;
};

TEST_F(HandledTimeline, AClickChoosesAnInstantAndADoubleClickNow) {
  QTest::mouseClick(&view, Qt::LeftButton, {}, at(2 * kSecond));
  ASSERT_EQ(chosen.size(), 1U);
  EXPECT_FALSE(chosen[0].isStretch());
  expectNear(chosen[0].atNs, 2 * kSecond);
  QTest::mouseDClick(&view, Qt::LeftButton, {}, at(kSecond));
  EXPECT_TRUE(chosen.back().isNow());
}

TEST_F(HandledTimeline, ADragChoosesAStretchWhicheverWayItGoes) {
  drag(kSecond, 2 * kSecond);
  drag(2 * kSecond + kSecond / 2, kSecond / 2);
  ASSERT_EQ(chosen.size(), 2U) << "once, when the button is released";
  expectNear(chosen[0].fromNs, kSecond);
  expectNear(chosen[0].atNs, 2 * kSecond);
  expectNear(chosen[1].fromNs, kSecond / 2);
  expectNear(chosen[1].atNs, 2 * kSecond + kSecond / 2);
}

TEST_F(HandledTimeline, AnEndOfTheStretchCanBeMoved) {
  drag(kSecond, 2 * kSecond);
  drag(2 * kSecond, 3 * kSecond - kSecond / 4);
  ASSERT_EQ(chosen.size(), 2U);
  expectNear(chosen[1].fromNs, kSecond);
  expectNear(chosen[1].atNs, 3 * kSecond - kSecond / 4);
}

TEST_F(HandledTimeline, TheChosenStretchIsPainted) {
  const QColor before = painted(kSecond / 2, 6 * kMiB);
  view.setTime(TimeChoice::stretch(kSecond / 4, kSecond));
  EXPECT_NE(painted(kSecond / 2, 6 * kMiB), before);
  EXPECT_EQ(painted(kSecond / 4, 6 * kMiB), view.palette().color(QPalette::Highlight));
  view.setTime({});
  EXPECT_EQ(painted(kSecond / 2, 6 * kMiB), before);
}

TEST_F(HandledTimeline, TheWheelZoomsAtThePointerAndBackToAll) {
  const double x = view.xOf(2 * kSecond);
  turnWheel(2 * kSecond, 3);
  EXPECT_FALSE(view.showsAll());
  EXPECT_NEAR(view.xOf(2 * kSecond), x, 2) << "what is below the pointer stays there";
  EXPECT_LT(view.window().width(), 2 * kSecond);
  turnWheel(2 * kSecond, -9);
  EXPECT_TRUE(view.showsAll());
}

TEST_F(HandledTimeline, WhatIsZoomedIsMovedByTheMiddleButtonAndByShift) {
  turnWheel(kSecond, 6);
  const TimeWindow before = view.window();
  turnWheel(kSecond, -1, Qt::ShiftModifier);
  EXPECT_GT(view.window().beginNs, before.beginNs);
  EXPECT_NEAR(static_cast<double>(view.window().width()), static_cast<double>(before.width()), 2);
  const TimeWindow shifted = view.window();
  drag(shifted.beginNs + shifted.width() / 2, shifted.beginNs + shifted.width() * 3 / 4, Qt::MiddleButton);
  EXPECT_LT(view.window().beginNs, shifted.beginNs);
  EXPECT_TRUE(chosen.empty());
}

TEST_F(HandledTimeline, TheHeightFollowsWhatIsSeen) {
  EXPECT_EQ(view.bytesAxis().end, 8 * kMiB);
  view.setWindow(TimeWindow{0, kSecond / 4});
  EXPECT_LT(view.bytesAxis().end, 8 * kMiB + 1);
  view.setTimeline({.bucketNs = kSecond / 10, .buckets = [] {
                      std::vector<Timeline::Bucket> buckets(
                          30, {.maxLiveBytes = 8 * kMiB, .liveBytes = 8 * kMiB});
                      for (std::size_t i = 0; i < 10; ++i)
                        buckets[i] = {.maxLiveBytes = kMiB, .liveBytes = kMiB};
                      return buckets;
                    }()});
  EXPECT_EQ(view.bytesAxis().end, kMiB);
  view.setWindow(std::nullopt);
  EXPECT_EQ(view.bytesAxis().end, 8 * kMiB);
}

TEST_F(HandledTimeline, FinerBucketsAreDrawnWhereTheyCoverTheWindow) {
  view.setWindow(TimeWindow{kSecond, 2 * kSecond});
  Timeline fine{.beginNs = kSecond / 2, .bucketNs = kSecond / 100};
  fine.buckets.assign(200, {.maxLiveBytes = 2 * kMiB, .liveBytes = 2 * kMiB});
  for (std::size_t i = 100; i < 110; ++i) fine.buckets[i].isKnown = false;
  view.setDetail(fine);
  EXPECT_EQ(view.drawn().bucketNs, kSecond / 100);
  EXPECT_EQ(painted(kSecond + kSecond / 4, kMiB), colours.area);
  EXPECT_EQ(painted(kSecond + kSecond / 2 + kSecond / 20, kMiB), view.palette().color(QPalette::Base))
      << "what is not known is not drawn";
  EXPECT_EQ(view.readOut(105).join('|'), "The events of this time are not stored.");
  view.setWindow(TimeWindow{0, 2 * kSecond});
  EXPECT_EQ(view.drawn().bucketNs, kSecond) << "it does not cover that";
}

TEST_F(HandledTimeline, AWindowAtTheLiveEdgeMovesWithIt) {
  view.setNewest(TimelineView::Point{6 * kSecond, 5 * kMiB});
  view.setWindow(TimeWindow{4 * kSecond, 6 * kSecond});
  view.setNewest(TimelineView::Point{7 * kSecond, 5 * kMiB});
  EXPECT_EQ(view.window(), (TimeWindow{5 * kSecond, 7 * kSecond}));
  view.setWindow(TimeWindow{2 * kSecond, 4 * kSecond});
  view.setNewest(TimelineView::Point{8 * kSecond, 5 * kMiB});
  EXPECT_EQ(view.window(), (TimeWindow{2 * kSecond, 4 * kSecond})) << "touched, it stays";
}

TEST_F(HandledTimeline, TheKeyboardChoosesZoomsAndGoesBack) {
  QTest::keyClick(&view, Qt::Key_Home);
  QTest::keyClick(&view, Qt::Key_Return);
  ASSERT_EQ(chosen.size(), 1U);
  EXPECT_EQ(chosen[0], TimeChoice::instant(kSecond));
  QTest::keyClick(&view, Qt::Key_Right, Qt::ShiftModifier);
  EXPECT_EQ(chosen.back(), TimeChoice::stretch(kSecond, 2 * kSecond));
  QTest::keyClick(&view, Qt::Key_Right, Qt::ShiftModifier);
  EXPECT_EQ(chosen.back(), TimeChoice::stretch(kSecond, 3 * kSecond));
  QTest::keyClick(&view, Qt::Key_Plus);
  EXPECT_FALSE(view.showsAll());
  QTest::keyClick(&view, Qt::Key_0);
  EXPECT_TRUE(view.showsAll());
  QTest::keyClick(&view, Qt::Key_Escape);
  EXPECT_TRUE(chosen.back().isNow());
}

TEST_F(HandledTimeline, AllocationsASecondStandBelow) {
  view.resize(640, 320);
  const QImage image = view.grab().toImage();
  const int y = static_cast<int>(view.plot().bottom()) + 10;
  int bars = 0;
  for (int x = 0; x < image.width(); ++x) bars += image.pixelColor(x, y) == colours.bars ? 1 : 0;
  EXPECT_GT(bars, 100) << "in the first second there are the most of them";
}

TEST_F(HandledTimeline, SurvivesAnythingInAnEmptyOne) {
  view.clear();
  drag(0, 0);
  turnWheel(0, 5);
  for (const int key : {Qt::Key_Plus, Qt::Key_Minus, Qt::Key_0, Qt::Key_Return, Qt::Key_Left, Qt::Key_Escape})
    QTest::keyClick(&view, static_cast<Qt::Key>(key));
  EXPECT_TRUE(chosen.empty());
  EXPECT_FALSE(view.grab().isNull());
}

}  // namespace
}  // namespace heaptap::gui
