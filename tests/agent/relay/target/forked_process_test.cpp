// SPDX-License-Identifier: Apache-2.0
//
// The real program, with a target that forks.
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>

#include "agent/relay/base/session_id.h"
#include "tests/agent/relay/minimal_target.h"
#include "tests/agent/relay/relay_under_test.h"

namespace heaptap::relay {
namespace {

using test::Gate;
using test::MinimalTarget;
using test::StoredSession;

class ForkedProcessTest : public test::RelayUnderTest {
 protected:
  /// A target that has allocated nothing yet, or one block of 24 bytes; `act` is what it does then.
  pid_t startParent(const std::function<int(MinimalTarget&)>& act, bool allocates = true) {
    return startTarget([&] {
      MinimalTarget self(m_socket);
      if (allocates) self.alloc(0x1000, 24);
      return act(self);
    });
  }
  /// What a forked child does first: it becomes a recorded process with a block of 8 bytes.
  static void joinAndAllocate(MinimalTarget& self) {
    self.join();
    self.alloc(0x2000, 8);
  }
  /// Forks a child that does only that, or goes on with `act`, and waits for it.
  static int awaitChild(
      MinimalTarget& self, const std::function<int()>& act = [] { return 0; }) {
    const pid_t child = self.fork([&] {
      joinAndAllocate(self);
      return act();
    });
    waitpid(child, nullptr, 0);
    return 0;
  }
  /// These sessions end next, in whatever order, and with them the relay.
  void expectTheLast(const std::vector<std::string>& sessions) {
    std::vector<std::string> done(sessions.size());
    for (std::string& each : done) each = hearId("done");
    EXPECT_THAT(done, testing::UnorderedElementsAreArray(sessions));
    EXPECT_EQ(relayStatus(), 0);
  }
};

TEST_F(ForkedProcessTest, AForkedChildHasASessionOfItsOwn) {
  startRelay();
  Gate met;
  const pid_t target = startParent([&](MinimalTarget& self) {
    return awaitChild(self, [&] {
      self.free(0x1000);
      met.wait();
      return 7;
    });
  });
  startCollector();
  const std::string parent = hearId("session");
  const std::string child = hearId("session");
  met.open();
  EXPECT_EQ(hearId("done"), child);
  reap(target);
  say("finish");
  expectTheLast({parent});
  m_storage.inspectAll([&](std::map<std::string, StoredSession>& sessions) {
    ASSERT_EQ(sessions.size(), 2U);
    for (auto& [id, s] : sessions) {
      const bool isChild = hex(id) == child;
      EXPECT_EQ(hex(s.hello.parent_session_id()), isChild ? parent : "");
      EXPECT_EQ(s.hello.image(), isChild ? 1U : 0U);
      EXPECT_EQ(s.hello.parent_pid(), static_cast<std::uint32_t>(isChild ? target : getpid()));
      EXPECT_THAT(s.hello.command(0), testing::HasSubstr("relay_process_test"));
      EXPECT_EQ(s.content.liveBytes(), isChild ? 8U : 24U);
      EXPECT_EQ(s.content.counters.inherited_blocks(), isChild ? 1U : 0U);
      EXPECT_EQ(s.content.counters.inherited_freed_bytes(), isChild ? 24U : 0U);
      EXPECT_EQ(s.content.counters.unmatched_frees(), 0U);
      EXPECT_EQ(s.content.goodbyes.at(0).end(), isChild ? v1::Goodbye::END_GONE : v1::Goodbye::END_EXITED);
    }
    const auto& first = sessions.begin()->second.hello;
    const auto& second = sessions.rbegin()->second.hello;
    EXPECT_EQ(first.tree_id(), second.tree_id());
    EXPECT_NE(first.pid(), second.pid());
    EXPECT_EQ(first.started_at_unix_ns() < second.started_at_unix_ns(), first.image() == 0);
  });
}

TEST_F(ForkedProcessTest, AChildOutlivesItsKilledParent) {
  startRelay();
  Gate parentIsGone;
  const pid_t target = startParent([&](MinimalTarget& self) {
    self.fork([&] {
      joinAndAllocate(self);
      parentIsGone.wait();
      self.free(0x1000);
      return 0;
    });
    raise(SIGKILL);
    return 0;
  });
  startCollector();
  const std::string parent = hearId("session");
  const std::string child = hearId("session");
  reap(target);
  EXPECT_EQ(hearId("done"), parent);
  say("finish");
  parentIsGone.open();
  expectTheLast({child});
  m_storage.inspectAll([&](std::map<std::string, StoredSession>& sessions) {
    for (auto& [id, s] : sessions) {
      const bool isChild = hex(id) == child;
      EXPECT_EQ(s.content.goodbyes.at(0).end(), isChild ? v1::Goodbye::END_GONE : v1::Goodbye::END_SIGNALED);
      EXPECT_EQ(s.content.liveBytes(), isChild ? 8U : 24U);
      EXPECT_EQ(s.content.counters.inherited_frees(), isChild ? 1U : 0U);
    }
  });
}

TEST_F(ForkedProcessTest, ADaemonThatHasNotYetAllocatedIsWaitedFor) {
  startRelay();
  Gate parentIsGone;
  const pid_t target = startParent([&](MinimalTarget& self) {
    self.fork([&] {
      setsid();
      parentIsGone.wait();
      joinAndAllocate(self);
      return 0;
    });
    return 0;
  });
  startCollector();
  const std::string parent = hearId("session");
  reap(target);
  say("finish");
  EXPECT_EQ(hearId("done"), parent);
  parentIsGone.open();
  expectTheLast({hearId("session")});
}

TEST_F(ForkedProcessTest, AChildThatIsGoneBeforeItIsMetIsRecorded) {
  startRelay();
  const pid_t target = startParent([&](MinimalTarget& self) {
    kill(m_relay, SIGSTOP);
    awaitChild(self);
    kill(m_relay, SIGCONT);
    return 0;
  });
  startCollector();
  const std::string parent = hearId("session");
  reap(target);
  say("finish");
  const std::string child = hearId("session");
  expectTheLast({parent, child});
  m_storage.inspectAll([&](std::map<std::string, StoredSession>& sessions) {
    ASSERT_EQ(sessions.size(), 2U);
    for (auto& [id, s] : sessions)
      if (hex(id) == child) {
        EXPECT_EQ(s.content.liveBytes(), 8U);
        EXPECT_EQ(s.content.goodbyes.at(0).end(), v1::Goodbye::END_GONE);
        EXPECT_THAT(s.hello.command(0), testing::HasSubstr("relay_process_test")) << "the parent's";
      }
  });
}

TEST_F(ForkedProcessTest, AForkedChildThatExecsEndsItsSession) {
  startRelay();
  const pid_t target = startParent(
      [&](MinimalTarget& self) {
        return awaitChild(self, [&] {
          self.unmap();
          MinimalTarget image(m_socket);
          image.alloc(0x3000, 16);
          return 0;
        });
      },
      false);
  startCollector();
  const std::string parent = hearId("session");
  const std::string child = hearId("session");
  const std::string image = hearId("session");
  reap(target);
  say("finish");
  expectTheLast({parent, child, image});
  m_storage.inspectAll([&](std::map<std::string, StoredSession>& sessions) {
    ASSERT_EQ(sessions.size(), 3U);
    for (auto& [id, s] : sessions) {
      if (hex(id) == child) {
        EXPECT_EQ(s.content.goodbyes.at(0).end(), v1::Goodbye::END_EXEC);
        EXPECT_EQ(s.content.liveBytes(), 8U);
      }
      if (hex(id) == image) {
        EXPECT_EQ(hex(s.hello.parent_session_id()), child);
        EXPECT_EQ(s.hello.image(), 2U);
        EXPECT_EQ(s.content.liveBytes(), 16U);
      }
    }
  });
}

TEST_F(ForkedProcessTest, StoppingTheRelayEndsEverySession) {
  startRelay();
  const pid_t target = startParent(
      [](MinimalTarget& self) {
        self.fork([&] {
          joinAndAllocate(self);
          while (!self.relayIsGone()) usleep(1000);
          return 0;
        });
        while (!self.relayIsGone()) usleep(1000);
        return 0;
      },
      false);
  startCollector();
  const std::string parent = hearId("session");
  const std::string child = hearId("session");
  kill(m_relay, SIGTERM);
  expectTheLast({parent, child});
  waitpid(target, nullptr, 0);
  m_storage.inspectAll([&](std::map<std::string, StoredSession>& sessions) {
    for (auto& [id, s] : sessions) EXPECT_EQ(s.content.goodbyes.at(0).end(), v1::Goodbye::END_STOPPED);
  });
}

TEST_F(ForkedProcessTest, WithoutChildrenOnlyTheFirstImageIsRecorded) {
  startRelay("--no-children");
  Gate firstIsThere;
  const pid_t target = startParent([&](MinimalTarget& self) {
    firstIsThere.open();
    awaitChild(self);  // A capture library would not even try to join.
    return (self.control() & wire::kControlNoChildren) != 0 ? 0 : 1;
  });
  const pid_t other = startTarget([&] {
    firstIsThere.wait();
    MinimalTarget self(m_socket);
    return 0;
  });
  startCollector();
  const std::string only = hearId("session");
  int status = 0;
  waitpid(other, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 99) << "refused";
  reap(target);
  say("finish");
  EXPECT_EQ(hearId("done"), only);
  EXPECT_EQ(hear(), "");
  EXPECT_EQ(relayStatus(), 0);
  m_storage.inspect([&](StoredSession& s) {
    EXPECT_EQ(s.content.goodbyes.at(0).end(), v1::Goodbye::END_EXITED);
    EXPECT_EQ(s.content.goodbyes.at(0).status(), 0);
    EXPECT_EQ(s.content.liveBytes(), 24U);
  });
}

}  // namespace
}  // namespace heaptap::relay
