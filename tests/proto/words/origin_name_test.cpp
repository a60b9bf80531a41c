// SPDX-License-Identifier: Apache-2.0
#include "proto/words/origin_name.h"

#include <gtest/gtest.h>

namespace heaptap {
namespace {

TEST(OriginName, EveryEntryPointOfTheContractHasAName) {
  for (int origin = v1::ORIGIN_UNKNOWN + 1; origin <= v1::Origin_MAX; ++origin) {
    if (!v1::Origin_IsValid(origin)) continue;
    EXPECT_NE(originName(static_cast<v1::Origin>(origin)), "unknown")
        << v1::Origin_Name(static_cast<v1::Origin>(origin));
  }
}

TEST(OriginName, IsAsTheSourceSaysIt) {
  EXPECT_EQ(originName(v1::ORIGIN_MALLOC), "malloc");
  EXPECT_EQ(originName(v1::ORIGIN_NEW_ARRAY), "operator new[]");
  EXPECT_EQ(originName(static_cast<v1::Origin>(4'711)), "unknown");
}

}  // namespace
}  // namespace heaptap
