// SPDX-License-Identifier: Apache-2.0
#include "text/quantity.h"

#include <gtest/gtest.h>

#include <limits>

namespace heaptap {
namespace {

TEST(Quantity, CountsHaveThousandsSeparators) {
  EXPECT_EQ(formatCount(0), "0");
  EXPECT_EQ(formatCount(999), "999");
  EXPECT_EQ(formatCount(1000), "1,000");
  EXPECT_EQ(formatCount(1234567), "1,234,567");
  EXPECT_EQ(formatCount(UINT64_MAX), "18,446,744,073,709,551,615");
}

TEST(Quantity, BytesHaveThreeDigitsAndABinaryUnit) {
  EXPECT_EQ(formatBytes(0), "0 B");
  EXPECT_EQ(formatBytes(1023), "1023 B");
  EXPECT_EQ(formatBytes(1024), "1.00 KiB");
  EXPECT_EQ(formatBytes(1234567), "1.18 MiB");
  EXPECT_EQ(formatBytes(15 * 1024 * 1024 + 52429), "15.1 MiB");
  EXPECT_EQ(formatBytes(234ULL << 30), "234 GiB");
  EXPECT_EQ(formatBytes(UINT64_MAX), "16,777,216 TiB");
}

TEST(Quantity, BytesNeverShowAThousandAndMoreOfAUnit) {
  EXPECT_EQ(formatBytes(1024 * 1024 - 1), "1.00 MiB");
  EXPECT_EQ(formatBytes(1023 * 1024), "1,023 KiB");
}

TEST(Quantity, AShareOfNothingIsNotZero) {
  EXPECT_EQ(formatShare(1, 3), "33.3 %");
  EXPECT_EQ(formatShare(0, 3), "0.0 %");
  EXPECT_EQ(formatShare(1, 1'000'000), "<0.1 %");
  EXPECT_EQ(formatShare(0, 0), "-");
}

TEST(Quantity, DurationsChooseTheirUnit) {
  EXPECT_EQ(formatDuration(0), "0 us");
  EXPECT_EQ(formatDuration(870'000), "870 us");
  EXPECT_EQ(formatDuration(12'345'678), "12.3 ms");
  EXPECT_EQ(formatDuration(4'560'000'000), "4.56 s");
  EXPECT_EQ(formatDuration(59'990'000'000), "1 min 00 s");
  EXPECT_EQ(formatDuration(123'000'000'000), "2 min 03 s");
  EXPECT_EQ(formatDuration(18'120'000'000'000), "5 h 02 min");
}

TEST(Quantity, TimestampsAreRfc3339InUtc) {
  EXPECT_EQ(formatTimestamp(0), "1970-01-01T00:00:00.000000000Z");
  EXPECT_EQ(formatTimestamp(1'700'000'000'123'456'789), "2023-11-14T22:13:20.123456789Z");
  EXPECT_EQ(formatTimestamp(-1), "1969-12-31T23:59:59.999999999Z");
}

TEST(Quantity, SizesAreReadWithUnits) {
  const auto parsed = [](const char* text) {
    std::uint64_t bytes = 77;
    return parseBytes(text, bytes) ? bytes : UINT64_MAX;
  };
  EXPECT_EQ(parsed("4096"), 4096U);
  EXPECT_EQ(parsed("64K"), 65536U);
  EXPECT_EQ(parsed("1.5MiB"), 1572864U);
  EXPECT_EQ(parsed("2g"), 2ULL << 30);
  EXPECT_EQ(parsed("3 TB"), 3ULL << 40);
  for (const char* wrong : {"", "K", "-1", "1X", "1KiBs", "12 34", "nan", "inf", "99999999T", "1e300"})
    EXPECT_EQ(parsed(wrong), UINT64_MAX) << wrong;
}

TEST(Quantity, SizesOfFullBucketsAreRound) {
  EXPECT_EQ(formatSizeRange(524'288, 1'048'575), "512-1,024 KiB");
  EXPECT_EQ(formatSizeRange(16, 31), "16-31 B");
  EXPECT_EQ(formatSizeRange(4'096, 4'096), "4,096 B");
  EXPECT_EQ(formatSizeRange(0, 0), "0 B");
}

TEST(Quantity, AnErrorIsNeverMoreThanANumberCanBe) {
  EXPECT_EQ(wholeError(1.5), 2U);
  EXPECT_EQ(wholeError(0.4), 0U);
  EXPECT_EQ(wholeError(-1), 0U);
  EXPECT_EQ(wholeError(std::numeric_limits<double>::quiet_NaN()), 0U);
  EXPECT_EQ(wholeError(std::numeric_limits<double>::infinity()), 9'000'000'000'000'000'000U);
}

}  // namespace
}  // namespace heaptap
