// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <future>

#include "client/collector_source.h"
#include "client/site_table.h"
#include "client/stack_lines.h"
#include "heaptap/v1/control.grpc.pb.h"
#include "rpc/status.h"
#include "tests/collector/service/recording_fixture.h"

namespace heaptap::service {
namespace {

using testing::HasSubstr;

/// A session with the snapshots "early" (100 bytes live), "late" (300) and "early" again (600).
class Snapshots : public Recording {
 protected:
  std::vector<v1::RecordRequest> messages() {
    const auto stack = program.stack({"parse", "main"});
    program.at(1'000).allocate(100, stack);
    mark("early");
    program.at(2'000).allocate(200, program.stack({"render", "main"}));
    mark("late");
    program.at(3'000).allocate(300, stack);
    mark("early");
    program.exit(0);
    return program.messages();
  }
  void mark(const std::string& name) {
    program.flush();
    v1::RecordRequest message;
    message.mutable_mark()->set_name(name);
    message.mutable_mark()->set_snapshot(true);
    program.send(message);
  }
  /// `function bytes` of each site with live blocks, most first; or, without an answer, its error's code.
  std::string at(const std::string& snapshot) {
    const auto profile = client::CollectorSource(channel, "the collector")
                             .profile("", {.at = client::When::mark(snapshot)}, {});
    if (!profile) return std::string(nameOf(profile.error().code));
    const client::SiteTable table(*profile);
    std::string text;
    for (const std::uint32_t site : table.select({.order = client::SiteOrder::LiveBytes}).sites)
      text += std::string(client::stackLines(*profile, table.key(site).stack).at(0).function) + " " +
              std::to_string(table.counters(site).liveBytes) + "\n";
    return text;
  }
  void expectAll() {
    EXPECT_EQ(at("late"), "render 200\nparse 100\n");
    EXPECT_EQ(at("early"), "parse 400\nrender 200\n") << "the last of that name";
    EXPECT_EQ(at("#1"), "parse 100\n");
    const auto first =
        client::CollectorSource(channel, "the collector").profile("", {.at = client::When::mark("#1")}, {});
    ASSERT_TRUE(first && first->instant);
    EXPECT_EQ(first->instant->mark(), "early");
    EXPECT_EQ(first->instant->live_blocks(), 1U);
    EXPECT_EQ(at("#4"), nameOf(Code::NotFound));
    EXPECT_EQ(at("none"), nameOf(Code::NotFound));
  }
};

TEST_F(Snapshots, ofALiveSession) {
  start();
  const auto all = messages();
  TestRelay relay(channel, program.hello());
  ASSERT_TRUE(relay.accepted());
  ASSERT_TRUE(relay.send(all, 0, all.size() - 1));
  ASSERT_TRUE(relay.waitForAck(all.size() - 1));
  expectAll();
}

TEST_F(Snapshots, ofAStoredSession) {
  start();
  const auto all = messages();
  TestRelay relay(channel, program.hello());
  ASSERT_TRUE(relay.accepted());
  ASSERT_TRUE(relay.send(all, 0, all.size()));
  ASSERT_TRUE(relay.finish().ok());
  expectAll();
  EXPECT_TRUE(summary().marks(0).snapshot());
}

/// Commands that wait for the relay's answer.
class AnsweredCommands : public Recording {
 protected:
  std::future<grpc::Status> command(v1::ControlCommand::Kind kind) {
    return std::async(std::launch::async, [this, kind] {
      grpc::ClientContext context;
      v1::CommandRequest request;
      request.mutable_command()->set_kind(kind);
      request.mutable_command()->set_name("here");
      v1::CommandReply reply;
      return v1::Control::NewStub(channel)->Command(&context, request, &reply);
    });
  }
  v1::RecordRequest obeyed(std::uint64_t command) {
    v1::RecordRequest message;
    message.set_sequence(++sequence);
    message.mutable_obeyed()->set_command(command);
    return message;
  }
  std::uint64_t sequence = 0;
};

TEST_F(AnsweredCommands, aMarkReturnsOnceItHasCome) {
  start();
  TestRelay relay(channel, program.hello());
  ASSERT_TRUE(relay.accepted());
  for (const auto kind : {v1::ControlCommand::KIND_MARK, v1::ControlCommand::KIND_SNAPSHOT}) {
    auto answer = command(kind);
    const auto asked = relay.waitForCommand();
    ASSERT_TRUE(asked);
    EXPECT_EQ(asked->kind(), kind);
    EXPECT_EQ(asked->name(), "here");
    ASSERT_NE(asked->id(), 0U);
    ASSERT_TRUE(relay.send(obeyed(asked->id() + 1)));  // Of an earlier collector, perhaps.
    EXPECT_EQ(answer.wait_for(std::chrono::milliseconds(0)), std::future_status::timeout);
    v1::RecordRequest mark;
    mark.set_sequence(++sequence);
    mark.mutable_mark()->set_name("here");
    mark.mutable_mark()->set_snapshot(kind == v1::ControlCommand::KIND_SNAPSHOT);
    ASSERT_TRUE(relay.send(mark));
    ASSERT_TRUE(relay.send(obeyed(asked->id())));
    EXPECT_TRUE(answer.get().ok());
    EXPECT_EQ(summary().marks(summary().marks_size() - 1).name(), "here");
  }
}

TEST_F(AnsweredCommands, aMarkThatTheRelayHadNoTimeForIsNotFound) {
  start();
  TestRelay relay(channel, program.hello());
  ASSERT_TRUE(relay.accepted());
  auto answer = command(v1::ControlCommand::KIND_MARK);
  ASSERT_TRUE(relay.waitForCommand());
  program.exit(0);
  const auto all = program.messages();
  ASSERT_TRUE(relay.send(all, 0, all.size()));
  ASSERT_TRUE(relay.finish().ok());
  const grpc::Status status = answer.get();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(status.error_message(), HasSubstr("the session ended before the mark could be made"));
}

TEST_F(AnsweredCommands, aRelayThatBreaksOffDoesNotAnswer) {
  start(false);
  TestRelay relay(channel, program.hello());
  ASSERT_TRUE(relay.accepted());
  auto answer = command(v1::ControlCommand::KIND_MARK);
  ASSERT_TRUE(relay.waitForCommand());
  relay.kill();
  EXPECT_EQ(rpc::codeIn(answer.get()), Code::Unavailable) << "and not gRPC of itself";
}

TEST_F(AnsweredCommands, theCollectorsOwnTimeIsStored) {
  start();
  const auto all = threeBatches();
  TestRelay relay(channel, program.hello());
  ASSERT_TRUE(relay.accepted());
  ASSERT_TRUE(relay.send(all, 0, all.size()));
  ASSERT_TRUE(relay.finish().ok());
  EXPECT_GT(summary().own_cost().collector_cpu_ns(), 0U);
  EXPECT_FALSE(summary().own_cost().has_agent_cpu_ns());
}

TEST_F(AnsweredCommands, residentMemoryIsInTheTimelineAndInTheStatus) {
  start();
  TestRelay relay(channel, program.hello());
  ASSERT_TRUE(relay.accepted());
  v1::RecordRequest message;
  message.set_sequence(1);
  v1::ResidentMemory& resident = *message.mutable_resident();
  for (const std::uint64_t i : {1U, 2U}) {
    resident.add_at_ns(i * 1000);
    resident.add_rss_bytes(i * 4096);
    resident.add_pss_bytes(0);
    resident.add_pool_bytes(1024);
  }
  ASSERT_TRUE(relay.send(message));
  ASSERT_TRUE(relay.waitForAck(1));
  grpc::ClientContext context;
  v1::Timeline timeline;
  ASSERT_TRUE(query->GetTimeline(&context, v1::GetTimelineRequest{}, &timeline).ok());
  EXPECT_THAT(timeline.resident_at_ns(), testing::ElementsAre(1000U, 2000U));
  EXPECT_THAT(timeline.rss_bytes(), testing::ElementsAre(3072U, 7168U)) << "without heaptap's share";
  EXPECT_THAT(timeline.pss_bytes(), testing::ElementsAre(0U, 0U));
  EXPECT_THAT(timeline.pool_bytes(), testing::ElementsAre(1024U, 1024U));
  grpc::ClientContext watching;
  v1::Status status;
  const auto reader = query->Watch(&watching, v1::WatchRequest{});
  ASSERT_TRUE(reader->Read(&status));
  EXPECT_EQ(status.rss_bytes(), 7168U);
  watching.TryCancel();
  EXPECT_EQ(summary().max_rss_bytes(), 7168U);
  EXPECT_EQ(summary().own_cost().max_pool_bytes(), 1024U);
}

}  // namespace
}  // namespace heaptap::service
