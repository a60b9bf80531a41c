// SPDX-License-Identifier: Apache-2.0
//
// The real program, with this test as `heaptap run` and collector, and a forked child as target.
#include <gmock/gmock.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <cstring>
#include <functional>

#include "agent/relay/session_id.h"
#include "agent/relay/unique_fd.h"
#include "agent/wire/layout.h"
#include "tests/agent/relay/temporary_folder.h"
#include "tests/agent/relay/test_collector.h"

namespace heaptap::relay {
namespace {

using test::StoredSession;
using testing::ElementsAre;
using testing::StartsWith;

/// The little that a target needs: the handshake, and one thread that writes one event after the other.
class MinimalTarget {
 public:
  explicit MinimalTarget(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    const UniqueFd fd(socket(AF_UNIX, SOCK_STREAM, 0));
    connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address);
    const wire::ClientHello hello{wire::kMagic, wire::kLayoutVersion, static_cast<std::uint32_t>(getpid())};
    static_cast<void>(send(fd.get(), &hello, sizeof hello, MSG_NOSIGNAL));
    wire::Welcome welcome{};
    iovec part{&welcome, sizeof welcome};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    if (recvmsg(fd.get(), &message, 0) <= 0 || welcome.status != 0) _exit(99);
    int memory = -1;
    std::memcpy(&memory, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof memory);
    m_base =
        static_cast<char*>(mmap(nullptr, welcome.totalBytes, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0));
    close(memory);
    m_header = reinterpret_cast<wire::Header*>(m_base);
    auto& slot = *reinterpret_cast<wire::ThreadSlot*>(m_base + m_header->geometry.threads);
    slot.tid = static_cast<std::uint32_t>(getpid());
    m_header->slotHighWater = 1;
    slot.claim = 1;
    const std::uint64_t head = m_header->freeChunks.head.load();
    const std::uint32_t reference = wire::FreeList::reference(head);
    m_chunk = reinterpret_cast<wire::ChunkHeader*>(m_base + m_header->geometry.chunks +
                                                   std::uint64_t{reference - 1} * wire::kChunkBytes);
    m_header->freeChunks.head = wire::FreeList::pack(wire::FreeList::tag(head) + 1,
                                                     wire::FreeList::count(head) - 1U, m_chunk->nextFree);
    slot.firstChunk[0] = reference;
  }

  void alloc(std::uint64_t address, std::uint32_t size) {
    const std::uint32_t used = m_chunk->published.load();
    const std::uint64_t words[] = {wire::headWord(++m_stamp, 0, wire::EventKind::Alloc),
                                   wire::addressWord(address, wire::Origin::Malloc, 4),
                                   std::uint64_t{wire::kOverflowNode} << 32 | size};
    std::memcpy(reinterpret_cast<char*>(m_chunk + 1) + used, words, sizeof words);
    m_chunk->published.store(used + static_cast<std::uint32_t>(sizeof words), std::memory_order_release);
  }
  [[nodiscard]] std::uint32_t control() const { return m_header->control.load(); }
  [[nodiscard]] bool relayIsGone() const {
    const std::uint32_t word = m_header->relayAlive.load();
    return word == 0 || (word & wire::kFutexOwnerDied) != 0;
  }

 private:
  char* m_base = nullptr;
  wire::Header* m_header = nullptr;
  wire::ChunkHeader* m_chunk = nullptr;
  std::uint64_t m_stamp = 0;
};

class RelayProcessTest : public testing::Test {
 protected:
  void startCollector(test::TestCollector::Behaviour behaviour = {}) {
    m_collector = std::make_unique<test::TestCollector>(m_collectorPath, m_storage, std::move(behaviour));
  }

