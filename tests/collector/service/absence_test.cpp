// SPDX-License-Identifier: Apache-2.0
//
// Relays that go without a goodbye, and collectors that come after another.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/collector/service/recording_fixture.h"
#include "tests/support/lossy_connection.h"

namespace heaptap::service {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

class Absence : public Recording {
 protected:
  /// Records the first half on a collector that then ends, with the session still open.
  void recordHalf() {
    start(false);
    const auto messages = threeBatches();
    TestRelay relay(channel, program.hello());
    ASSERT_TRUE(relay.accepted());
    ASSERT_TRUE(relay.send(messages, 0, messages.size() / 2));
    ASSERT_TRUE(relay.waitForAck(messages.size() / 2));
    collector->shutdown();
    collector.reset();
    events.clear();
  }
  /// A relay that knows what the collector has, and sends the rest.
  void sendTheRest() {
    const auto messages = program.messages();
    TestRelay relay(channel, program.hello());
    const auto accepted = relay.accepted();
    ASSERT_TRUE(accepted);
    EXPECT_EQ(accepted->last_stored(), messages.size() / 2);
    ASSERT_TRUE(relay.send(messages, messages.size() / 2, messages.size()));
    EXPECT_TRUE(relay.finish().ok());
    EXPECT_EQ(summary().allocations(), 3U);
    EXPECT_EQ(summary().live_bytes(), 500U);
    EXPECT_EQ(summary().info().state(), v1::SESSION_COMPLETE);
  }
  std::filesystem::path file() const { return folder / "program.4711.heaptap"; }
};

TEST_F(Absence, ofARelayForTooLongCutsTheSessionShort) {
  relayTimeout = 20ms;
  start(false);
  const auto messages = threeBatches();
  TestRelay relay(channel, program.hello());
  ASSERT_TRUE(relay.accepted());
  ASSERT_TRUE(relay.send(messages, 0, messages.size() - 1));
  ASSERT_TRUE(relay.waitForAck(messages.size() - 1));
  relay.kill();
  EXPECT_FALSE(waitFor(Kind::Closed).complete);
  EXPECT_TRUE(collector->waitUntilIdle());
  EXPECT_THAT(kinds(), ElementsAre(Kind::Opened, Kind::Waiting, Kind::Closed));
  EXPECT_EQ(summary().end(), "cut short: the relay is gone");
  EXPECT_EQ(summary().allocations(), 3U);
  EXPECT_FALSE(std::filesystem::exists(file().string() + "-wal")) << "one plain file is left";
}

TEST_F(Absence, isNotSilence) {
  relayTimeout = 20ms;
  start(false);
  TestRelay quiet(channel, program.hello());
  ASSERT_TRUE(quiet.accepted());
  // While this one comes and goes, and is cut short, the other has nothing to say.
  test::RecordedProgram other;
  other.hello().set_session_id(test::sessionId('b'));
  {
    TestRelay relay(channel, other.hello());
    ASSERT_TRUE(relay.accepted());
  }
  EXPECT_EQ(waitFor(Kind::Closed).session.substr(0, 4), "6262") << "that of the other, whose id is bbbb…";
  while (collector->liveSessions() == 2) continue;
  EXPECT_EQ(collector->liveSessions(), 1U);
  EXPECT_TRUE(quiet.finish().error_code() == grpc::StatusCode::CANCELLED) << "no goodbye: not an end";
}

TEST_F(Absence, mayEndAfterTheSessionWasClosed) {
  relayTimeout = 20ms;
  start(false);
  const auto messages = threeBatches();
  {
    TestRelay relay(channel, program.hello());
    ASSERT_TRUE(relay.accepted());
    ASSERT_TRUE(relay.send(messages, 0, messages.size() / 2));
    ASSERT_TRUE(relay.waitForAck(messages.size() / 2));
  }
  waitFor(Kind::Closed);
  ASSERT_TRUE(collector->waitUntilIdle());
  sendTheRest();
  EXPECT_THAT(kinds(), ElementsAre(Kind::Opened, Kind::Waiting, Kind::Closed, Kind::Resumed, Kind::Closed));
}

TEST_F(Absence, ofACollectorIsBridgedByTheNext) {
  recordHalf();
  ownFiles = {file()};
  relayTimeout = 1h;
  start(false);
  EXPECT_EQ(summary().info().state(), v1::SESSION_LIVE) << "it waits for its relay";
  sendTheRest();
  EXPECT_THAT(kinds(), ElementsAre(Kind::Waiting, Kind::Resumed, Kind::Closed));
}

TEST_F(Absence, ofBothIsEndedByTheNextCollector) {
  recordHalf();
  ownFiles = {file()};
  relayTimeout = 20ms;
  start(false);
  EXPECT_FALSE(waitFor(Kind::Closed).complete);
  EXPECT_TRUE(collector->waitUntilIdle());
  EXPECT_EQ(summary().info().state(), v1::SESSION_CUT_SHORT);
  EXPECT_EQ(summary().end(), "cut short: the relay is gone");
}

TEST_F(Absence, isNotAssumedOfASessionThatAnotherCollectorRecords) {
  start(false);
  const auto messages = threeBatches();
  TestRelay relay(channel, program.hello());
  ASSERT_TRUE(relay.accepted());
  CollectorOptions options;
  options.addresses = {"unix:" + (folder / "second").string()};
  options.ownFiles = {file()};
  options.relayTimeout = 0ms;
  Code code = Code::Internal;
  options.onSessionEvent = [&code](const SessionEvent& event) { code = event.error->code; };
  const auto second = CollectorServer::start(options).value();
  EXPECT_EQ(code, Code::AlreadyExists);
  EXPECT_EQ(second->liveSessions(), 0U);
  ASSERT_TRUE(relay.send(messages, 0, messages.size()));
  EXPECT_TRUE(relay.finish().ok());
}

TEST_F(Absence, ofAPeerThatIsGoneWithoutAWordIsNoticed) {
  relayTimeout = 20ms;
  keepAlive = {.interval = 1s, .patience = 500ms};
  start(false);
  test::LossyConnection network(folder / "sock");
  TestRelay relay(grpc::CreateChannel(network.address(), grpc::InsecureChannelCredentials()),
                  program.hello());
  ASSERT_TRUE(relay.accepted());
  network.forgetConnections();
  EXPECT_FALSE(waitFor(Kind::Closed).complete);
}

}  // namespace
}  // namespace heaptap::service
