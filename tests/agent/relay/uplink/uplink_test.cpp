// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/uplink/uplink.h"

#include <gmock/gmock.h>

#include <atomic>
#include <condition_variable>

#include "agent/relay/base/session_id.h"
#include "rpc/status.h"
#include "tests/agent/relay/temporary_folder.h"
#include "tests/agent/relay/test_collector.h"
#include "tests/support/lossy_connection.h"

namespace heaptap::relay {
namespace {

using namespace std::chrono_literals;
using test::CollectorStorage;
using test::StoredSession;
using test::TestCollector;
using testing::HasSubstr;

class UplinkTest : public testing::Test {
 protected:
  UplinkTest() {
    m_hello.set_session_id(randomId());
    m_hello.set_time_unit_ns(100);
    m_options.collector = "unix:" + m_socket;
    m_options.spool.directory = m_folder.path();
  }

  void startCollector(TestCollector::Behaviour behaviour = {}) {
    m_collector = std::make_unique<TestCollector>(m_socket, m_storage, std::move(behaviour));
  }
  void startUplink() {
    m_uplink =
        std::make_unique<Uplink>(m_options, m_hello,
                                 Uplink::Callbacks{[this](const v1::ControlCommand& command) {
                                                     note([&] { m_commands.push_back(command.kind()); });
                                                   },
                                                   [this] { note([&] { m_isOver = true; }); }});
  }
  void send(std::uint64_t pairs, std::uint64_t size = 1) {
    v1::RecordRequest request;
    for (std::uint64_t i = 0; i < pairs; ++i) {
      request.mutable_pairs()->add_size(size);
      request.mutable_pairs()->add_stack(0);
      request.mutable_pairs()->add_origin(1);
    }
    m_uplink->send(request);
  }
  void sendGoodbye() {
    v1::RecordRequest request;
    request.mutable_goodbye()->set_end(v1::Goodbye::END_EXITED);
    m_uplink->send(request);
    m_uplink->finish();
  }
  Result<void> outcome() {
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [&] { return m_isOver; });
    return *m_uplink->outcome();
  }
  void note(const std::function<void()>& change) {
    const std::lock_guard lock(m_mutex);
    change();
    m_changed.notify_all();
  }

  test::TemporaryFolder m_folder;
  const std::string m_socket = m_folder / "collector.sock";
  v1::Hello m_hello;
  Uplink::Options m_options;
  CollectorStorage m_storage;
  std::unique_ptr<TestCollector> m_collector;
  std::mutex m_mutex;
  std::condition_variable m_changed;
  bool m_isOver = false;
  std::vector<v1::ControlCommand::Kind> m_commands;
  std::unique_ptr<Uplink> m_uplink;
};

TEST_F(UplinkTest, StoresASession) {
  startCollector();
  startUplink();
  for (int i = 0; i < 100; ++i) send(10);
  sendGoodbye();
  EXPECT_TRUE(outcome());
  m_storage.inspect([&](StoredSession& session) {
    EXPECT_TRUE(session.complete);
    EXPECT_EQ(session.lastStored, 101U);
    EXPECT_EQ(session.hello.protocol(), kProtocol);
    EXPECT_EQ(session.hello.session_id(), m_hello.session_id());
    EXPECT_EQ(session.content.pairs.size_size(), 1000);
  });
}

TEST_F(UplinkTest, WaitsForACollectorThatComesLater) {
  startUplink();
  for (int i = 0; i < 10; ++i) send(10);
  startCollector();
  sendGoodbye();
  EXPECT_TRUE(outcome());
}

TEST_F(UplinkTest, ResumesAfterTheCollectorWasKilledAndRestarted) {
  startCollector();
  startUplink();
  for (int i = 0; i < 50; ++i) send(100);
  m_storage.waitFor([](const StoredSession& s) { return s.lastStored >= 20; });
  m_collector.reset();
  std::uint64_t storedBefore = 0;
  m_storage.inspect([&](StoredSession& s) { storedBefore = s.lastStored; });
  for (int i = 0; i < 50; ++i) send(100);
  startCollector();
  sendGoodbye();
  EXPECT_TRUE(outcome());
  EXPECT_GE(storedBefore, 20U);
  m_storage.inspect([](StoredSession& s) {
    EXPECT_EQ(s.lastStored, 101U);
    EXPECT_EQ(s.hellos, 2U);
    EXPECT_EQ(s.content.pairs.size_size(), 10'000);
    EXPECT_EQ(s.content.goodbyes.size(), 1U);
  });
}

TEST_F(UplinkTest, NoticesThatItsConnectionIsGoneWithoutAWord) {
  startCollector();
  heaptap::test::LossyConnection network(m_socket);
  m_options.collector = network.address();
  m_options.keepAlive = {.interval = 1s, .patience = 500ms};
  startUplink();
  send(10);
  m_storage.waitFor([](const StoredSession& s) { return s.lastStored == 1; });
  network.forgetConnections();
  send(10);
  sendGoodbye();
  EXPECT_TRUE(outcome());
  m_storage.inspect([](StoredSession& s) {
    EXPECT_EQ(s.hellos, 2U);
    EXPECT_EQ(s.lastStored, 3U);
    EXPECT_EQ(s.content.pairs.size_size(), 20);
  });
}

TEST_F(UplinkTest, SendsNoMoreThanTheCredit) {
  std::atomic<bool> acknowledge{false};
  startCollector({.creditBytes = 5000, .mayAcknowledge = [&] { return acknowledge.load(); }});
  startUplink();
  for (int i = 0; i < 100; ++i) send(250);  // More than 750 bytes each.
  m_storage.waitFor([](const StoredSession& s) { return s.lastStored >= 6; });
  // A new stream repeats nothing that is stored, and is held back in the same way.
  m_collector.reset();
  acknowledge = true;
  startCollector({.creditBytes = 5000, .mayAcknowledge = [&] { return acknowledge.load(); }});
  sendGoodbye();
  EXPECT_TRUE(outcome());
  m_storage.inspect([](StoredSession& s) {
    EXPECT_EQ(s.lastStored, 101U);
    EXPECT_LE(s.mostInFlight, 5000U);
    EXPECT_GE(s.mostInFlight, 4000U);
  });
}

TEST_F(UplinkTest, AMessageLargerThanTheCreditTravelsAlone) {
  startCollector({.creditBytes = 10});
  startUplink();
  for (int i = 0; i < 3; ++i) send(1000);
  sendGoodbye();
  EXPECT_TRUE(outcome());
}

TEST_F(UplinkTest, ARefusalIsFinal) {
  startCollector({.refusal = grpc::Status(grpc::StatusCode::FAILED_PRECONDITION, "protocol 1 is too new")});
  startUplink();
  send(1);
  const auto result = outcome();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::ProtocolTooNew);
  EXPECT_THAT(result.error().line(), HasSubstr("protocol 1 is too new"));
  EXPECT_TRUE(m_uplink->isOver());
}

TEST_F(UplinkTest, AFullCollectorIsARefusalToo) {
  startCollector({.refusal = grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "the quota is used up")});
  startUplink();
  const auto result = outcome();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::StorageFull);
}

