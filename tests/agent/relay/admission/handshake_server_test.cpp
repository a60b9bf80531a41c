// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/admission/handshake_server.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <grp.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <cstring>
#include <filesystem>
#include <optional>

#include "tests/agent/relay/temporary_folder.h"

namespace heaptap::relay {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

UniqueFd connectTo(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  return fd;
}

void sendHello(const UniqueFd& fd, wire::ClientHello hello = {wire::kMagic, wire::kLayoutVersion, 42}) {
  ASSERT_EQ(send(fd.get(), &hello, sizeof hello, MSG_NOSIGNAL), static_cast<ssize_t>(sizeof hello));
}

struct Answer {
  wire::Welcome welcome;
  UniqueFd memory;
};
std::optional<Answer> readAnswer(const UniqueFd& fd) {
  Answer answer{};
  iovec part{&answer.welcome, sizeof answer.welcome};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  if (recvmsg(fd.get(), &message, 0) != static_cast<ssize_t>(sizeof answer.welcome)) return std::nullopt;
  if (const cmsghdr* rights = CMSG_FIRSTHDR(&message); rights != nullptr) {
    int received = -1;
    std::memcpy(&received, CMSG_DATA(rights), sizeof received);
    answer.memory = UniqueFd(received);
  }
  return answer;
}

class HandshakeServerTest : public testing::Test {
 protected:
  /// Waits until the server has something to do, then lets it.
  std::vector<Peer> service() {
    pollfd server{m_server.pollDescriptor(), POLLIN, 0};
    EXPECT_EQ(poll(&server, 1, 10'000), 1);
    return m_server.service();
  }

  test::TemporaryFolder m_folder;
  const std::string m_path = m_folder / "relay.sock";
  HandshakeServer m_server = HandshakeServer::listen(m_path).value();
};

TEST_F(HandshakeServerTest, HandsTheMemoryToAProcess) {
  const pid_t target = fork();
  if (target == 0) {
    const UniqueFd connection = connectTo(m_path);
    const wire::ClientHello hello{wire::kMagic, wire::kLayoutVersion, 7};
    static_cast<void>(send(connection.get(), &hello, sizeof hello, 0));
    const auto answer = readAnswer(connection);
    struct stat status {};
    const bool good = answer && answer->welcome.status == 0 && answer->welcome.totalBytes == 8192 &&
                      fstat(answer->memory.get(), &status) == 0 && status.st_size == 8192;
    _exit(good ? 17 : 1);
  }
  std::vector<Peer> peers;
  while (peers.empty()) peers = service();
  ASSERT_THAT(peers, SizeIs(1));
  EXPECT_EQ(peers[0].pid, target);
  EXPECT_EQ(peers[0].ownPid, 7U);
  const UniqueFd memory(memfd_create("memory", MFD_CLOEXEC));
  ASSERT_EQ(ftruncate(memory.get(), 8192), 0);
  EXPECT_TRUE(HandshakeServer::welcome(peers[0], memory.get(), 8192));
  pollfd process{peers[0].process.get(), POLLIN, 0};
  EXPECT_EQ(poll(&process, 1, 10'000), 1) << "the pidfd tells the end";
  int status = 0;
  waitpid(target, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 17);
}

TEST_F(HandshakeServerTest, OnlyItsOwnerMayConnect) {
  struct stat status {};
  ASSERT_EQ(stat(m_path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(HandshakeServerTest, TellsAnotherVersionThatItIsRefused) {
  const UniqueFd client = connectTo(m_path);
  sendHello(client, {wire::kMagic, wire::kLayoutVersion + 1, 1});
  const auto peers = service();
  ASSERT_THAT(peers, SizeIs(1));
  EXPECT_EQ(peers[0].obstacle, wire::Obstacle::OtherVersion);
  const auto answer = readAnswer(client);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->welcome.status, static_cast<std::uint32_t>(Refusal::Version));
  EXPECT_EQ(answer->welcome.layoutVersion, wire::kLayoutVersion);
  EXPECT_FALSE(answer->memory);
}

TEST_F(HandshakeServerTest, HearsWhichCollectorATargetWants) {
  const UniqueFd client = connectTo(m_path);
  const std::string collector = "unix:/run/collector.sock";
  const auto length = static_cast<std::uint32_t>(collector.size());
  sendHello(client, {wire::kMagic, wire::kLayoutVersion, 42, length});
  send(client.get(), collector.data(), 4, MSG_NOSIGNAL);
  EXPECT_THAT(service(), IsEmpty()) << "not before it is whole";
  send(client.get(), collector.data() + 4, collector.size() - 4, MSG_NOSIGNAL);
  const auto peers = service();
  ASSERT_THAT(peers, SizeIs(1));
  EXPECT_EQ(peers[0].collector, collector);
  EXPECT_EQ(peers[0].user, geteuid());
}

TEST_F(HandshakeServerTest, HearsWhyATargetCannotBeRecorded) {
  const UniqueFd client = connectTo(m_path);
  wire::ClientHello hello{wire::kMagic, wire::kLayoutVersion, 42};
  hello.obstacle = static_cast<std::uint32_t>(wire::Obstacle::NoMemory);
  sendHello(client, hello);
  const auto peers = service();
  ASSERT_THAT(peers, SizeIs(1));
  EXPECT_EQ(peers[0].obstacle, wire::Obstacle::NoMemory);
}

TEST_F(HandshakeServerTest, HangsUpOnAReasonThatThereIsNot) {
  const UniqueFd client = connectTo(m_path);
  wire::ClientHello hello{wire::kMagic, wire::kLayoutVersion, 42};
  hello.obstacle = static_cast<std::uint32_t>(wire::Obstacle::Count);
  sendHello(client, hello);
  EXPECT_THAT(service(), IsEmpty());
  EXPECT_FALSE(m_server.hasPending());
}

TEST_F(HandshakeServerTest, HangsUpWhenTheCollectorIsTooLong) {
  const UniqueFd client = connectTo(m_path);
  sendHello(client, {wire::kMagic, wire::kLayoutVersion, 42, wire::kMaxCollectorBytes + 1});
  EXPECT_THAT(service(), IsEmpty());
  EXPECT_FALSE(m_server.hasPending());
}

TEST_F(HandshakeServerTest, TurnsAnotherUserAway) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can play another user";
  const std::string path = m_folder / "other.sock";
  std::filesystem::permissions(m_folder.path(), std::filesystem::perms::all);
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t other = fork();
  if (other == 0) {
    bool good = setgroups(0, nullptr) == 0 && setuid(65534) == 0;
    auto server = HandshakeServer::listen(path);
    good = good && server;
    static_cast<void>(write(ready[1], good ? "+" : "-", 1));
    if (!good) _exit(1);
    pollfd events{server->pollDescriptor(), POLLIN, 0};
    poll(&events, 1, 10'000);
    _exit(server->service().empty() && !server->hasPending() ? 17 : 1);
  }
  char word = 0;
  static_cast<void>(read(ready[0], &word, 1));
  EXPECT_EQ(word, '+');
  const UniqueFd client = connectTo(path);
  EXPECT_FALSE(readAnswer(client));
  int status = 0;
  waitpid(other, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 17);
}

TEST_F(HandshakeServerTest, LeavesThePathButServesWhoHasConnected) {
  const UniqueFd early = connectTo(m_path);
  m_server.leavePath();
  EXPECT_EQ(access(m_path.c_str(), F_OK), -1);
  const auto next = HandshakeServer::listen(m_path);
  ASSERT_TRUE(next);
  sendHello(early);
  std::vector<Peer> peers;
  while (peers.empty()) peers = service();
  EXPECT_THAT(peers, SizeIs(1));
  m_server.leavePath();
  EXPECT_EQ(access(m_path.c_str(), F_OK), 0) << "the path is the next one's now";
}

TEST_F(HandshakeServerTest, HangsUpOnGarbage) {
  const UniqueFd client = connectTo(m_path);
  send(client.get(), "GET / HTTP/1.1\r\n", 16, 0);
  EXPECT_THAT(service(), IsEmpty());
  EXPECT_FALSE(readAnswer(client));
  EXPECT_FALSE(m_server.hasPending());
}

TEST_F(HandshakeServerTest, HangsUpOnGarbageOfTwoBytes) {
  const UniqueFd client = connectTo(m_path);
  send(client.get(), "xy", 2, 0);
  EXPECT_THAT(service(), IsEmpty());
  EXPECT_FALSE(m_server.hasPending());
}

TEST_F(HandshakeServerTest, ASilentClientDelaysNobody) {
  const UniqueFd silent = connectTo(m_path);
  const UniqueFd half = connectTo(m_path);
  send(half.get(), &wire::kMagic, 5, 0);
  const UniqueFd good = connectTo(m_path);
  sendHello(good);
  std::vector<Peer> peers;
  while (peers.empty()) peers = service();
  EXPECT_THAT(peers, SizeIs(1));
  EXPECT_TRUE(m_server.hasPending());
  const wire::ClientHello hello{wire::kMagic, wire::kLayoutVersion, 42};
  send(half.get(), reinterpret_cast<const char*>(&hello) + 5, sizeof hello - 5, 0);
  EXPECT_THAT(service(), SizeIs(1)) << "the other half makes it whole";
}

TEST_F(HandshakeServerTest, ASilentClientIsSentAwayAfterAWhile) {
  const UniqueFd silent = connectTo(m_path);
  while (!m_server.hasPending()) service();
  while (m_server.hasPending()) m_server.service();
  EXPECT_FALSE(readAnswer(silent));
}

TEST_F(HandshakeServerTest, ManySilentClientsDoNotKeepAGoodOneOut) {
  std::vector<UniqueFd> silent;
  for (std::size_t i = 0; i < HandshakeServer::kMaxPending; ++i) {
    silent.push_back(connectTo(m_path));
    m_server.service();
  }
  const UniqueFd good = connectTo(m_path);
  sendHello(good);
  std::vector<Peer> peers;
  while (peers.empty()) peers = m_server.service();
  EXPECT_THAT(peers, SizeIs(1));
}

TEST_F(HandshakeServerTest, AClientThatLeftIsForgotten) {
  UniqueFd client = connectTo(m_path);
  client = UniqueFd();
  service();
  EXPECT_FALSE(m_server.hasPending());
}

TEST_F(HandshakeServerTest, ASocketInUseIsNotTaken) {
  const auto second = HandshakeServer::listen(m_path);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().where, m_path);
}

TEST(HandshakeServer, ReplacesASocketThatWasLeftBehind) {
  const test::TemporaryFolder folder;
  const std::string path = folder / "relay.sock";
  const pid_t crashed = fork();
  if (crashed == 0) {
    const auto server = HandshakeServer::listen(path);
    _exit(server ? 0 : 1);
  }
  int status = 0;
  waitpid(crashed, &status, 0);
  ASSERT_EQ(status, 0);
  ASSERT_EQ(access(path.c_str(), F_OK), 0);
  EXPECT_TRUE(HandshakeServer::listen(path));
}

TEST(HandshakeServer, KeepsAFileThatIsNoSocket) {
  const test::TemporaryFolder folder;
  const std::string path = folder / "precious";
  const UniqueFd precious(open(path.c_str(), O_CREAT | O_WRONLY, 0600));
  ASSERT_GE(precious.get(), 0);
  EXPECT_FALSE(HandshakeServer::listen(path));
  struct stat status {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_TRUE(S_ISREG(status.st_mode));
}

}  // namespace
}  // namespace heaptap::relay
