// SPDX-License-Identifier: Apache-2.0
//
// The real program, with one process as target.
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>

#include "agent/relay/base/session_id.h"
#include "tests/agent/relay/minimal_target.h"
#include "tests/agent/relay/relay_under_test.h"

namespace heaptap::relay {
namespace {

using test::MinimalTarget;
using test::StoredSession;
using testing::ElementsAre;
using testing::StartsWith;

class RelayProcessTest : public test::RelayUnderTest {};

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

TEST_F(RelayProcessTest, AnswersTargetsWhileRunIsStopped) {
  startRelay("--only=no-such-program");
  // More words for `run` than its socket takes while it reads none.
  constexpr int kHellos = 1000;
  const pid_t target = startTarget([&] {
    for (int i = 0; i < kHellos; ++i) {
      const UniqueFd asked = MinimalTarget::ask(m_socket);
      wire::Welcome welcome{};
      if (recv(asked.get(), &welcome, sizeof welcome, MSG_WAITALL) != sizeof welcome) return 2;
    }
    return 7;
  });
  int status = 0;
  waitpid(target, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 7) << "the relay answers all, though run hears nothing";
  for (int i = 0; i < kHellos; ++i) ASSERT_THAT(hear(), StartsWith("passed ")) << i;
  say("finish");
  EXPECT_EQ(hear(), "");
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

TEST_F(RelayProcessTest, OfATargetThatIsKilledWhileItAttachesNothingIsMissing) {
  startRelay();
  kill(m_relay, SIGSTOP);
  const pid_t target = startTarget([&] {
    MinimalTarget::ask(m_socket);
    raise(SIGKILL);
    return 0;
  });
  int status = 0;
  waitpid(target, &status, 0);
  kill(m_relay, SIGCONT);
  startCollector();
  say("finish");
  for (std::string line = hear(); !line.empty(); line = hear())
    EXPECT_THAT(line, testing::Not(StartsWith("error"))) << line;
  EXPECT_EQ(relayStatus(), 0);
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
