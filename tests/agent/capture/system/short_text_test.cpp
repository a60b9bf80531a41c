// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/system/short_text.h"

#include <gtest/gtest.h>

namespace heaptap::capture {
namespace {

TEST(ShortText, IsPutTogether) {
  ShortText<32> text;
  text.append("/tmp/heaptap-").append(0U).append('/').append(4'294'967'295U);
  EXPECT_STREQ(text.text(), "/tmp/heaptap-0/4294967295");
  EXPECT_TRUE(text.whole());
}

TEST(ShortText, KnowsThatItWasCutOff) {
  ShortText<5> text;
  text.append("1234");
  EXPECT_TRUE(text.whole());
  text.append('5');
  EXPECT_FALSE(text.whole());
  EXPECT_STREQ(text.text(), "1234");
}

TEST(ShortText, LosesItsLastComponent) {
  ShortText<32> text;
  text.append("/opt/lib/libheaptap.so.1");
  EXPECT_TRUE(text.cutAtLast('/'));
  EXPECT_STREQ(text.text(), "/opt/lib");
  text.append("/..");
  EXPECT_STREQ(text.text(), "/opt/lib/..");
  EXPECT_FALSE(text.cutAtLast('x'));
}

}  // namespace
}  // namespace heaptap::capture
