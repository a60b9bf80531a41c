// SPDX-License-Identifier: Apache-2.0
#include "gui/models/quantity_text.h"

#include <gtest/gtest.h>

#include <limits>

namespace heaptap::gui {
namespace {

TEST(QuantityText, SeparatesThousands) {
  EXPECT_EQ(countText(0), "0");
  EXPECT_EQ(countText(999), "999");
  EXPECT_EQ(countText(1'000), "1,000");
  EXPECT_EQ(countText(std::numeric_limits<quint64>::max()), "18,446,744,073,709,551,615");
}

TEST(QuantityText, ShowsBytesWithThreeDigitsAndABinaryUnit) {
  EXPECT_EQ(bytesText(0), "0 B");
  EXPECT_EQ(bytesText(1'023), "1023 B");
  EXPECT_EQ(bytesText(1'024), "1.00 KiB");
  EXPECT_EQ(bytesText(10'240), "10.0 KiB");
  EXPECT_EQ(bytesText(1'048'000), "1,023 KiB");
  EXPECT_EQ(bytesText(1'048'575), "1.00 MiB");
  EXPECT_EQ(bytesText(std::numeric_limits<quint64>::max()), "16,777,216 TiB");
}

TEST(QuantityText, ShowsDurationsInTheUnitThatFits) {
  EXPECT_EQ(durationText(0), "0 us");
  EXPECT_EQ(durationText(870'000), "870 us");
  EXPECT_EQ(durationText(12'300'000), "12.3 ms");
  EXPECT_EQ(durationText(4'560'000'000), "4.56 s");
  EXPECT_EQ(durationText(123'000'000'000), "2 min 03 s");
  EXPECT_EQ(durationText(18'120'000'000'000), "5 h 02 min");
}

TEST(QuantityText, ShowsTimesInUtc) {
  EXPECT_EQ(timestampText(1'700'000'000'000'000'000), "2023-11-14 22:13:20");
  EXPECT_EQ(timestampText(-1), "1969-12-31 23:59:59");
}

TEST(QuantityText, ShowsRangesOfSizes) {
  EXPECT_EQ(sizeRangeText(24, 24), "24 B");
  EXPECT_EQ(sizeRangeText(16, 31), "16-31 B");
  EXPECT_EQ(sizeRangeText(1'024, 2'047), "1-2 KiB");
  EXPECT_EQ(sizeRangeText(1U << 20, (1U << 21) - 1), "1-2 MiB");
}

TEST(QuantityText, AShareOfNothingIsUnknown) {
  EXPECT_EQ(shareText(1, 3), "33.3 %");
  EXPECT_EQ(shareText(0, 0), "-");
  EXPECT_EQ(numberOfText(1, Noun::Block), "1 block");
  EXPECT_EQ(numberOfText(2'000, Noun::Block), "2,000 blocks");
}

}  // namespace
}  // namespace heaptap::gui
