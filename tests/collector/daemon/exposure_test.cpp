// SPDX-License-Identifier: Apache-2.0
#include "collector/daemon/exposure.h"

#include <gtest/gtest.h>

namespace heaptap::daemon {
namespace {

TEST(Exposure, OfThisMachineOnly) {
  for (const char* address :
       {"unix:/run/x.sock", "127.0.0.1:7000", "127.9.8.7:1", "localhost:7000", "[::1]:7000"}) {
    EXPECT_TRUE(isLocal(address)) << address;
  }
}

TEST(Exposure, ToOthers) {
  for (const char* address :
       {"0.0.0.0:7000", "[::]:7000", "10.1.2.3:7000", "example.org:7000", "128.0.0.1:1", ":7000"}) {
    EXPECT_FALSE(isLocal(address)) << address;
  }
}

TEST(Exposure, IsRefusedUnlessTheUserSaysSo) {
  const auto refused = checkExposure("0.0.0.0:7000", false);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::NotPermitted);
  EXPECT_NE(refused.error().line().find("--insecure"), std::string::npos);
  EXPECT_TRUE(checkExposure("0.0.0.0:7000", true));
  EXPECT_TRUE(checkExposure("127.0.0.1:7000", false));
}

}  // namespace
}  // namespace heaptap::daemon
