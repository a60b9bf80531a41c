// SPDX-License-Identifier: Apache-2.0
#include "gui/models/estimate_text.h"

#include <gtest/gtest.h>

#include <limits>

namespace heaptap::gui {
namespace {

TEST(EstimateText, ExactNumbersLookAsEver) {
  EXPECT_EQ(countText(Estimate{1'234}), "1,234");
  EXPECT_EQ(bytesText(Estimate{3U << 20}), "3.00 MiB");
  EXPECT_EQ(shortBytesText(Estimate{3U << 20}), "3.00 MiB");
  EXPECT_EQ(bytesErrorText(Estimate{3U << 20}), "");
}

TEST(EstimateText, EstimatesCarryTheirStandardError) {
  EXPECT_EQ(countText(Estimate{1'234, 56.4}), "≈ 1,234 ± 56");
  EXPECT_EQ(bytesText(Estimate{3U << 20, 122'880}), "≈ 3.00 MiB ± 120 KiB");
  EXPECT_EQ(bytesErrorText(Estimate{3U << 20, 122'880}), "± 120 KiB");
  EXPECT_EQ(shortBytesText(Estimate{3U << 20, 122'880}), "≈3.00 MiB ±4%");
  EXPECT_EQ(shortCountText(Estimate{200, 50}), "≈200");
  EXPECT_EQ(shortBytesText(Estimate{900, 1}), "≈900 B ±0.1%");
  EXPECT_EQ(shortBytesText(Estimate{71U << 10, 10}), "≈71.0 KiB ±<0.1%");
}

TEST(EstimateText, WhatIsSampledForSureIsExact) {
  EXPECT_EQ(bytesText(Estimate{8U << 20, 0}), "8.00 MiB");
  EXPECT_EQ(shortCountText(Estimate{0, 0}), "≈0") << "nothing was sampled, which is not nothing";
  EXPECT_EQ(shortCountText(Estimate{0}), "0");
}

TEST(EstimateText, SurvivesErrorsThatAreNoNumbers) {
  EXPECT_EQ(countText(Estimate{1, std::numeric_limits<double>::quiet_NaN()}), "1");
  EXPECT_EQ(countText(Estimate{1, -5}), "1");
  EXPECT_TRUE(countText(Estimate{1, 1e300}).startsWith("≈ 1 ± 9,"));
}

}  // namespace
}  // namespace heaptap::gui
