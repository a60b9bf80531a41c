// SPDX-License-Identifier: Apache-2.0
// Marks and resident memory in the timeline, and the list of marks.
#include <gtest/gtest.h>

#include <QImage>
#include <QMenu>
#include <QSignalSpy>
#include <QTest>

#include "gui/views/colours.h"
#include "tests/gui/all_views.h"

namespace heaptap::gui {
namespace {

constexpr quint64 kMarkedMiB = 1U << 20;
constexpr quint64 kMarkSecond = 1'000'000'000;

Mark mark(const QString& name, quint64 atNs) {
  return {.name = name, .atNs = atNs, .liveBytes = {2 * kMarkedMiB}, .liveBlocks = 12, .allocations = 34};
}

Timeline tenSeconds() {
  return {.bucketNs = kMarkSecond,
          .buckets = std::vector<Timeline::Bucket>(10, {kMarkedMiB, kMarkedMiB, 5, 5})};
}

class MarkedTimeline : public testing::Test {
 protected:
  MarkedTimeline() {
    view.resize(640, 240);
    view.setTimeline(tenSeconds());
    view.setPeak(TimelineView::Point{kMarkSecond, kMarkedMiB});
  }
  /// Pixels of exactly this colour, in a column or a row of the plot.
  int countedInColumn(double x, const QColor& colour) { return counted(x, view.plot().top() + 2, 0, colour); }
  int counted(double x, double y, int dx, const QColor& colour) {
    const QImage image = view.grab().toImage();
    const double ratio = image.devicePixelRatio();
    int count = 0;
    const int dy = dx == 0 ? 1 : 0;
    for (int px = static_cast<int>(x * ratio), py = static_cast<int>(y * ratio);
         px < static_cast<int>(view.plot().right() * ratio) &&
         py < static_cast<int>(view.plot().bottom() * ratio);
         px += dx, py += dy)
      count += image.pixelColor(px, py) == colour ? 1 : 0;
    return count;
  }

