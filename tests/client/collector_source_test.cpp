// SPDX-License-Identifier: Apache-2.0
#include "client/collector_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "client/files/file_source.h"
#include "client/site_changes.h"
#include "client/site_table.h"
#include "client/stack_lines.h"
#include "tests/collector/service/recording_fixture.h"

namespace heaptap::client {
namespace {

/// `function bytes allocations` of each site, by stack.
std::string textOf(const SiteTable& table) {
  std::string text;
  for (std::uint32_t site = 0; site < table.size(); ++site) {
    const SiteCounters numbers = table.counters(site);
    const auto lines = stackLines(table.profile(), table.key(site).stack);
    text += (lines.empty() ? "?" : std::string(lines[0].function)) + " " + std::to_string(numbers.liveBytes) +
            " " + std::to_string(numbers.peakBytes) + " " + std::to_string(numbers.allocations) + "\n";
  }
  return text;
}
std::string textOf(const Profile& profile) { return textOf(SiteTable(profile)); }

class CollectorSourceTest : public service::Recording {
 protected:
  void begin() {
    start(false);
    source = std::make_unique<CollectorSource>(channel, "unix:there");
    relay.emplace(channel, program.hello());
    ASSERT_TRUE(relay->accepted());
    file = waitFor(service::Kind::Opened).file;
  }
  void sendNew() {
    program.flush();
    const auto all = program.messages();
    ASSERT_TRUE(relay->send(all, sent, all.size()));
    sent = all.size();
    ASSERT_TRUE(relay->waitForAck(sent));
  }
  Profile profile() {
    auto got = source->profile("", {}, {});
    EXPECT_TRUE(got) << got.error().line();
    return got ? std::move(*got) : Profile{.counts = std::make_shared<model::Counts>()};
  }
  std::filesystem::path file;
  std::optional<service::TestRelay> relay;
  std::size_t sent = 0;
  std::unique_ptr<CollectorSource> source;
};

TEST_F(CollectorSourceTest, ALiveSessionIsRefreshedByWhatHasChanged) {
  begin();
  const auto load = program.stack({"load", "main"});
  const auto first = program.at(1'000).allocate(100, load);
  program.allocate(7, program.stack({"parse", "main"}));
  sendNew();
  const Profile before = profile();
  EXPECT_EQ(textOf(before), "load 100 100 1\nparse 7 7 1\n");
  const auto same = source->refresh(before, {});
  ASSERT_TRUE(same) << same.error().line();
  EXPECT_TRUE(same->changes.none());
  EXPECT_EQ(same->profile.names, before.names) << "shared";

  program.at(2'000).free(first);
  program.allocate(50, program.stack({"draw", "main"}));
  sendNew();
  const auto after = source->refresh(before, {});
  ASSERT_TRUE(after) << after.error().line();
  EXPECT_EQ(textOf(after->profile), "load 0 100 1\nparse 7 7 1\ndraw 50 0 1\n");
  EXPECT_EQ(textOf(before), "load 100 100 1\nparse 7 7 1\n") << "a profile never changes";
  EXPECT_EQ(textOf(profile()), textOf(after->profile));
  const SiteTable old(before), now(after->profile);
  const SiteChanges changes = siteChanges(old, now, after->changes);
  ASSERT_EQ(changes.changed.size(), 1U);
  EXPECT_EQ(stackLines(now.profile(), now.key(changes.changed[0]).stack).at(0).function, "load");
  ASSERT_EQ(changes.added.size(), 1U);
  EXPECT_EQ(stackLines(now.profile(), now.key(changes.added[0]).stack).at(0).function, "draw");
}

TEST_F(CollectorSourceTest, TheFileSaysTheSame) {
  begin();
  const auto block = program.at(1'000).allocate(100, program.stack({"load", "main"}));
  program.allocateIn(program.heap("textures"), 512, program.stack({"draw", "main"}));
  program.free(block);
  sendNew();
  const Profile before = profile();
  program.allocate(9, program.stack({"late", "main"}));
  program.exit(0);
  const auto all = program.messages();
  ASSERT_TRUE(relay->send(all, sent, all.size()));
  ASSERT_TRUE(relay->finish().ok());
  waitFor(service::Kind::Closed);
  const auto end = source->refresh(before, {});
  ASSERT_TRUE(end) << end.error().line();
  EXPECT_EQ(end->profile.summary->info().state(), v1::SESSION_COMPLETE);
  EXPECT_EQ(end->profile.moment, std::nullopt);
  EXPECT_EQ(end->changes.pairs.size(), 1U);
  const auto still = source->refresh(end->profile, {});
  ASSERT_TRUE(still);
  EXPECT_TRUE(still->changes.none());

  FileSource files;
  const auto id = files.addFile(file);
  ASSERT_TRUE(id) << id.error().line();
  const auto stored = files.profile(*id, {}, {});
  ASSERT_TRUE(stored);
  EXPECT_EQ(textOf(*stored), textOf(end->profile));
  EXPECT_EQ(stored->summary->allocations(), end->profile.summary->allocations());
  EXPECT_EQ(files.sessions({}).value().size(), 1U);
  EXPECT_EQ(files.timeline(*id, {}).value().max_live_bytes_size(),
            source->timeline("", {}).value().max_live_bytes_size());
  EXPECT_TRUE(files.refresh(*stored, {}).value().changes.none());
  EXPECT_EQ(files.command(*id, {}, {}).error().code, Code::NotFound);
}

TEST_F(CollectorSourceTest, ACollectorThatWasStartedAgainIsAskedAnew) {
  begin();
  program.at(1'000).allocate(100, program.stack({"load", "main"}));
  sendNew();
  const Profile before = profile();
  relay.reset();
  collector.reset();
  ownFiles = {file};
  start(false);
  relay.emplace(channel, program.hello());
  ASSERT_TRUE(relay->accepted());
  program.at(2'000).allocate(7, program.stack({"draw", "main"}));
  sendNew();
  auto again = std::make_unique<CollectorSource>(channel, "unix:there");
  const auto after = again->refresh(before, {});
  ASSERT_TRUE(after) << after.error().line();
  EXPECT_EQ(textOf(after->profile), "load 100 100 1\ndraw 7 7 1\n");
}

TEST_F(CollectorSourceTest, WhatIsNotThereStaysSo) {
  begin();
  const auto missing = source->profile("ffff", {}, {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Code::NotFound);
  EXPECT_FALSE(missing.error().isPassing);
  const auto snapshot = source->profile("", {.at = When::mark("never")}, {});
  ASSERT_FALSE(snapshot);
  EXPECT_EQ(snapshot.error().code, Code::NotFound);
}

TEST_F(CollectorSourceTest, ACollectorThatIsGoneMayComeBack) {
  begin();
  collector.reset();
  const auto gone = source->sessions({});
  ASSERT_FALSE(gone);
  EXPECT_TRUE(gone.error().isPassing) << gone.error().line();
}

/// Answers what the test wants.
class Scripted : public v1::Query::Service {
 public:
  grpc::Status GetCounts(grpc::ServerContext* context, const v1::GetCountsRequest*,
                         grpc::ServerWriter<v1::CountsReply>* writer) override {
    for (const v1::CountsReply& reply : counts) writer->Write(reply);
    while (stalls && !context->IsCancelled()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return grpc::Status::OK;
  }
  grpc::Status GetDefinitions(grpc::ServerContext*, const v1::GetDefinitionsRequest*,
                              grpc::ServerWriter<v1::DefinitionsReply>* writer) override {
    for (const v1::DefinitionsReply& reply : definitions) writer->Write(reply);
    return grpc::Status::OK;
  }
  std::vector<v1::CountsReply> counts;
  std::vector<v1::DefinitionsReply> definitions;
  bool stalls = false;
};

class ScriptedCollector : public testing::Test {
 protected:
  ScriptedCollector() {
    v1::CountsReply first;
    first.mutable_summary()->mutable_info()->set_id("00112233");
    service.counts.push_back(first);
    service.definitions.emplace_back();
    grpc::ServerBuilder builder;
    builder.RegisterService(&service);
    server = builder.BuildAndStart();
  }
  ~ScriptedCollector() override { server->Shutdown(); }
  CollectorSource source(CallLimits limits = {}) {
    return {server->InProcessChannel({}), "unix:there", limits};
  }
  Scripted service;
  std::unique_ptr<grpc::Server> server;
};

TEST_F(ScriptedCollector, AnEmptySessionIsOne) {
  auto asked = source();
  const auto profile = asked.profile("", {}, {});
  ASSERT_TRUE(profile) << profile.error().line();
  EXPECT_EQ(SiteTable(*profile).size(), 0U);
}

TEST_F(ScriptedCollector, AnAnswerThatStopsIsNotWaitedForWithoutEnd) {
  service.stalls = true;
  auto asked = source({.next = std::chrono::milliseconds(20)});
  const auto profile = asked.profile("", {}, {});
  ASSERT_FALSE(profile);
  EXPECT_EQ(profile.error().code, Code::Unavailable);
  EXPECT_TRUE(profile.error().isPassing) << profile.error().line();
}

TEST_F(ScriptedCollector, AQuestionCanBeWithdrawn) {
  service.stalls = true;
  auto asked = source();
  std::stop_source stop;
  std::jthread other([&] { stop.request_stop(); });
  const auto profile = asked.profile("", {}, stop.get_token());
  ASSERT_FALSE(profile);
  EXPECT_FALSE(profile.error().isPassing);
}

TEST_F(ScriptedCollector, ACollectorOfAnEarlierVersionDoesNotKnowThisQuestion) {
  auto asked = source();
  const auto series = asked.timelineSeries("", {.lanes = 2}, {}, {});
  ASSERT_FALSE(series);
  EXPECT_EQ(series.error().code, Code::NotFound);
  EXPECT_FALSE(series.error().isPassing) << "asking again is of no use";
  EXPECT_THAT(series.error().line(), testing::HasSubstr("earlier version"));
}

TEST_F(ScriptedCollector, BrokenAnswersAreRefused) {
  service.counts[0].set_pairs(7);
  auto asked = source();
  const auto more = asked.profile("", {}, {});
  ASSERT_FALSE(more) << "counts of pairs that are not defined";
  EXPECT_EQ(more.error().code, Code::Corrupt);
  service.counts[0].set_pairs(0);
  service.definitions[0].mutable_position()->set_frames(3);
  const auto elsewhere = asked.profile("", {}, {});
  ASSERT_FALSE(elsewhere) << "ids that mean something else";
  EXPECT_EQ(elsewhere.error().code, Code::Corrupt);
  service.counts.clear();
  EXPECT_FALSE(asked.profile("", {}, {})) << "no answer at all";
}

}  // namespace
}  // namespace heaptap::client
