// SPDX-License-Identifier: Apache-2.0
#include "gui/models/timeline/axis.h"

#include <gtest/gtest.h>

#include <QStringList>
#include <limits>

namespace heaptap::gui {
namespace {

constexpr quint64 kMiB = 1U << 20;
constexpr quint64 kSecond = 1'000'000'000;

QString labels(const Axis& axis) {
  QStringList texts;
  for (const Tick& tick : axis.ticks) texts << tick.label;
  return texts.join(' ');
}

TEST(Axis, CountsBytesInRoundNumbersOfOneUnit) {
  EXPECT_EQ(labels(byteAxis(70 * kMiB, 4)), "0 20 MiB 40 MiB 60 MiB 80 MiB");
  EXPECT_EQ(labels(byteAxis(900 * 1024, 4)), "0 256 KiB 512 KiB 768 KiB 1024 KiB");
  EXPECT_EQ(labels(byteAxis(5, 5)), "0 1 B 2 B 3 B 4 B 5 B");
}

TEST(Axis, OfBytesEndsAtATickThatCoversTheLargest) {
  for (quint64 largest = 1; largest < (1ULL << 61); largest = largest * 3 + 1) {
    for (const int intervals : {1, 3, 8}) {
      const Axis axis = byteAxis(largest, intervals);
      EXPECT_GE(axis.end, largest);
      EXPECT_EQ(axis.ticks.back().value, axis.end);
      EXPECT_LE(axis.ticks.size(), static_cast<std::size_t>(intervals) + 1) << largest;
    }
  }
}

TEST(Axis, CountsSecondsUpToTheEndOfTheRecord) {
  EXPECT_EQ(labels(timeAxis(2'300'000'000, 6)), "0 0.5 s 1 s 1.5 s 2 s");
  EXPECT_EQ(labels(timeAxis(800'000, 5)), "0 200 us 400 us 600 us 800 us");
  EXPECT_EQ(labels(timeAxis(100 * kSecond, 5)), "0 20 s 40 s 60 s 80 s 100 s");
  EXPECT_EQ(labels(timeAxis(3'000 * kSecond, 5)), "0 10 min 20 min 30 min 40 min 50 min");
  EXPECT_EQ(timeAxis(2'300'000'000, 6).end, 2'300'000'000);
}

TEST(Axis, SurvivesNothingAndTooMuch) {
  EXPECT_EQ(byteAxis(0, 0).end, 1U);
  EXPECT_EQ(timeAxis(0, -3).ticks.front().label, "0");
  EXPECT_LE(byteAxis(std::numeric_limits<quint64>::max(), 8).ticks.size(), 9U);
  EXPECT_LE(timeAxis(std::numeric_limits<quint64>::max(), 8).ticks.size(), 9U);
}

}  // namespace
}  // namespace heaptap::gui