  TimelineView view;
  const Colours colours = Colours::of(view.palette());
};

TEST_F(MarkedTimeline, AMarkIsALineWithItsName) {
  EXPECT_EQ(countedInColumn(view.xOf(3 * kMarkSecond), colours.mark), 0);
  view.setMarks({mark("loaded", 3 * kMarkSecond)});
  EXPECT_GT(countedInColumn(view.xOf(3 * kMarkSecond), colours.mark), 40);
  ASSERT_EQ(view.spots().size(), 1U);
  EXPECT_EQ(view.labelOf(view.spots()[0]), "loaded");
  EXPECT_GT(view.spots()[0].labelWidth, 0);
}

TEST_F(MarkedTimeline, ReadsOutTheHeapAtTheMark) {
  view.setMarks({mark("loaded", 3 * kMarkSecond)});
  const QPoint near(static_cast<int>(view.xOf(3 * kMarkSecond)) + 2, 60);
  QMouseEvent move(QEvent::MouseMove, near, near, Qt::NoButton, Qt::NoButton, Qt::NoModifier);
  QCoreApplication::sendEvent(&view, &move);
  EXPECT_EQ(view.accessibleDescription(),
            "loaded, at 3.00 s, 2.00 MiB live in 12 blocks, 34 allocations before it");
}

TEST_F(MarkedTimeline, AMarkAfterTheLastEventIsAtTheEnd) {
  view.setMarks({mark("late", 60 * kMarkSecond)});
  EXPECT_DOUBLE_EQ(view.spots().at(0).x, view.plot().right());
  EXPECT_LE(view.spots()[0].labelLeft + view.spots()[0].labelWidth, view.plot().right());
}

TEST_F(MarkedTimeline, AThousandMarksStayReadable) {
  Marks marks;
  for (quint64 i = 0; i < 1'000; ++i)
    marks.push_back(mark(QStringLiteral("request %1").arg(i), i * kMarkSecond / 100));
  view.setMarks(marks);
  ASSERT_LT(view.spots().size(), 200U);
  EXPECT_GT(view.spots()[5].count, 1U);
  EXPECT_EQ(view.labelOf(view.spots()[5]), QStringLiteral("%1 marks").arg(view.spots()[5].count));
  EXPECT_LE(view.readOutOfSpot(view.spots()[5]).size(), 10);
  // Their lines are short, so that the curve stays in sight.
  EXPECT_LT(countedInColumn(view.spots()[5].x, colours.mark), 12);
  EXPECT_EQ(view.plot().height(), [&] {
    view.setMarks({});
    return view.plot().height();
  }());
}

TEST_F(MarkedTimeline, ThePeakKeepsOutOfTheLabels) {
  view.setPeak(TimelineView::Point{kMarkSecond, 8 * kMarkedMiB});
  EXPECT_EQ(view.yOf(8 * kMarkedMiB), view.plot().top());
  view.setMarks({mark("loaded", kMarkSecond)});
  EXPECT_GE(view.yOf(8 * kMarkedMiB), view.plot().top() + view.fontMetrics().height());
}

TEST_F(MarkedTimeline, TheKeyboardGoesFromMarkToMark) {
  view.setMarks({mark("loaded", 3 * kMarkSecond), mark("parsed", 7 * kMarkSecond)});
  const QSignalSpy chosen(&view, &TimelineView::markChosen);
  QTest::keyClick(&view, Qt::Key_Home);
  QTest::keyClick(&view, Qt::Key_Right, Qt::ControlModifier);
  EXPECT_TRUE(view.accessibleDescription().startsWith("loaded, at 3.00 s"));
  QTest::keyClick(&view, Qt::Key_Right, Qt::ControlModifier);
  EXPECT_TRUE(view.accessibleDescription().startsWith("parsed"));
  QTest::keyClick(&view, Qt::Key_Right, Qt::ControlModifier);
  EXPECT_TRUE(view.accessibleDescription().startsWith("parsed")) << "it is the last one";
  QTest::keyClick(&view, Qt::Key_Left, Qt::ControlModifier);
  EXPECT_EQ(chosen.last().at(0), QVariant::fromValue(std::size_t{0}));
  QTest::keyClick(&view, Qt::Key_Right);
  EXPECT_TRUE(view.accessibleDescription().startsWith("at 5.00 s"))
      << view.accessibleDescription().toStdString();
}

TEST_F(MarkedTimeline, DrawsResidentMemoryOnAScaleOfItsOwnWithALegend) {
  const double before = view.plot().top();
  const double right = view.plot().right();
  const quint64 heap = view.bytesAxis().end;
  Timeline timeline = tenSeconds();
  for (quint64 second = 0; second <= 10; ++second)
    timeline.resident.push_back(
        {.atNs = second * kMarkSecond,
         .rssBytes = 600 * kMarkedMiB,
         .pssBytes = 300 * kMarkedMiB,
         .poolBytes = second == 4 ? std::optional<quint64>(kMarkedMiB) : std::nullopt});
  view.setTimeline(timeline);
  EXPECT_GT(view.plot().top(), before) << "there is a line that says what the curves are";
  EXPECT_EQ(view.bytesAxis().end, heap) << "the heap is as readable as without it";
  EXPECT_GE(view.residentAxis().end, 600 * kMarkedMiB);
  EXPECT_FALSE(view.residentAxis().ticks.empty());
  EXPECT_LT(view.plot().right(), right) << "the scale stands at the right";
  EXPECT_EQ(view.readOut(3).mid(3).join('|'),
            "600 MiB resident, 300 MiB PSS (heaptap's share included)|and 1.00 MiB shared with heaptap");
  // A thin line is blended at its edges with what is below: paler, but of its hue.
  const auto isNear = [](const QColor& seen, const QColor& colour) {
    return seen.hsvSaturation() > 40 && std::abs(seen.hsvHue() - colour.hsvHue()) < 15;
  };
  const auto found = [&](quint64 bytes, const QColor& colour) {
    const QImage image = view.grab().toImage();
    const double ratio = image.devicePixelRatio();
    const int y = static_cast<int>(view.yOfResident(bytes) * ratio);
    int count = 0;
    for (int x = 0; x < image.width(); ++x)
      for (const int row : {y - 1, y, y + 1}) count += isNear(image.pixelColor(x, row), colour) ? 1 : 0;
    return count;
  };
  EXPECT_GT(found(600 * kMarkedMiB, colours.rss), 300);
  EXPECT_GT(found(300 * kMarkedMiB, colours.pss), 150);
  view.setShowsResident(false);
  EXPECT_EQ(view.plot().top(), before);
  EXPECT_EQ(view.plot().right(), right);
  EXPECT_TRUE(view.residentAxis().ticks.empty());
  EXPECT_EQ(view.readOut(3).size(), 3);
}

TEST_F(MarkedTimeline, ShowsHowGoodAnEstimateIs) {
  const double x = view.xOf(5 * kMarkSecond + kMarkSecond / 2);
  const auto inBand = [&] {
    const QImage image = view.grab().toImage();
    const double ratio = image.devicePixelRatio();
    return image.pixelColor(static_cast<int>(x * ratio),
                            static_cast<int>(view.yOf(kMarkedMiB * 3 / 4) * ratio));
  };
  EXPECT_EQ(inBand(), colours.area);
  Timeline timeline = tenSeconds();
  for (Timeline::Bucket& bucket : timeline.buckets) bucket.liveBytesError = kMarkedMiB / 2.0;
  view.setTimeline(timeline);
  EXPECT_NE(inBand(), colours.area);
  EXPECT_EQ(view.readOut(5).mid(1).join('|'), "≈ 1.00 MiB ± 512 KiB live|≈ 5 allocations, 5 frees");
}

TEST(MarksView, ListsThemAndPointsThemOut) {
  SessionPage page;
  page.resize(1200, 800);
  Summary summary;
  summary.session.id = "1";
  summary.session.state = SessionState::Complete;
  page.store().setSummary(summary);
  page.store().setTimeline(tenSeconds());
  EXPECT_EQ(page.titleOf("marks"), "Marks  (0)");
  EXPECT_TRUE(page.view<MarksView>().table().emptyText().contains("heaptap mark PID NAME"));

  summary.marks = {mark("loaded", 3 * kMarkSecond), mark("parsed", 7 * kMarkSecond)};
  page.store().setSummary(summary);
  EXPECT_EQ(page.titleOf("marks"), "Marks  (2)");
  page.showView("marks");
  page.show();
  EXPECT_FALSE(page.site().isVisible()) << "a mark has no stack";
  page.view<MarksView>().table().setCurrentIndex(
      page.view<MarksView>().table().model()->index(1, MarkModel::Name));
  const QColor text = page.timeline().palette().color(QPalette::WindowText);
  const auto standsOut = [&](std::size_t spot) {
    TimelineView& view = page.timeline();
    const QImage image = view.grab().toImage();
    const double ratio = image.devicePixelRatio();
    const int x = static_cast<int>(view.spots().at(spot).x * ratio);
    const int y = static_cast<int>(view.plot().center().y() * ratio);
    return image.pixelColor(x, y) == text || image.pixelColor(x - 1, y) == text;
  };
  EXPECT_TRUE(standsOut(1));
  EXPECT_FALSE(standsOut(0));

  page.showView("live-heap");
  EXPECT_FALSE(standsOut(1)) << "it is of the list of marks";
  QTest::mouseClick(&page.timeline(), Qt::LeftButton, {},
                    QPoint(static_cast<int>(page.timeline().xOf(3 * kMarkSecond)), 60));
  EXPECT_EQ(page.currentView(), "marks");
  EXPECT_EQ(page.view<MarksView>().table().currentIndex().row(), 0);
  EXPECT_EQ(page.view<MarksView>().table().selectedText().count('\n'), 2) << "a title and the row";
}

TEST(MarksView, OffersTheirTimes) {
  SessionPage page;
  Summary summary;
  summary.session.id = "1";
  summary.session.state = SessionState::Complete;
  summary.marks = {mark("loaded", 3 * kMarkSecond), mark("parsed", 7 * kMarkSecond)};
  page.store().setSummary(summary);
  page.store().setTimeline(tenSeconds());
  page.showView("marks");
  DataTable& table = page.view<MarksView>().table();
  const auto choose = [&](int row, const QString& text) {
    table.setCurrentIndex(table.model()->index(row, MarkModel::Name));
    QMenu menu;
    emit table.menuOpening(menu);
    for (QAction* action : menu.actions())
      if (action->text().remove('&') == text) return action->trigger();
    ADD_FAILURE() << text.toStdString();
  };
  choose(0, "Show the Heap of This Moment");
  EXPECT_EQ(page.selection().time(), TimeChoice::instant(3 * kMarkSecond));
  choose(0, "A Stretch From Here");
  EXPECT_EQ(page.selection().time(), TimeChoice::stretch(3 * kMarkSecond, 10 * kMarkSecond));
  choose(1, "A Stretch Until Here");
  EXPECT_EQ(page.selection().time(), TimeChoice::stretch(3 * kMarkSecond, 7 * kMarkSecond))
      << "the beginning stays";
}

}  // namespace
}  // namespace heaptap::gui
