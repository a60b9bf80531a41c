// SPDX-License-Identifier: Apache-2.0
#include "rpc/address.h"

#include <gtest/gtest.h>

namespace heaptap::rpc {
namespace {

TEST(Address, OfThisMachineOnly) {
  for (const char* address : {"unix:/run/x.sock", "127.0.0.1:7000", "127.9.8.7:1", "localhost:7000",
                              "[::1]:7000", "tls://localhost:7000"})
    EXPECT_TRUE(isLocal(address)) << address;
}

TEST(Address, ThatOthersCanReach) {
  for (const char* address : {"0.0.0.0:7000", "[::]:7000", "10.1.2.3:7000", "example.org:7000", "128.0.0.1:1",
                              ":7000", "tls://10.1.2.3:7000", "dns:///localhost:1", "localhost", ""})
    EXPECT_FALSE(isLocal(address)) << address;
}

TEST(Address, HasTwoParts) {
  const auto parts = hostAndPort("tls://[fe80::1]:4317");
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->host, "fe80::1");
  EXPECT_EQ(parts->port, "4317");
  EXPECT_EQ(targetOf("tls://[fe80::1]:4317"), "[fe80::1]:4317");
  for (const char* address :
       {"tls://x", "tls://x:", "tls://:1", "tls://x:1/y", "tls://x:http", "unix:/x:1", "tls://"})
    EXPECT_FALSE(hostAndPort(address)) << address;
}

}  // namespace
}  // namespace heaptap::rpc
