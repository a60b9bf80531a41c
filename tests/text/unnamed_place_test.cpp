// SPDX-License-Identifier: Apache-2.0
#include "text/unnamed_place.h"

#include <gtest/gtest.h>

namespace heaptap {
namespace {

TEST(UnnamedPlace, isTheOffsetInItsModule) {
  EXPECT_EQ(unnamedPlace("/usr/lib/libjq.so.1", 0x12A4), "libjq.so.1+0x12a4");
  EXPECT_EQ(unnamedPlace("app", 0), "app+0x0");
}

TEST(UnnamedPlace, isNeverABareAddress) {
  EXPECT_EQ(unnamedPlace("", 0x7F3A'41C6'E2B0), "[anonymous]+0x7f3a41c6e2b0");
  EXPECT_EQ(unnamedPlace("", UINT64_MAX), "[anonymous]+0xffffffffffffffff");
}

}  // namespace
}  // namespace heaptap
