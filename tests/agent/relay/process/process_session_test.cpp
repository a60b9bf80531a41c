// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/process/process_session.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "agent/relay/base/session_id.h"
#include "tests/agent/relay/stream_writer.h"
#include "tests/agent/relay/temporary_folder.h"
#include "tests/agent/relay/test_collector.h"

namespace heaptap::relay {
namespace {

using test::StoredSession;
using testing::ElementsAre;

/// The session of this process, at a collector that asks for a snapshot when it begins.
class ProcessSessionTest : public testing::Test {
 protected:
  ProcessSessionTest() : m_memory(SharedMemory::create(test::smallMemory()).value()) {
    v1::ControlCommand command;
    command.set_kind(v1::ControlCommand::KIND_SNAPSHOT);
    command.set_name("now");
    command.set_id(4711);
    m_collector = std::make_unique<test::TestCollector>(m_socket, m_storage,
                                                        test::TestCollector::Behaviour{.command = command});
    v1::Hello hello;
    hello.set_session_id(randomId());
    hello.set_time_unit_ns(100);
    Uplink::Options uplink;
    uplink.collector = "unix:" + m_socket;
    uplink.spool.directory = m_folder.path();
    m_session = std::make_unique<ProcessSession>(
        *m_memory, ProcessSession::Setup{
                       .process = std::make_shared<const TargetProcess>(
                           TargetProcess::open(getpid(), static_cast<std::uint32_t>(getpid())).value()),
                       .uplink = uplink,
                       .hello = hello,
                       .statusWillCome = true,
                       .binaries = std::make_shared<BinaryNames>(),
                       .blocks = std::make_shared<BlockStore>(),
                       .callbacks = {}});
  }
  /// The command has come.
  void waitUntilAsked() {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!m_session->isAsked() && std::chrono::steady_clock::now() < deadline)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    ASSERT_TRUE(m_session->isAsked());
  }
  void finish() {
    m_session->exitStatus(0);
    m_storage.waitFor([](const StoredSession& s) { return s.complete; });
  }

  test::TemporaryFolder m_folder;
  const std::string m_socket = m_folder / "collector.sock";
  test::CollectorStorage m_storage;
  std::unique_ptr<test::TestCollector> m_collector;
  std::unique_ptr<SharedMemory> m_memory;
  std::unique_ptr<ProcessSession> m_session;
};

TEST_F(ProcessSessionTest, AnswersWhenTheMarkIsMade) {
  waitUntilAsked();
  m_session->markMoments(1000);
  m_storage.waitFor([](const StoredSession& s) { return !s.content.obeyed.empty(); });
  m_storage.inspect([](StoredSession& s) {
    EXPECT_THAT(s.content.obeyed, ElementsAre(4711U));
    ASSERT_EQ(s.content.marks.size(), 1U);
    EXPECT_EQ(s.content.marks[0].name(), "now");
    EXPECT_EQ(s.content.marks[0].at_ns(), 1000U);
    EXPECT_TRUE(s.content.marks[0].snapshot());
  });
  m_session->end(v1::Goodbye::END_GONE);
  m_session->close(2000);
  finish();
}

TEST_F(ProcessSessionTest, AMarkOfTheLastMomentIsOfTheEnd) {
  // The process has ended, and its session closes: it waits for the word on the exit status.
  m_session->end(v1::Goodbye::END_GONE);
  m_session->close(2000);
  waitUntilAsked();
  finish();
  m_storage.inspect([](StoredSession& s) {
    EXPECT_THAT(s.content.obeyed, ElementsAre(4711U));
    ASSERT_EQ(s.content.marks.size(), 1U);
    EXPECT_EQ(s.content.marks[0].at_ns(), 2000U);
    EXPECT_EQ(s.content.goodbyes.size(), 1U);
    EXPECT_GT(s.content.counters.relay_cpu_ns(), 0U) << "sent last";
  });
}

}  // namespace
}  // namespace heaptap::relay
