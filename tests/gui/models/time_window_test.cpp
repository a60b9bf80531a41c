// SPDX-License-Identifier: Apache-2.0
#include "gui/models/timeline/time_window.h"

#include <gtest/gtest.h>

#include "gui/models/timeline/axis.h"

namespace heaptap::gui {
namespace {

constexpr quint64 kMillisecond = 1'000'000;
constexpr quint64 kDay = 86'400'000'000'000;

QStringList labelsOf(const Axis& axis) {
  QStringList labels;
  for (const Tick& tick : axis.ticks) labels << tick.label;
  return labels;
}

TEST(TimeWindow, ZoomsAroundAMoment) {
  const TimeWindow half = zoomed({0, 1'000 * kMillisecond}, 0.5, 250 * kMillisecond, 1'000 * kMillisecond);
  EXPECT_EQ(half, (TimeWindow{125 * kMillisecond, 625 * kMillisecond}));
  EXPECT_EQ(zoomed(half, 2, 250 * kMillisecond, 1'000 * kMillisecond), (TimeWindow{0, 1'000 * kMillisecond}));
}

TEST(TimeWindow, StaysWithinTheRecord) {
  const quint64 end = 1'000 * kMillisecond;
  EXPECT_EQ(zoomed({800 * kMillisecond, end}, 3, end, end), (TimeWindow{400 * kMillisecond, end}));
  EXPECT_EQ(zoomed({0, end}, 5, 0, end), (TimeWindow{0, end}));
  EXPECT_EQ(moved({0, 400 * kMillisecond}, 1e18, end), (TimeWindow{600 * kMillisecond, end}));
  EXPECT_EQ(moved({100 * kMillisecond, 200 * kMillisecond}, -1e18, end), (TimeWindow{0, 100 * kMillisecond}));
}

TEST(TimeWindow, IsNeverNarrowerThanAMicrosecondAndNeverEmpty) {
  TimeWindow window{0, kDay};
  for (int i = 0; i < 200; ++i) window = zoomed(window, 0.5, kDay / 3, kDay);
  EXPECT_EQ(window.width(), kNarrowestWindowNs);
  EXPECT_TRUE(window.contains(kDay / 3));
  for (const quint64 end : {quint64{0}, quint64{1}, quint64{5}}) {
    const TimeWindow least = zoomed({0, 1}, 0.1, 0, end);
    EXPECT_GT(least.endNs, least.beginNs) << end;
  }
}

TEST(TimeAxisOfAWindow, TellsNeighboursApart) {
  EXPECT_EQ(labelsOf(timeAxis(TimeWindow{6'234'000'000, 6'234'020'000}, 4)),
            QStringList({"6.234000 s", "6.234005 s", "6.234010 s", "6.234015 s", "6.234020 s"}));
  EXPECT_EQ(labelsOf(timeAxis(TimeWindow{2'000'000'000, 4'000'000'000}, 4)),
            QStringList({"2.0 s", "2.5 s", "3.0 s", "3.5 s", "4.0 s"}));
  const Axis axis = timeAxis(TimeWindow{kDay - 1'000, kDay}, 5);
  EXPECT_EQ(axis.begin, kDay - 1'000);
  EXPECT_EQ(axis.end, kDay);
  ASSERT_GE(axis.ticks.size(), 3U);
  EXPECT_NE(axis.ticks[0].label, axis.ticks[1].label);
}

TEST(TimeAxisOfAWindow, FromTheStartIsTheOneOfTheWholeRecord) {
  EXPECT_EQ(timeAxis(TimeWindow{0, 3'000'000'000}, 4).ticks, timeAxis(3'000'000'000, 4).ticks);
}

TEST(MomentText, HasTheDigitsThatItNeeds) {
  EXPECT_EQ(momentText(2'000'000'000, 1'000'000'000), "2.00 s");
  EXPECT_EQ(momentText(6'234'567'890, 1'000), "6.234568 s");
  EXPECT_EQ(momentText(6'234'567'890, 0), "6.234567890 s");
  EXPECT_EQ(momentText(42'000, 100), "42 us") << "below a second a duration has enough of them";
}

}  // namespace
}  // namespace heaptap::gui
