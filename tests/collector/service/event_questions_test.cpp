// SPDX-License-Identifier: Apache-2.0
//
// The timeline at any zoom, and who frees what whom has allocated, asked over gRPC and of files.
#include <gtest/gtest.h>

#include "client/collector_source.h"
#include "client/files/file_source.h"
#include "client/series_reader.h"
#include "client/thread_matrix_reader.h"
#include "tests/collector/counted_messages.h"
#include "tests/collector/service/recording_fixture.h"

namespace heaptap::service {
namespace {

/// Main allocates 100 bytes each microsecond from the first to the tenth; the worker frees all but the last
/// at 20 us. 50 bytes of the worker's at 15 us, which it frees itself at 16 us. The RSS is measured at 12 us.
class EventQuestions : public Recording {
 protected:
  std::vector<v1::RecordRequest> messages() {
    const auto parse = program.stack({"parse", "main"}), draw = program.stack({"draw", "main"});
    const auto worker = program.thread("worker");
    std::vector<test::RecordedProgram::Block> blocks;
    for (std::uint64_t i = 1; i <= 10; ++i) blocks.push_back(program.at(i * 1000).allocate(100, parse));
    program.flush();
    v1::RecordRequest resident;
    v1::ResidentMemory& sample = *resident.mutable_resident();
    sample.add_at_ns(12'000);
    sample.add_rss_bytes(5'000'000);
    sample.add_pss_bytes(0);
    sample.add_pool_bytes(1'000'000);
    program.send(resident);
    const auto own = program.on(worker).at(15'000).allocate(50, draw);
    program.at(16'000).free(own);
    for (std::size_t i = 0; i < 9; ++i) program.at(20'000).free(blocks[i]);
    program.flush();
    program.exit(0);
    return program.messages();
  }
  void record(bool isLive) {
    start(false);
    const auto all = messages();
    relay.emplace(channel, program.hello());
    ASSERT_TRUE(relay->accepted());
    const std::size_t sent = isLive ? all.size() - 1 : all.size();
    ASSERT_TRUE(relay->send(all, 0, sent));
    ASSERT_TRUE(relay->waitForAck(sent));
    if (isLive) return;
    ASSERT_TRUE(relay->finish().ok());
  }
  static void expectAll(client::ProfileSource& source) {
    const auto steps = source.timelineSteps("", {.fromNs = 2'000, .toNs = 22'000, .steps = 4}).value();
    EXPECT_TRUE(steps.fromEvents);
    EXPECT_EQ(steps.stepNs, 5'000U);
    ASSERT_EQ(steps.known.size(), 4U);
    const model::TimelineStep& first = steps.known[0];
    EXPECT_EQ(first.liveBytes, 600U);
    EXPECT_EQ(first.minLiveBytes, 100U);
    EXPECT_EQ(first.allocatedBytes, 500U);
    EXPECT_EQ(first.rssBytes, std::nullopt);
    const model::TimelineStep& third = steps.known[2];
    EXPECT_EQ(third.maxLiveBytes, 1'050U);
    EXPECT_EQ(third.liveBytes, 1'000U);
    EXPECT_EQ(third.allocations, 1U);
    EXPECT_EQ(third.frees, 1U);
    EXPECT_EQ(third.rssBytes, 4'000'000U) << "without heaptap's own share";
    EXPECT_EQ(steps.known[3].minLiveBytes, 100U);
    EXPECT_EQ(third.temporaries, 1U) << "the worker's own";
    EXPECT_EQ(first.temporaries, 0U);
    EXPECT_EQ(source.timelineSteps("", {.fromNs = 9, .toNs = 3}).error().code, Code::Usage);
    EXPECT_EQ(source.timelineSteps("ffff", {}).error().code, Code::NotFound);

    const model::ThreadIndex main{0}, worker{1};
    const auto series = source
                            .timelineSeries("", {.fromNs = 2'000,
                                                 .toNs = 22'000,
                                                 .steps = 4,
                                                 .groups = {{model::PairId{1}}, {model::PairId{0}}},
                                                 .lanes = 1})
                            .value();
    EXPECT_EQ(series.stepNs, 5'000U);
    EXPECT_EQ(series.liveBytes, (std::vector<std::uint64_t>{0, 600, 0, 1'000, 0, 1'000, 0, 100}));
    EXPECT_EQ(series.known[2].temporaries, 1U);
    ASSERT_EQ(series.lanes.size(), 2U);
    EXPECT_EQ(series.lanes[0].thread, main);
    EXPECT_EQ(series.lanes[0].allocations, (std::vector<std::uint64_t>{5, 4, 0, 0}));
    EXPECT_EQ(series.lanes[1].bytes, (std::vector<std::uint64_t>{0, 0, 50, 0})) << "the worker is the rest";
    EXPECT_TRUE(client::checkNames(source.description("").value().definitions, series));
    EXPECT_EQ(source.timelineSeries("", {.groups = {{model::PairId{7}}}}).error().code, Code::Usage);
    EXPECT_EQ(source.timelineSeries("ffff", {}).error().code, Code::NotFound);

    const auto matrix = source.threadMatrix("", {}).value();
    const std::vector<model::ThreadCell> expected{
        {.allocatedBy = main, .blocks = 1, .bytes = 100},
        {.allocatedBy = main, .freedBy = worker, .blocks = 9, .bytes = 900},
        {.allocatedBy = worker, .freedBy = worker, .blocks = 1, .bytes = 50}};
    EXPECT_EQ(matrix.cells, expected);
    EXPECT_FALSE(matrix.pairs) << "nobody asked for them";
    EXPECT_EQ(matrix.lifetimes.at(0).at(9), 1U) << "the worker's own lived for 1 us";
    EXPECT_EQ(matrix.lifetimes.at(0).at(14), 3U);

    const auto late = source
                          .threadMatrix("", {.afterNs = 5'000,
                                             .untilNs = 20'000,
                                             .groups = {{model::PairId{1}}, {model::PairId{0}}},
                                             .countsPairs = true})
                          .value();
    const std::vector<model::ThreadCell> grouped{
        {.group = 0, .allocatedBy = worker, .freedBy = worker, .blocks = 1, .bytes = 50},
        {.group = 1, .freedBy = worker, .blocks = 5, .bytes = 500},
        {.group = 1, .allocatedBy = main, .blocks = 1, .bytes = 100},
        {.group = 1, .allocatedBy = main, .freedBy = worker, .blocks = 4, .bytes = 400}};
    EXPECT_EQ(late.cells, grouped);
    ASSERT_EQ(late.lifetimes.size(), 2U);
    EXPECT_EQ(late.pairs,
              (std::vector<model::PairAllocations>{{model::PairId{0}, 5}, {model::PairId{1}, 1}}));
    EXPECT_TRUE(client::checkNames(source.profile("").value(), late));
    const auto live = [&](const client::When& when) {
      const client::Profile profile = source.profile("", when).value();
      std::uint64_t bytes = 0;
      for (std::size_t i = 0; i < profile.counts->pairs.size(); ++i)
        bytes += profile.counts->pairs[i].live * profile.definitions.pairs[i].size;
      return bytes;
    };
    EXPECT_EQ(live({.at = client::When::time(19'000), .only = {.threads = {main}}}), 1'000U);
    EXPECT_EQ(live({.at = client::When::time(15'000), .only = {.threads = {worker}}}), 50U);
    EXPECT_EQ(live({.at = client::When::time(15'000), .only = {.minLifetimeNs = 10'000}}), 500U);
    EXPECT_EQ(live({.only = {.maxLifetimeNs = 10'000}}), 100U) << "the last one is 10 us old";
    const client::When gone{.at = client::When::time(20'000),
                            .from = client::When::time(12'000),
                            .gone = true,
                            .only = {.threads = {main}, .minLifetimeNs = 15'000}};
    EXPECT_EQ(live(gone), 500U);
    EXPECT_EQ(source.profile("", gone).value().instant->from().at_ns(), 12'000U);
    EXPECT_EQ(source.threadMatrix("", {.groups = {{model::PairId{7}}}}).error().code, Code::Usage);
  }
  std::optional<TestRelay> relay;
};

TEST_F(EventQuestions, OfALiveSession) {
  record(true);
  client::CollectorSource source(channel, "the collector");
  expectAll(source);
}

TEST_F(EventQuestions, OfAStoredSessionAndItsFile) {
  record(false);
  client::CollectorSource source(channel, "the collector");
  expectAll(source);
  client::FileSource files;
  ASSERT_TRUE(files.addFile(waitFor(Kind::Closed).file));
  expectAll(files);
}

TEST_F(EventQuestions, WithoutEventsTheTimelineIsCoarseAndThreadsAreNotKnown) {
  start();
  program.hello().set_without_events(true);
  const auto all = test::counted(program.hello(), messages());
  relay.emplace(channel, program.hello());
  ASSERT_TRUE(relay->accepted());
  ASSERT_TRUE(relay->send(all, 0, all.size()));
  ASSERT_TRUE(relay->finish().ok());
  client::CollectorSource source(channel, "the collector");
  const auto steps = source.timelineSteps("", {.fromNs = 2'000, .toNs = 22'000, .steps = 4}, {}, {});
  ASSERT_TRUE(steps) << steps.error().line();
  EXPECT_FALSE(steps->fromEvents);
  ASSERT_EQ(steps->known.size(), 2U) << "buckets of 16,384 ns";
  EXPECT_EQ(steps->known[0].maxLiveBytes, 1'050U);
  EXPECT_EQ(steps->known[0].minLiveBytes, std::nullopt);
  EXPECT_EQ(steps->known[1].liveBytes, 100U);
  EXPECT_EQ(steps->known[0].temporaries, std::nullopt) << "not counted by bucket";
  EXPECT_EQ(source.threadMatrix("", {}, {}, {}).error().code, Code::NotFound);
  const auto series = source.timelineSeries("", {}, {}, {});
  ASSERT_FALSE(series);
  EXPECT_EQ(series.error().code, Code::NotFound);
  EXPECT_NE(series.error().line().find("--no-events"), std::string::npos) << series.error().line();
  const auto chosen = source.profile("", {.only = {.threads = {model::ThreadIndex{0}}}}, {});
  ASSERT_FALSE(chosen);
  EXPECT_EQ(chosen.error().code, Code::NotFound);
  EXPECT_NE(chosen.error().line().find("--no-events"), std::string::npos) << chosen.error().line();
}

}  // namespace
}  // namespace heaptap::service