  void startRelay() {
    int ends[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
    m_channel = UniqueFd(ends[0]);
    const UniqueFd relayEnd(ends[1]);
    const std::string collector = "unix:" + m_collectorPath;
    // posix_spawn: gRPC in this process would not survive in a forked child that goes on.
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, relayEnd.get(), 50);
    const char* const arguments[] = {
        HEAPTAP_RELAY_PROGRAM, "--socket", m_socket.c_str(), "--collector", collector.c_str(),
        "--control-fd",        "50",       nullptr};
    ASSERT_EQ(posix_spawn(&m_relay, HEAPTAP_RELAY_PROGRAM, &actions, nullptr,
                          const_cast<char* const*>(arguments), environ),
              0);
    posix_spawn_file_actions_destroy(&actions);
    ASSERT_EQ(hear(), "ready");
  }

  /// The relay's next message; empty when it has left.
  std::string hear() {
    char buffer[1024];
    const ssize_t n = recv(m_channel.get(), buffer, sizeof buffer, 0);
    return n > 0 ? std::string(buffer, static_cast<std::size_t>(n)) : std::string();
  }
  void say(const std::string& text) { send(m_channel.get(), text.data(), text.size(), MSG_NOSIGNAL); }

  /// Starts a target that lives until `act` returns its exit status. Before gRPC is used in this process.
  pid_t startTarget(const std::function<int()>& act) {
    const pid_t pid = fork();
    if (pid == 0) _exit(act());
    return pid;
  }
  /// Waits for the target's end and tells the relay.
  void reap(pid_t target) {
    int status = 0;
    waitpid(target, &status, 0);
    say("exited " + std::to_string(target) + " " + std::to_string(status));
  }
  int relayStatus() {
    int status = 0;
    waitpid(m_relay, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  test::TemporaryFolder m_folder;
  const std::string m_socket = m_folder / "relay.sock";
  const std::string m_collectorPath = m_folder / "collector.sock";
  test::CollectorStorage m_storage;
  std::unique_ptr<test::TestCollector> m_collector;
  UniqueFd m_channel;
  pid_t m_relay = -1;
};

TEST_F(RelayProcessTest, RecordsATargetToItsEnd) {
  startRelay();
  const pid_t target = startTarget([&] {
    MinimalTarget self(m_socket);
    self.alloc(0x1000, 24);
    return 3;
  });
  startCollector();
  const std::string session = hear();
  reap(target);
  say("finish");
  EXPECT_THAT(session, testing::EndsWith(" " + std::to_string(target)));
  EXPECT_EQ(hear(), "done " + session.substr(8, 32));
  EXPECT_EQ(hear(), "");
  EXPECT_EQ(relayStatus(), 0);
  m_storage.inspect([&](StoredSession& s) {
    EXPECT_EQ("session " + hex(s.hello.session_id()) + " " + std::to_string(target), session);
    EXPECT_THAT(s.content.story(), ElementsAre("alloc 0: 24 bytes at 0x1000 by 0"));
    EXPECT_THAT(s.content.stackOf(0), ElementsAre("0x0 FRAME_OVERFLOW"));
    ASSERT_EQ(s.content.goodbyes.size(), 1U);
    EXPECT_EQ(s.content.goodbyes[0].end(), v1::Goodbye::END_EXITED);
    EXPECT_EQ(s.content.goodbyes[0].status(), 3);
    EXPECT_TRUE(s.complete);
    EXPECT_EQ(s.hello.pid(), static_cast<std::uint32_t>(target));
    EXPECT_EQ(s.hello.parent_pid(), static_cast<std::uint32_t>(getpid()));
    EXPECT_THAT(s.hello.command(0), testing::HasSubstr("relay_process_test"));
    EXPECT_EQ(s.hello.tree_id().size(), 16U);
    EXPECT_GT(s.hello.started_at_unix_ns(), 0);
  });
}

TEST_F(RelayProcessTest, KeepsWhatAKilledTargetWrote) {
  startRelay();
  const pid_t target = startTarget([&] {
    MinimalTarget self(m_socket);
    self.alloc(0x1000, 24);
    raise(SIGKILL);
    return 0;
  });
  startCollector();
  hear();
  reap(target);
  say("finish");
  EXPECT_THAT(hear(), StartsWith("done "));
  m_storage.inspect([&](StoredSession& s) {
    EXPECT_EQ(s.content.liveBytes(), 24U);
    EXPECT_EQ(s.content.goodbyes.at(0).end(), v1::Goodbye::END_SIGNALED);
    EXPECT_EQ(s.content.goodbyes.at(0).status(), SIGKILL);
  });
  EXPECT_EQ(relayStatus(), 0);
}

TEST_F(RelayProcessTest, ARefusedTargetRunsOnWithoutRecording) {
  startRelay();
  int released[2];
  ASSERT_EQ(pipe(released), 0);
  const pid_t target = startTarget([&] {
    MinimalTarget self(m_socket);
    char go = 0;
    static_cast<void>(read(released[0], &go, 1));
    return (self.control() & wire::kControlStopped) != 0 && self.relayIsGone() ? 5 : 6;
  });
  startCollector({.refusal = grpc::Status(grpc::StatusCode::PERMISSION_DENIED, "not you")});
  const std::string session = hear();
  EXPECT_THAT(hear(),
              testing::AllOf(StartsWith("lost " + session.substr(8, 32)), testing::HasSubstr("not you")));
  say("finish");
  EXPECT_EQ(relayStatus(), 1);
  static_cast<void>(write(released[1], "x", 1));
  int status = 0;
  waitpid(target, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 5);
}

TEST_F(RelayProcessTest, SigtermEndsTheRecordingInOrder) {
  startRelay();
  const pid_t target = startTarget([&] {
    MinimalTarget self(m_socket);
    self.alloc(0x1000, 24);
    while (!self.relayIsGone()) usleep(1000);
    return self.control() == wire::kControlStopped ? 0 : 1;
  });
  startCollector();
  hear();
  m_storage.waitFor([](const StoredSession& s) { return !s.content.events.empty(); });
  kill(m_relay, SIGTERM);
  EXPECT_THAT(hear(), StartsWith("done "));
  EXPECT_EQ(relayStatus(), 0);
  int status = 0;
  waitpid(target, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  m_storage.inspect([](StoredSession& s) {
    EXPECT_EQ(s.content.goodbyes.at(0).end(), v1::Goodbye::END_STOPPED);
    EXPECT_EQ(s.content.liveBytes(), 24U);
  });
}

TEST_F(RelayProcessTest, TheEndOfTheConnectionMeansFinish) {
  startRelay();
  m_channel = UniqueFd();
  EXPECT_EQ(relayStatus(), 0);
}

TEST_F(RelayProcessTest, AnotherHelloOfOneProcessIsAnExec) {
  startRelay();
  const pid_t target = startTarget([&] {
    MinimalTarget image(m_socket);
    image.alloc(0x1000, 24);
    MinimalTarget next(m_socket);
    next.alloc(0x2000, 48);
    return 0;
  });
  startCollector();
  const std::string first = hear().substr(8, 32);
  const std::string second = hear().substr(8, 32);
  reap(target);
  say("finish");
  EXPECT_THAT((std::vector<std::string>{hear(), hear()}),
              testing::UnorderedElementsAre("done " + first, "done " + second));
  EXPECT_EQ(relayStatus(), 0);
  m_storage.inspectAll([&](std::map<std::string, StoredSession>& sessions) {
    ASSERT_EQ(sessions.size(), 2U);
    for (auto& [id, s] : sessions) {
      const bool isFirst = hex(id) == first;
      EXPECT_EQ(s.hello.image(), isFirst ? 0U : 1U);
      EXPECT_EQ(hex(s.hello.parent_session_id()), isFirst ? "" : first);
      EXPECT_EQ(s.content.goodbyes.at(0).end(), isFirst ? v1::Goodbye::END_EXEC : v1::Goodbye::END_EXITED);
      EXPECT_EQ(s.content.liveBytes(), isFirst ? 24U : 48U);
    }
    EXPECT_EQ(sessions.begin()->second.hello.tree_id(), sessions.rbegin()->second.hello.tree_id());
  });
}

}  // namespace
}  // namespace heaptap::relay