// The delays before the eighth attempt are more than three seconds, of which the longest is a second.
TEST_F(UplinkTest, WaitsAsLongAsTheCollectorSaysThatItIsBusy) {
  m_options.patience = 800ms;
  std::atomic<int> refusals{0};
  startCollector({.refusal = rpc::toStatus(Error{Code::Unavailable, {}, "sessions wait", {}, true}),
                  .mayRefuse = [&] { return ++refusals <= 7; }});
  startUplink();
  send(1);
  sendGoodbye();
  EXPECT_TRUE(outcome());
  EXPECT_EQ(refusals, 8);
}

TEST_F(UplinkTest, GivesUpOnAnAbsentCollectorOnlyAfterTheEnd) {
  m_options.patience = 10ms;
  startUplink();
  send(1);
  EXPECT_FALSE(m_uplink->outcome());
  sendGoodbye();
  const auto result = outcome();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::Unavailable);
}

TEST_F(UplinkTest, PassesCommandsOn) {
  v1::ControlCommand command;
  command.set_kind(v1::ControlCommand::KIND_PAUSE);
  startCollector({.command = command});
  startUplink();
  std::unique_lock lock(m_mutex);
  m_changed.wait(lock, [&] { return !m_commands.empty(); });
  EXPECT_EQ(m_commands.front(), v1::ControlCommand::KIND_PAUSE);
}

TEST_F(UplinkTest, HasNoRoomWhenTheSpoolIsFull) {
  m_options.spool.memoryBytes = 1000;
  m_options.spool.totalBytes = 10'000;
  startUplink();
  int sent = 0;
  for (; m_uplink->hasRoom() && sent < 1000; ++sent) send(100);
  EXPECT_GT(sent, 10);
  EXPECT_LT(sent, 100);
  startCollector();
  m_storage.waitFor([&](const StoredSession& s) { return s.lastStored == static_cast<std::uint64_t>(sent); });
  sendGoodbye();
  EXPECT_TRUE(outcome());
  EXPECT_TRUE(m_uplink->hasRoom());
}

TEST_F(UplinkTest, RefusesACollectorThatForgotWhatItHadStored) {
  startCollector();
  startUplink();
  for (int i = 0; i < 10; ++i) send(10);
  m_storage.waitFor([](const StoredSession& s) { return s.lastStored == 10; });
  send(10);
  m_storage.waitFor([](const StoredSession& s) { return s.lastStored == 11; });
  m_collector.reset();
  m_storage.inspect([](StoredSession& s) { s.lastStored = 0; });
  startCollector();
  sendGoodbye();
  const auto result = outcome();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::Corrupt);
}

}  // namespace
}  // namespace heaptap::relay
