// SPDX-License-Identifier: Apache-2.0
#include "gui/views/timeline/timeline_view.h"

#include <gtest/gtest.h>

#include <QCoreApplication>
#include <QImage>
#include <QMouseEvent>
#include <QTest>

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

}  // namespace
}  // namespace heaptap::gui
