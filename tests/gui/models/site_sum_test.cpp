// SPDX-License-Identifier: Apache-2.0
#include "gui/models/sites/site_sum.h"

#include <gtest/gtest.h>

#include "tests/gui/site_set.h"

namespace heaptap::gui {
namespace {

TEST(SiteSum, AddsUpWhatPasses) {
  const Sites sites =
      test::siteSet({{.stack = 1, .functions = "parse;main", .liveBytes = 1'024, .allocations = 3},
                     {.stack = 2, .functions = "render;main", .liveBytes = 2'048, .allocations = 4},
                     {.stack = 3, .functions = "never", .allocations = 0}});
  const SiteSum whole = sumOf(*sites, nullptr);
  EXPECT_EQ(whole.sites, 2U) << "one has counted nothing";
  EXPECT_EQ(whole.liveBytes, Estimate{3'072});
  const SiteSum parsed = sumOf(*sites, sites->rowsThatPass("parse"));
  EXPECT_EQ(sumText(parsed, &whole).toStdString(),
            "1 of 2 call sites  ·  1.00 KiB of 3.00 KiB live  ·  3 of 7 allocations");
  EXPECT_EQ(sumText(parsed, nullptr).toStdString(), "1 call site  ·  1.00 KiB live  ·  3 allocations");
}

}  // namespace
}  // namespace heaptap::gui
