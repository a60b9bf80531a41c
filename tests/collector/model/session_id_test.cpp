// SPDX-License-Identifier: Apache-2.0
#include "collector/model/session_id.h"

#include <gtest/gtest.h>

namespace heaptap::model {
namespace {

TEST(SessionId, hexadecimalDigitsComeBackAsTheyWent) {
  const std::string digits = "00112233445566778899aabbccddeeff";
  const auto id = SessionId::fromHex(digits);
  ASSERT_TRUE(id);
  EXPECT_EQ(id->hex(), digits);
  EXPECT_EQ(SessionId::fromBytes(id->raw()), id);
}

TEST(SessionId, whatIsNot128BitsIsRefused) {
  EXPECT_FALSE(SessionId::fromHex("0011"));
  EXPECT_FALSE(SessionId::fromHex("0011223344556677 899aabbccddeeff"));
  EXPECT_FALSE(SessionId::fromHex("+0112233445566778899aabbccddeeff"));
  EXPECT_FALSE(SessionId::fromBytes(std::string(15, 'x')));
  EXPECT_FALSE(SessionId::fromBytes(std::string(17, 'x')));
}

TEST(SessionId, allZeroIsNone) {
  EXPECT_TRUE(SessionId{}.isNone());
  EXPECT_FALSE(SessionId::fromBytes(std::string(15, '\0') + "x")->isNone());
}

}  // namespace
}  // namespace heaptap::model
