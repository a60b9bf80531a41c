// SPDX-License-Identifier: Apache-2.0
#include "collector/daemon/age.h"

#include <gtest/gtest.h>

namespace heaptap::daemon {
namespace {

using namespace std::chrono_literals;

TEST(Age, isANumberAndAUnit) {
  EXPECT_EQ(parseAge("45s").value(), 45s);
  EXPECT_EQ(parseAge("90min").value(), 90min);
  EXPECT_EQ(parseAge("90m").value(), 90min);
  EXPECT_EQ(parseAge("12h").value(), 12h);
  EXPECT_EQ(parseAge("30d").value(), 720h);
  EXPECT_EQ(parseAge("2w").value(), 336h);
}

TEST(Age, anythingElseIsRefused) {
  for (const char* text : {"", "12", "h", "0d", "-1d", "1.5h", "1 h", "1d2h", "9223372036854775807w",
                           "99999999999999999999s", "1y", "d1"})
    EXPECT_EQ(parseAge(text).error().code, Code::Usage) << text;
}

}  // namespace
}  // namespace heaptap::daemon
