// SPDX-License-Identifier: Apache-2.0
#include "base/unix_socket.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <fstream>

#include "base/unique_fd.h"
#include "tests/support/temporary_folder.h"

namespace heaptap {
namespace {

class ListenerTest : public ::testing::Test {
 protected:
  UniqueFd bound(int backlog) {
    const auto address = unixAddress(m_path);
    UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(bind(socket.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address), 0);
    EXPECT_EQ(listen(socket.get(), backlog), 0);
    return socket;
  }

  test::TemporaryFolder m_folder;
  const std::string m_path = m_folder.path() / "a.sock";
};

TEST_F(ListenerTest, IsPresentWhileItsProcessListens) {
  EXPECT_EQ(listenerAt(m_path), Listener::None);
  UniqueFd socket = bound(8);
  EXPECT_EQ(listenerAt(m_path), Listener::Present);
  socket.reset();
  EXPECT_EQ(listenerAt(m_path), Listener::Abandoned);
}

TEST_F(ListenerTest, IsPresentWhenItHasNoTime) {
  const UniqueFd socket = bound(0);
  std::vector<UniqueFd> waiting;
  const auto address = unixAddress(m_path);
  for (int i = 0; i < 4; ++i) {
    waiting.emplace_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (connect(waiting.back().get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0)
      break;
  }
  EXPECT_EQ(errno, EAGAIN);
  EXPECT_EQ(listenerAt(m_path), Listener::Present);
}

TEST_F(ListenerTest, IsNeitherWhereTheFileIsNoSocket) {
  std::ofstream(m_path) << "text";
  EXPECT_EQ(listenerAt(m_path), Listener::None);
  EXPECT_EQ(listenerAt(m_folder.path()), Listener::None);
  EXPECT_EQ(listenerAt(""), Listener::None);
  EXPECT_EQ(listenerAt(std::string(200, 'x')), Listener::None);
}

}  // namespace
}  // namespace heaptap
