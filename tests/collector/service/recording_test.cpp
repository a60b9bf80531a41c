// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <thread>

#include "client/collector_source.h"
#include "client/site_table.h"
#include "client/stack_lines.h"
#include "collector/ingest/limits.h"
#include "heaptap/v1/control.grpc.pb.h"
#include "tests/collector/service/recording_fixture.h"

namespace heaptap::service {
namespace {

TEST_F(Recording, anOkMeansThatAllIsOnDisk) {
  start();
  const auto messages = threeBatches();
  TestRelay relay(channel, program.hello());
  const auto accepted = relay.accepted();
  ASSERT_TRUE(accepted);
  EXPECT_EQ(accepted->protocol(), 1U);
  EXPECT_EQ(accepted->last_stored(), 0U);
  EXPECT_GT(accepted->credit_bytes(), 0U);
  ASSERT_TRUE(relay.send(messages, 0, messages.size()));
  const auto status = relay.finish();
  ASSERT_TRUE(status.ok()) << status.error_message();
  const auto file = folder / "program.4711.heaptap";
  EXPECT_TRUE(std::filesystem::exists(file));
  EXPECT_FALSE(std::filesystem::exists(file.string() + "-wal"));
  EXPECT_TRUE(collector->waitUntilIdle());
  EXPECT_THAT(kinds(), testing::ElementsAre(Kind::Opened, Kind::Closed));
  EXPECT_TRUE(events[1].complete);
  EXPECT_EQ(events[1].file, file);
  const auto numbers = summary();
  EXPECT_EQ(numbers.allocations(), 3U);
  EXPECT_EQ(numbers.live_bytes(), 500U);
  EXPECT_EQ(numbers.info().state(), v1::SESSION_COMPLETE);
  EXPECT_EQ(numbers.notes_size(), 0);
}

TEST_F(Recording, aLiveSessionAnswers) {
  start();
  const auto messages = threeBatches();
  TestRelay relay(channel, program.hello());
  ASSERT_TRUE(relay.accepted());
  ASSERT_TRUE(relay.send(messages, 0, messages.size() - 1));
  ASSERT_TRUE(relay.waitForAck(messages.size() - 1));
  EXPECT_EQ(collector->liveSessions(), 1U);
  EXPECT_EQ(summary().info().state(), v1::SESSION_LIVE);
  EXPECT_EQ(summary().allocations(), 3U);
  EXPECT_EQ(summary().end(), "");
  const auto profile = client::CollectorSource(channel, "the collector").profile("", {}, {});
  ASSERT_TRUE(profile) << profile.error().line();
  const client::SiteTable sites(*profile);
  ASSERT_EQ(sites.size(), 1U);
  EXPECT_EQ(client::stackLines(*profile, sites.key(0).stack).at(0).function, "parse");
}

TEST_F(Recording, symbolsMayFollowTheGoodbye) {
  start();
  auto messages = threeBatches();
  TestRelay relay(channel, program.hello());
  ASSERT_TRUE(relay.accepted());
  program.frame("late");
  messages = program.messages();
  ASSERT_TRUE(messages.back().has_symbols());
  ASSERT_TRUE(relay.send(messages, 0, messages.size()));
  EXPECT_TRUE(relay.finish().ok());
  EXPECT_EQ(summary().info().state(), v1::SESSION_COMPLETE);
}

TEST_F(Recording, aBrokenStreamIsCutShortWithEverythingStored) {
  start();
  const auto messages = threeBatches();
  {
    TestRelay relay(channel, program.hello());
    ASSERT_TRUE(relay.accepted());
    ASSERT_TRUE(relay.send(messages, 0, messages.size() - 1));
    ASSERT_TRUE(relay.waitForAck(messages.size() - 1));
    relay.kill();
  }
  EXPECT_FALSE(waitFor(Kind::Closed).complete);
  const auto numbers = summary();
  EXPECT_EQ(numbers.info().state(), v1::SESSION_CUT_SHORT);
  EXPECT_EQ(numbers.allocations(), 3U);
  EXPECT_EQ(numbers.end(), "cut short: the relay is gone");
  EXPECT_TRUE(numbers.live_at_end());
  EXPECT_EQ(numbers.notes_size(), 1);
}

TEST_F(Recording, aRelayThatComesBackResumes) {
  start(false);
  const auto messages = threeBatches();
  const std::size_t half = messages.size() / 2;
  {
    TestRelay relay(channel, program.hello());
    ASSERT_TRUE(relay.accepted());
    ASSERT_TRUE(relay.send(messages, 0, half));
    ASSERT_TRUE(relay.waitForAck(half));
    relay.kill();
  }
  TestRelay relay(channel, program.hello());
  const auto accepted = relay.accepted();
  ASSERT_TRUE(accepted);
  EXPECT_EQ(accepted->last_stored(), half);
  ASSERT_TRUE(relay.send(messages, 0, messages.size())) << "what is there already is ignored";
  EXPECT_TRUE(relay.finish().ok());
  EXPECT_EQ(summary().allocations(), 3U);
  EXPECT_EQ(summary().info().state(), v1::SESSION_COMPLETE);
  auto told = kinds();
  std::erase(told, Kind::Waiting);  // Only when the collector noticed before the relay was back.
  EXPECT_THAT(told, testing::ElementsAre(Kind::Opened, Kind::Resumed, Kind::Closed));
}

TEST_F(Recording, aRelayResumesAfterTheCollectorWasRestarted) {
  start(false);
  const auto messages = threeBatches();
  const std::size_t half = messages.size() / 2;
  {
    TestRelay relay(channel, program.hello());
    ASSERT_TRUE(relay.accepted());
    ASSERT_TRUE(relay.send(messages, 0, half));
    ASSERT_TRUE(relay.waitForAck(half));
    collector->shutdown();
  }
  collector.reset();
  start(false);
  TestRelay relay(channel, program.hello());
  const auto accepted = relay.accepted();
  ASSERT_TRUE(accepted);
  EXPECT_EQ(accepted->last_stored(), half);
  ASSERT_TRUE(relay.send(messages, half, messages.size()));
  EXPECT_TRUE(relay.finish().ok());
  EXPECT_EQ(summary().allocations(), 3U);
  EXPECT_EQ(summary().live_bytes(), 500U);
  EXPECT_EQ(summary().temporary_allocations(), 0U);
}

TEST_F(Recording, aRelayThatMissedTheEndHasNothingToAdd) {
  start();
  const auto messages = threeBatches();
  TestRelay relay(channel, program.hello());
  ASSERT_TRUE(relay.accepted());
  ASSERT_TRUE(relay.send(messages, 0, messages.size()));
  ASSERT_TRUE(relay.finish().ok());
  TestRelay again(channel, program.hello());
  const auto accepted = again.accepted();
  ASSERT_TRUE(accepted);
  EXPECT_EQ(accepted->last_stored(), messages.size());
  EXPECT_TRUE(again.finish().ok());
}

TEST_F(Recording, whatBreaksTheRulesEndsTheStreamAndKeepsWhatWasGood) {
  start();
  const auto messages = threeBatches();
  TestRelay relay(channel, program.hello());
  ASSERT_TRUE(relay.accepted());
  relay.send(messages, 0, messages.size() - 1);
  v1::RecordRequest broken;
  broken.set_sequence(messages.size());
  broken.mutable_gap()->set_thread(99);
  relay.send(broken);
  const auto status = relay.end();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::DATA_LOSS);
  EXPECT_THAT(status.error_message(), testing::HasSubstr("gap: a thread that is not defined"));
  EXPECT_EQ(waitFor(Kind::Failed).error->code, Code::Corrupt);
  EXPECT_TRUE(collector->waitUntilIdle());
  EXPECT_EQ(summary().allocations(), 3U);
  EXPECT_EQ(summary().info().state(), v1::SESSION_CUT_SHORT);
}

TEST_F(Recording, aNewerProtocolIsRefused) {
  start();
  program.hello().set_protocol(ingest::kProtocol + 1);
  TestRelay relay(channel, program.hello());
  ASSERT_FALSE(relay.accepted());
  const auto status = relay.end();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_THAT(
      status.error_message(),
      testing::HasSubstr("protocol " + std::to_string(ingest::kProtocol + 1) + ", this collector up to " +
                         std::to_string(ingest::kProtocol) + "; update the collector"));
  EXPECT_EQ(waitFor(Kind::Failed).error->code, Code::ProtocolTooNew);
}

TEST_F(Recording, aRelayMayAskBeforehandWhetherItIsWelcome) {
  start(false);
  const auto stub = v1::Ingest::NewStub(channel);
  const auto preflight = [&](std::uint32_t protocol) {
    grpc::ClientContext context;
    v1::PreflightRequest request;
    request.set_protocol(protocol);
    v1::PreflightReply reply;
    const auto status = stub->Preflight(&context, request, &reply);
    return status.ok() ? grpc::StatusCode::OK : status.error_code();
  };
  EXPECT_EQ(preflight(1), grpc::StatusCode::OK);
  EXPECT_EQ(preflight(ingest::kProtocol + 1), grpc::StatusCode::FAILED_PRECONDITION);
}

TEST_F(Recording, aStreamBeginsWithAHello) {
  start();
  const auto stub = v1::Ingest::NewStub(channel);
  grpc::ClientContext context;
  const auto stream = stub->Record(&context);
  v1::RecordRequest message;
  message.mutable_gap();
  stream->Write(message);
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(Recording, commandsReachTheRelay) {
  start();
  TestRelay relay(channel, program.hello());
  ASSERT_TRUE(relay.accepted());
  const auto control = v1::Control::NewStub(channel);
  grpc::ClientContext context;
  v1::CommandRequest request;
  request.set_session("6161");
  request.mutable_command()->set_kind(v1::ControlCommand::KIND_PAUSE);
  v1::CommandReply reply;
  ASSERT_TRUE(control->Command(&context, request, &reply).ok());
  const auto command = relay.waitForCommand();
  ASSERT_TRUE(command);
  EXPECT_EQ(command->kind(), v1::ControlCommand::KIND_PAUSE);
  relay.finish();
  grpc::ClientContext later;
  EXPECT_EQ(control->Command(&later, request, &reply).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(Recording, watchTellsUntilTheSessionEnds) {
  start();
  const auto messages = threeBatches();
  TestRelay relay(channel, program.hello());
  ASSERT_TRUE(relay.accepted());
  grpc::ClientContext context;
  v1::WatchRequest request;
  request.set_interval_ms(20);
  const auto reader = query->Watch(&context, request);
  v1::Status status;
  ASSERT_TRUE(reader->Read(&status));
  EXPECT_EQ(status.info().state(), v1::SESSION_LIVE);
  ASSERT_TRUE(relay.send(messages, 0, messages.size()));
  ASSERT_TRUE(relay.finish().ok());
  while (reader->Read(&status)) {
  }
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_EQ(status.info().state(), v1::SESSION_COMPLETE);
  EXPECT_EQ(status.allocations(), 3U);
}

TEST_F(Recording, finishSessionsEndsWhatIsOpen) {
  start(false);
  const auto messages = threeBatches();
  TestRelay relay(channel, program.hello());
  ASSERT_TRUE(relay.accepted());
  ASSERT_TRUE(relay.send(messages, 0, messages.size() - 1));
  ASSERT_TRUE(relay.waitForAck(messages.size() - 1));
  collector->finishSessions();
  EXPECT_EQ(collector->liveSessions(), 0U);
  EXPECT_FALSE(relay.end().ok());
  EXPECT_EQ(summary().info().state(), v1::SESSION_CUT_SHORT);
  EXPECT_EQ(summary().allocations(), 3U);
}

TEST_F(Recording, noSessionReplacesAnotherThatIsBeingRecorded) {
  force = true;
  start();
  TestRelay first(channel, program.hello());
  ASSERT_TRUE(first.accepted());
  test::RecordedProgram twin;  // Same program, same pid: in another container.
  twin.hello().set_session_id(test::sessionId('b'));
  twin.hello().set_tree_id(test::sessionId('u'));
  TestRelay second(channel, twin.hello());
  ASSERT_TRUE(second.accepted());
  EXPECT_TRUE(std::filesystem::exists(folder / "program.4711.heaptap"));
  EXPECT_TRUE(std::filesystem::exists(folder / "program.4711-2.heaptap"));
  EXPECT_TRUE(first.finish().ok());
  EXPECT_TRUE(second.finish().ok());
}

TEST_F(Recording, theSocketIsForThisUserOnly) {
  start();
  struct stat status {};
  ASSERT_EQ(::stat((folder / "sock").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(Recording, manySessionsAtOnceStayApart) {
  start();
  std::vector<std::thread> relays;
  for (int i = 0; i < 6; ++i) {
    relays.emplace_back([this, i] {
      test::RecordedProgram mine;
      mine.hello().set_session_id(test::sessionId(static_cast<char>('A' + i)));
      mine.hello().set_pid(static_cast<unsigned>(100 + i));
      const auto stack = mine.stack({"main"});
      for (int n = 0; n <= i; ++n) mine.allocate(10, stack), mine.flush();
      mine.exit(0);
      const auto messages = mine.messages();
      TestRelay relay(channel, mine.hello());
      EXPECT_TRUE(relay.accepted());
      EXPECT_TRUE(relay.send(messages, 0, messages.size()));
      EXPECT_TRUE(relay.finish().ok());
    });
  }
  for (auto& relay : relays) relay.join();
  for (int i = 0; i < 6; ++i) {
    grpc::ClientContext context;
    v1::GetSummaryRequest request;
    request.set_session("4" + std::to_string(1 + i));  // 'A' is 41.
    v1::Summary numbers;
    ASSERT_TRUE(query->GetSummary(&context, request, &numbers).ok());
    EXPECT_EQ(numbers.allocations(), static_cast<unsigned>(i + 1));
    EXPECT_EQ(numbers.info().pid(), static_cast<unsigned>(100 + i));
  }
}

}  // namespace
}  // namespace heaptap::service
