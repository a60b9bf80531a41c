// SPDX-License-Identifier: Apache-2.0
#include "collector/daemon/exposure.h"

#include <gtest/gtest.h>

namespace heaptap::daemon {
namespace {

TEST(Exposure, IsRefusedUnlessTheUserSaysSo) {
  const auto refused = checkExposure("0.0.0.0:7000", {}, false);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::NotPermitted);
  EXPECT_NE(refused.error().line().find("--insecure"), std::string::npos);
  EXPECT_TRUE(checkExposure("0.0.0.0:7000", {}, true));
  EXPECT_TRUE(checkExposure("127.0.0.1:7000", {}, false));
}

}  // namespace
}  // namespace heaptap::daemon
