// SPDX-License-Identifier: Apache-2.0
#include "collector/query/summary.h"

#include <gtest/gtest.h>

#include "tests/collector/query/view_of.h"

namespace heaptap::query {
namespace {

using How = model::Ending::How;

Overview endedBy(std::optional<model::Ending> ending, State state = State::Complete) {
  return {.ending = ending, .custody = {.state = state}};
}

TEST(Summary, howItEndedInWords) {
  EXPECT_EQ(endText(model::Ending{.how = How::Exited, .status = 3}), "exited 3");
  EXPECT_EQ(endText(model::Ending{.how = How::Signaled, .status = 9}), "killed by signal 9");
  EXPECT_EQ(endText(std::nullopt), "");
  EXPECT_EQ(summaryOf(endedBy(std::nullopt, State::CutShort)).end(), "cut short: the relay is gone");
  EXPECT_EQ(summaryOf(endedBy(std::nullopt, State::Live)).end(), "");
  EXPECT_EQ(summaryOf(endedBy(std::nullopt, State::RecordedElsewhere)).end(),
            "not yet: it is being recorded");
}

TEST(Summary, theExitStatusIsTheShells) {
  EXPECT_EQ(exitStatus(model::Ending{.how = How::Exited, .status = 3}), 3);
  EXPECT_EQ(exitStatus(model::Ending{.how = How::Signaled, .status = 9}), 137);
  EXPECT_EQ(exitStatus(model::Ending{.how = How::Exec}), std::nullopt);
  EXPECT_FALSE(summaryOf(endedBy(std::nullopt)).has_exit_status());
}

TEST(Summary, onlyAProcessThatCameToItsOwnEndLeaks) {
  EXPECT_FALSE(isLiveAtEnd(endedBy(model::Ending{.how = How::Exited})));
  EXPECT_FALSE(isLiveAtEnd(endedBy(model::Ending{.how = How::Gone})));
  EXPECT_TRUE(isLiveAtEnd(endedBy(model::Ending{.how = How::Signaled, .status = 11})));
  EXPECT_TRUE(isLiveAtEnd(endedBy(model::Ending{.how = How::Exec})));
  EXPECT_TRUE(isLiveAtEnd(endedBy(model::Ending{.how = How::Stopped})));
  EXPECT_TRUE(isLiveAtEnd(endedBy(std::nullopt, State::CutShort)));
  EXPECT_FALSE(isLiveAtEnd(endedBy(std::nullopt, State::Live)));
}

TEST(Summary, hasTheNumbersOfTheRecord) {
  test::RecordedProgram program;
  const auto stack = program.stack({"main"});
  const auto block = program.at(1'000).allocate(100, stack);
  program.at(2'000).allocate(50, stack);
  program.at(5'000).free(block);
  program.at(9'000).exit(0);
  const auto view =
      viewOf(program, {.state = State::Complete, .file = "/tmp/x.heaptap", .storedEventBytes = 77});
  const auto summary = summaryOf(overviewOf(*view));
  EXPECT_EQ(summary.allocations(), 2U);
  EXPECT_EQ(summary.frees(), 1U);
  EXPECT_EQ(summary.allocated_bytes(), 150U);
  EXPECT_EQ(summary.peak_bytes(), 150U);
  EXPECT_EQ(summary.peak_at_ns(), 2'000U);
  EXPECT_EQ(summary.live_blocks(), 1U);
  EXPECT_EQ(summary.live_bytes(), 50U);
  EXPECT_EQ(summary.threads(), 1U);
  EXPECT_EQ(summary.info().duration_ns(), 9'000U) << "until its end, not until its last event";
  EXPECT_EQ(summary.info().state(), v1::SESSION_COMPLETE);
  EXPECT_EQ(summary.info().id(), "61616161616161616161616161616161");
  EXPECT_EQ(summary.info().parent_id(), "");
  EXPECT_EQ(summary.info().file(), "/tmp/x.heaptap");
  EXPECT_EQ(summary.stored_event_bytes(), 77U);
  EXPECT_EQ(summary.lifetime_log2(11), 1U) << "4000 ns";
  EXPECT_FALSE(summary.has_target_max_rss_bytes()) << "the relay has not said";
  EXPECT_EQ(summary.notes_size(), 0);
}

TEST(Summary, theTimelineIsTheModels) {
  test::RecordedProgram program;
  program.at(0).allocate(100, program.stack({"main"}));
  const auto timeline = timelineOf(viewOf(program)->history.timeline);
  ASSERT_EQ(timeline.max_live_bytes_size(), 1);
  EXPECT_EQ(timeline.max_live_bytes(0), 100U);
  EXPECT_EQ(timeline.allocations(0), 1U);
  EXPECT_EQ(timeline.bucket_ns(), counting::Timeline::kFirstBucketNs);
}

TEST(Summary, theLargestResidentSizeIsTheProgramsOwn) {
  Overview session;
  EXPECT_FALSE(summaryOf(session).has_max_rss_bytes());
  session.relay.targetMaxRssBytes = 1000;
  EXPECT_FALSE(summaryOf(session).has_max_rss_bytes()) << "heaptap's share is not known";
  session.maxProgramRssBytes = 700;
  session.maxOwnRssBytes = 200;
  EXPECT_EQ(summaryOf(session).max_rss_bytes(), 800U) << "more than any sample has seen";
  session.maxProgramRssBytes = 850;
  EXPECT_EQ(summaryOf(session).max_rss_bytes(), 850U) << "heaptap's share was smaller then";
  session.relay.targetMaxRssBytes = std::nullopt;
  EXPECT_EQ(summaryOf(session).max_rss_bytes(), 850U);
}

TEST(Summary, whatIsNotKnownOfTheCostIsAbsent) {
  Overview session;
  EXPECT_FALSE(summaryOf(session).own_cost().has_agent_cpu_ns());
  EXPECT_FALSE(summaryOf(session).own_cost().has_relay_cpu_ns());
  EXPECT_FALSE(summaryOf(session).own_cost().has_collector_cpu_ns());
  EXPECT_FALSE(summaryOf(session).own_cost().has_max_pool_bytes());
  session.relay.agentCpuNs = 1;
  session.relay.relayCpuNs = 2;
  session.custody.collectorCpuNs = 3;
  session.stacks = {.unknown = 4, .truncated = 5, .lost = 6, .guessed = 7};
  EXPECT_EQ(summaryOf(session).lost_stacks(), 6U);
  EXPECT_EQ(summaryOf(session).guessed_stacks(), 7U);
  const v1::OwnCost cost = summaryOf(session).own_cost();
  EXPECT_EQ(cost.agent_cpu_ns(), 1U);
  EXPECT_EQ(cost.relay_cpu_ns(), 2U);
  EXPECT_EQ(cost.collector_cpu_ns(), 3U);
  EXPECT_EQ(cost.overflowed_stacks(), 4U);
  EXPECT_EQ(cost.truncated_stacks(), 5U);
}

TEST(Summary, snapshotsThatAreNotKeptAreTold) {
  Overview session;
  session.marks = {{.name = "a", .snapshot = model::Mark::Snapshot::Kept},
                   {.name = "b", .snapshot = model::Mark::Snapshot::NotKept},
                   {.name = "c"}};
  const v1::Summary summary = summaryOf(session);
  EXPECT_TRUE(summary.marks(0).snapshot());
  EXPECT_FALSE(summary.marks(1).snapshot());
  ASSERT_EQ(summary.notes_size(), 1);
  EXPECT_NE(summary.notes(0).find("1 snapshot could not be kept"), std::string::npos);
}

TEST(Summary, otherHeapsAreListedApart) {
  test::RecordedProgram program;
  const auto stack = program.stack({"main"});
  const std::uint32_t textures = program.heap("textures");
  program.heap("never used");
  program.at(1'000).allocate(100, stack);
  program.free(program.at(2'000).allocateIn(textures, 40, stack));
  program.at(3'000).allocateIn(1, 4096, stack);
  program.exit(0);
  const v1::Summary summary = summaryOf(overviewOf(*viewOf(program, {})));
  EXPECT_EQ(summary.allocations(), 1U);
  EXPECT_EQ(summary.peak_bytes(), 100U);
  ASSERT_EQ(summary.heaps_size(), 2);
  EXPECT_EQ(summary.heaps(0).name(), "mappings");
  EXPECT_EQ(summary.heaps(0).id(), 1U);
  EXPECT_EQ(summary.heaps(0).live_bytes(), 4096U);
  EXPECT_EQ(summary.heaps(0).peak_at_ns(), 3'000U);
  EXPECT_EQ(summary.heaps(1).name(), "textures");
  EXPECT_EQ(summary.heaps(1).frees(), 1U);
  EXPECT_EQ(summary.heaps(1).peak_bytes(), 40U);
  EXPECT_EQ(summary.heaps(1).live_blocks(), 0U);
}

}  // namespace
}  // namespace heaptap::query
