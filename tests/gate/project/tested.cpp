// SPDX-License-Identifier: Apache-2.0
#include <heaptap/gtest.h>

TEST(Numbers, AreFreed) { delete new int(1); }
TEST(Numbers, Leak) {
  auto* const number = new int(2);
  EXPECT_EQ(*number, 2);
}
