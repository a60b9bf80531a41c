// SPDX-License-Identifier: Apache-2.0
#include "collector/daemon/descriptor_limit.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace heaptap::daemon {
namespace {

TEST(DescriptorLimit, IsRaisedAsFarAsItMayBe) {
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit lower = before;
  lower.rlim_cur = 200;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &lower), 0);
  EXPECT_EQ(raiseDescriptorLimit(), before.rlim_max);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
}

TEST(DescriptorLimit, IsEnoughForSomeSessions) {
  EXPECT_EQ(fewSessionsFor(1 << 20), std::nullopt);
  EXPECT_EQ(fewSessionsFor(1024), std::nullopt);
  EXPECT_EQ(fewSessionsFor(64), 8U);
  EXPECT_EQ(fewSessionsFor(10), 0U);
}

}  // namespace
}  // namespace heaptap::daemon
