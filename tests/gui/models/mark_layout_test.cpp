// SPDX-License-Identifier: Apache-2.0
#include "gui/models/marks/mark_layout.h"

#include <gtest/gtest.h>

namespace heaptap::gui {
namespace {

constexpr MarkLane kLane{.left = 50, .right = 650};

std::vector<MarkSpot> placed(const std::vector<double>& positions, double labelWidth) {
  return placeMarks(positions, kLane, [labelWidth](std::size_t, std::size_t) { return labelWidth; });
}

void expectLabelsApart(const std::vector<MarkSpot>& spots) {
  double freeFrom = kLane.left;
  for (const MarkSpot& spot : spots) {
    if (spot.labelWidth == 0) continue;
    EXPECT_GE(spot.labelLeft, freeFrom);
    EXPECT_LE(spot.labelLeft + spot.labelWidth, kLane.right);
    freeFrom = spot.labelLeft + spot.labelWidth;
  }
}

TEST(MarkLayout, EachMarkHasItsLabelWhereThereIsRoom) {
  const auto spots = placed({100, 300, 500}, 60);
  ASSERT_EQ(spots.size(), 3U);
  for (const MarkSpot& spot : spots) {
    EXPECT_EQ(spot.count, 1U);
    EXPECT_EQ(spot.labelLeft, spot.x);
    EXPECT_EQ(spot.labelWidth, 60);
  }
}

TEST(MarkLayout, MarksOnTopOfEachOtherShareALine) {
  const auto spots = placed({100, 101, 103, 200}, 60);
  ASSERT_EQ(spots.size(), 2U);
  EXPECT_EQ(spots[0].count, 3U);
  EXPECT_TRUE(spots[0].contains(2));
  EXPECT_FALSE(spots[0].contains(3));
  EXPECT_EQ(spots[1].first, 3U);
}

TEST(MarkLayout, ALongLabelIsCutBeforeTheNextOne) {
  const auto spots = placed({100, 200}, 300);
  EXPECT_LT(spots[0].labelLeft + spots[0].labelWidth, 200);
  EXPECT_EQ(spots[1].labelWidth, 300);
}

TEST(MarkLayout, ALabelAtTheEndGoesToTheLeft) {
  const auto spots = placed({645}, 200);
  EXPECT_EQ(spots[0].labelLeft, 450);
  EXPECT_EQ(spots[0].labelWidth, 200);
}

TEST(MarkLayout, LabelsNeverOverlapHoweverManyMarksThereAre) {
  for (const double distance : {0.5, 3.0, 5.0, 17.0, 41.0, 80.0, 200.0}) {
    std::vector<double> positions;
    for (double x = kLane.left; x <= kLane.right; x += distance) positions.push_back(x);
    for (const double width : {5.0, 60.0, 1'000.0}) {
      const auto spots = placed(positions, width);
      expectLabelsApart(spots);
      std::size_t marks = 0;
      std::size_t labels = 0;
      for (const MarkSpot& spot : spots) {
        marks += spot.count;
        labels += spot.labelWidth > 0 ? 1 : 0;
      }
      EXPECT_EQ(marks, positions.size()) << distance;
      EXPECT_GE(labels, 1U) << distance << ' ' << width;
    }
  }
}

TEST(MarkLayout, NoRoomAtAllMeansNoLabel) {
  const auto spots =
      placeMarks({10}, {.left = 0, .right = 20}, [](std::size_t, std::size_t) { return 100.0; });
  ASSERT_EQ(spots.size(), 1U);
  EXPECT_EQ(spots[0].labelWidth, 0);
}

}  // namespace
}  // namespace heaptap::gui
