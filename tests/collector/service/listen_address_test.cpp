// SPDX-License-Identifier: Apache-2.0
#include "collector/service/listen_address.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/temporary_folder.h"

namespace heaptap::service {
namespace {

Code codeOf(const std::string& address) {
  const auto checked = checkAddress(address);
  EXPECT_FALSE(checked) << address;
  return checked ? Code::Internal : checked.error().code;
}

TEST(ListenAddress, hostAndPort) {
  for (const char* address : {"localhost:80", "127.0.0.1:0", "[::1]:65535"}) {
    EXPECT_TRUE(checkAddress(address)) << address;
    EXPECT_EQ(unixPathOf(address), "");
  }
  for (const char* address :
       {"", "localhost", ":80", "localhost:", "localhost:x", "localhost:65536", "host:80x"}) {
    EXPECT_EQ(codeOf(address), Code::Usage) << address;
  }
}

TEST(ListenAddress, unixPaths) {
  test::TemporaryFolder folder;
  EXPECT_TRUE(checkAddress("unix:" + (folder / "sock").string()));
  EXPECT_EQ(unixPathOf("unix:a/b"), "a/b");
  EXPECT_EQ(unixPathOf("unix:///a/b"), "/a/b");
  EXPECT_EQ(codeOf("unix:"), Code::Usage);
  EXPECT_EQ(codeOf("unix:" + std::string(200, 'x')), Code::Usage);
  EXPECT_EQ(codeOf("unix:" + (folder / "no/sock").string()), Code::NotWritable);
  std::ofstream(folder / "file") << "precious";
  EXPECT_EQ(codeOf("unix:" + (folder / "file").string()), Code::AlreadyExists);
}

}  // namespace
}  // namespace heaptap::service
