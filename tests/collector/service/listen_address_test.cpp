// SPDX-License-Identifier: Apache-2.0
#include "collector/service/listen_address.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <filesystem>
#include <fstream>

#include "base/unix_socket.h"
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

bool isAnswered(const sockaddr* address, socklen_t length) {
  const UniqueFd socket(::socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return ::connect(socket.get(), address, length) == 0;
}
bool isAnswered(const std::string& path) {
  const auto address = unixAddress(path);
  return address && isAnswered(reinterpret_cast<const sockaddr*>(&*address), sizeof *address);
}

TEST(ListenAt, aSocketThatWasLeftThereIsReplacedAndRemovedAtTheEnd) {
  test::TemporaryFolder folder;
  const std::string path = folder / "sock";
  { ASSERT_TRUE(listenAt("unix:" + path)); }
  EXPECT_FALSE(isAnswered(path));
  auto first = listenAt("unix:" + path);
  ASSERT_TRUE(first) << first.error().line();
  EXPECT_TRUE(isAnswered(path));
  EXPECT_EQ(first->address, "unix:" + path);
  const auto second = listenAt("unix:" + path);
  ASSERT_TRUE(second);
  removeEntry(first->entry);
  EXPECT_TRUE(isAnswered(path)) << "by now it is another's";
  removeEntry(second->entry);
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(ListenAt, aFreePortIsChosenOnceForTheAddressesOfAName) {
  const auto listening = listenAt("localhost:0");
  ASSERT_TRUE(listening) << listening.error().line();
  ASSERT_FALSE(listening->sockets.empty());
  in_port_t port = 0;
  for (const UniqueFd& socket : listening->sockets) {
    sockaddr_storage bound{};
    socklen_t length = sizeof bound;
    ASSERT_EQ(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&bound), &length), 0);
    EXPECT_TRUE(isAnswered(reinterpret_cast<const sockaddr*>(&bound), length));
    const in_port_t here = bound.ss_family == AF_INET
                               ? reinterpret_cast<const sockaddr_in*>(&bound)->sin_port
                               : reinterpret_cast<const sockaddr_in6*>(&bound)->sin6_port;
    EXPECT_NE(here, 0);
    if (port == 0) port = here;
    EXPECT_EQ(here, port);
  }
  EXPECT_EQ(listening->address, "localhost:" + std::to_string(ntohs(port)));
}

TEST(ListenAt, aPortInUseAndANameThatIsNoneAreNamed) {
  const auto first = listenAt("127.0.0.1:0");
  ASSERT_TRUE(first);
  const auto second = listenAt(first->address);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::AlreadyExists);
  EXPECT_EQ(second.error().line(),
            first->address + ": cannot listen there: Address already in use; choose another address");
  EXPECT_FALSE(listenAt("999.999.999.999:80"));
}

}  // namespace
}  // namespace heaptap::service
