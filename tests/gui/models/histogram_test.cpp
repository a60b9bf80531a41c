// SPDX-License-Identifier: Apache-2.0
#include "gui/models/histograms/histogram.h"

#include <gtest/gtest.h>

#include <limits>

#include "gui/models/histograms/histogram_text.h"

namespace heaptap::gui {
namespace {

/// Two functions and the rest, in sizes of 16 to 31 bytes and of 64 to 127.
Histogram twoBars() {
  return {.series = {{.name = "parse", .function = "parse(char const*)", .sum = {3, 3'000}},
                     {.name = "render", .function = "render", .sum = {1, 70}},
                     {.name = "other call sites", .function = {}, .sum = {1, 20}}},
          .bars = {{.from = 16, .to = 31, .parts = {{2, 40}, {0, 0}, {1, 20}}},
                   {.from = 32, .to = 63, .parts = {{0, 0}, {0, 0}, {0, 0}}},
                   {.from = 64, .to = 127, .parts = {{1, 100}, {1, 70}, {0, 0}}}}};
}

TEST(Histogram, SumsItsPartsAndBars) {
  const Histogram histogram = twoBars();
  EXPECT_EQ(histogram.bars[0].sum(), (BlockSum{3, 60}));
  EXPECT_EQ(histogram.bars[1].sum(), BlockSum());
  EXPECT_EQ(histogram.sum(), (BlockSum{5, 230}));
  EXPECT_EQ(Histogram().sum(), BlockSum());
}

TEST(Histogram, TheLargestValuesComeFirstAndEqualOnesInTheirOrder) {
  EXPECT_EQ(largestOf({5, 0, 9, 5, 1}, 3), (std::vector<std::size_t>{2, 0, 3}));
  EXPECT_EQ(largestOf({0, 0}), std::vector<std::size_t>());
  EXPECT_EQ(largestOf({}), std::vector<std::size_t>());
  EXPECT_EQ(largestOf(std::vector<quint64>(100, 1)).size(), kHistogramSeries);
}

TEST(Histogram, AxesHaveShortNumbers) {
  EXPECT_EQ(rangeBeginText(0, HistogramAxis::Sizes), "0");
  EXPECT_EQ(rangeBeginText(16, HistogramAxis::Sizes), "16 B");
  EXPECT_EQ(rangeBeginText(4'096, HistogramAxis::Sizes), "4 KiB");
  EXPECT_EQ(rangeBeginText(quint64{1} << 63, HistogramAxis::Sizes), "8 EiB");
  EXPECT_EQ(rangeBeginText(1U << 20, HistogramAxis::Lifetimes), "1.05 ms");
}

TEST(Histogram, ASentenceSaysRangeSumAndShare) {
  EXPECT_EQ(barSentence(twoBars(), 0, std::nullopt, HistogramUnit::Blocks, HistogramAxis::Sizes),
            "16-31 B: 60 B in 3 blocks, 60.0 %");
  EXPECT_EQ(barSentence(twoBars(), 2, 1, HistogramUnit::Bytes, HistogramAxis::Sizes),
            "64-127 B, of render: 70 B in 1 block, 30.4 %");
  EXPECT_EQ(barSentence(twoBars(), 1, std::nullopt, HistogramUnit::Bytes, HistogramAxis::Sizes),
            "32-63 B: 0 B in 0 blocks, 0.0 %");
}

TEST(Histogram, EstimatesAndMeansAreMarked) {
  Histogram histogram = twoBars();
  histogram.areEstimates = true;
  EXPECT_TRUE(
      barSentence(histogram, 0, 0, HistogramUnit::Bytes, HistogramAxis::Sizes).contains("≈ 40 B in 2"));
  histogram.areEstimates = false;
  histogram.areMeans = true;
  EXPECT_TRUE(barLines(histogram, 0, HistogramUnit::Bytes, HistogramAxis::Lifetimes)[1].startsWith("≈"));
}

TEST(Histogram, ATipHasExactNumbersOfThePartsThatThereAre) {
  EXPECT_EQ(barLines(twoBars(), 0, HistogramUnit::Bytes, HistogramAxis::Sizes),
            (QStringList{"16-31 B", "60 bytes in 3 blocks, 26.1 %", "parse: 40 bytes in 2 blocks",
                         "other call sites: 20 bytes in 1 block"}));
}

TEST(Histogram, LongNamesWithLineBreaksBecomeOneShortLine) {
  Histogram histogram = twoBars();
  histogram.series[0].name = QString("a\nb").repeated(5'000);
  for (const QString& line : barLines(histogram, 0, HistogramUnit::Bytes, HistogramAxis::Sizes)) {
    EXPECT_FALSE(line.contains('\n'));
    EXPECT_LT(line.size(), 200);
  }
}

TEST(Histogram, TheLargestRangeHasAnEnd) {
  const Histogram::Bar bar{.from = quint64{1} << 63, .to = std::numeric_limits<quint64>::max(), .parts = {}};
  EXPECT_FALSE(rangeText(bar, HistogramAxis::Sizes).isEmpty());
  EXPECT_FALSE(rangeText(bar, HistogramAxis::Lifetimes).isEmpty());
  EXPECT_EQ(rangeText({.from = 0, .to = 1'023, .parts = {}}, HistogramAxis::Lifetimes), "under 1 us");
}

}  // namespace
}  // namespace heaptap::gui
