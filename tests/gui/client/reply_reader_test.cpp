// SPDX-License-Identifier: Apache-2.0
#include "gui/client/asking/reply_reader.h"

#include <gtest/gtest.h>

#include <limits>

namespace heaptap::gui {
namespace {

TEST(ReplyReader, ReadsATimeline) {
  v1::Timeline reply;
  reply.set_bucket_ns(10);
  for (const std::uint64_t live : {1U, 2U}) {
    reply.add_live_bytes(live);
    reply.add_max_live_bytes(2 * live);
    reply.add_allocations(live);
    reply.add_frees(0);
  }
  const auto timeline = readTimeline(reply);
  ASSERT_TRUE(timeline);
  EXPECT_EQ(timeline->endNs(), 20U);
  EXPECT_EQ(timeline->buckets[1].maxLiveBytes, 4U);
}

TEST(ReplyReader, RefusesATimelineThatBreaksItsRules) {
  v1::Timeline uneven;
  uneven.set_bucket_ns(1);
  uneven.add_live_bytes(1);
  EXPECT_EQ(readTimeline(uneven).error().code, Code::Corrupt);

  v1::Timeline endless;
  endless.set_bucket_ns(std::numeric_limits<std::uint64_t>::max());
  endless.add_live_bytes(1);
  endless.add_max_live_bytes(1);
  endless.add_allocations(1);
  endless.add_frees(1);
  EXPECT_EQ(readTimeline(endless).error().code, Code::Corrupt);
  endless.set_bucket_ns(0);
  EXPECT_EQ(readTimeline(endless).error().code, Code::Corrupt);
}

TEST(ReplyReader, NamesThatAreNotUtf8AreRepaired) {
  v1::Summary reply;
  reply.mutable_info()->add_command("caf\xE9");
  reply.add_marks()->set_name(
      "m\xE9"
      "rk");
  reply.add_heaps()->set_name(
      "h\xE9"
      "ap");
  const Summary summary = readSummary(reply);
  EXPECT_EQ(summary.session.command.at(0), QString("caf\uFFFD"));
  EXPECT_EQ(summary.marks.at(0).name, QString("m\uFFFDrk"));
  EXPECT_EQ(summary.heaps.at(0).name, QString("h\uFFFD"
                                              "ap"));
}

TEST(ReplyReader, UnknownIsNotZero) {
  v1::Summary reply;
  EXPECT_EQ(readSummary(reply).residentBytes, std::nullopt);
  EXPECT_EQ(readSummary(reply).session.durationNs, std::nullopt);
  reply.set_target_max_rss_bytes(0);
  EXPECT_EQ(readSummary(reply).residentBytes, 0U);
  EXPECT_TRUE(readSummary(reply).residentIncludesOwn);
  reply.set_max_rss_bytes(7);
  EXPECT_EQ(readSummary(reply).residentBytes, 7U) << "the program's own is what one wants to see";
  EXPECT_FALSE(readSummary(reply).residentIncludesOwn);
}

TEST(ReplyReader, ReadsMarksSamplingCostAndHeaps) {
  v1::Summary reply;
  EXPECT_EQ(readSummary(reply).sampling, std::nullopt);
  EXPECT_EQ(readSummary(reply).ownCost, std::nullopt);
  EXPECT_EQ(readSummary(reply).slack.peak, std::nullopt);
  reply.set_findings(2);
  reply.set_peak_slack_bytes(0);
  reply.mutable_sampling()->set_interval(512 << 10);
  reply.mutable_sampling()->set_peak_bytes_error(std::numeric_limits<double>::quiet_NaN());
  reply.mutable_sampling()->set_live_bytes_error(7.5);
  reply.mutable_own_cost()->set_relay_cpu_ns(9);
  v1::MarkReport& mark = *reply.add_marks();
  mark.set_name("level loaded");
  mark.set_at_ns(5);
  mark.set_live_bytes_error(-1);
  v1::HeapReport& heap = *reply.add_heaps();
  heap.set_id(1);
  heap.set_name("two\nlines");
  const Summary summary = readSummary(reply);
  EXPECT_EQ(summary.findings, 2U);
  EXPECT_EQ(summary.slack.peak, 0U) << "nothing beyond is known, too";
  ASSERT_TRUE(summary.sampling);
  EXPECT_EQ(summary.sampling->peakBytesError, 0);
  EXPECT_EQ(summary.estimateOf(1, &Sampling::liveBytesError), (Estimate{1, 7.5}));
  ASSERT_TRUE(summary.ownCost);
  EXPECT_EQ(summary.ownCost->relayCpuNs, 9U);
  EXPECT_EQ(summary.ownCost->agentCpuNs, std::nullopt);
  ASSERT_EQ(summary.marks.size(), 1U);
  EXPECT_EQ(summary.marks[0].name, "level loaded");
  EXPECT_EQ(summary.marks[0].liveBytes.error, 0);
  ASSERT_EQ(summary.heaps.size(), 1U);
  EXPECT_EQ(summary.heaps[0].name, "two lines");
}

TEST(ReplyReader, ReadsResidentMemoryAndErrors) {
  v1::Timeline reply;
  reply.set_bucket_ns(10);
  reply.add_live_bytes(5);
  reply.add_max_live_bytes(5);
  reply.add_allocations(1);
  reply.add_frees(0);
  reply.add_live_bytes_error(2.5);
  for (const std::uint64_t at : {3U, 8U, 6U}) {
    reply.add_resident_at_ns(at);
    reply.add_rss_bytes(at == 8 ? 0 : 4'096);
    reply.add_pss_bytes(0);
    reply.add_pool_bytes(at);
  }
  auto timeline = readTimeline(reply);
  ASSERT_TRUE(timeline) << timeline.error().line();
  EXPECT_EQ(timeline->buckets[0].liveBytesError, 2.5);
  ASSERT_EQ(timeline->resident.size(), 2U) << "0 is unknown";
  EXPECT_EQ(timeline->resident[0].pssBytes, std::nullopt);
  EXPECT_EQ(timeline->resident[0].poolBytes, 3U);
  EXPECT_EQ(timeline->resident[1].atNs, 6U);

  reply.add_live_bytes_error(1);
  EXPECT_EQ(readTimeline(reply).error().code, Code::Corrupt);
  reply.clear_live_bytes_error();
  reply.add_pss_bytes(1);
  EXPECT_EQ(readTimeline(reply).error().code, Code::Corrupt);
}

TEST(ReplyReader, KnowsSinceWhenRecordingIsPaused) {
  v1::Status status;
  v1::Summary summary;
  EXPECT_EQ(readStatus(status).pausedSinceNs, std::nullopt);
  EXPECT_EQ(readSummary(summary).pausedSinceNs, std::nullopt);
  status.set_paused_since_ns(7);
  summary.set_paused_since_ns(8);
  EXPECT_EQ(readStatus(status).pausedSinceNs, 7U);
  EXPECT_EQ(readSummary(summary).pausedSinceNs, 8U);
}

TEST(ReplyReader, HasALineForEachCounterThatIsNotZero) {
  v1::Summary reply;
  EXPECT_TRUE(readSummary(reply).counters.isEmpty());
  reply.set_lost_frees(1'234);
  reply.set_unrecorded_frees(2);
  reply.set_inherited_blocks(7);
  const QStringList lines = readSummary(reply).counters;
  EXPECT_EQ(lines.size(), 2) << "what has no words of its own is said elsewhere";
  EXPECT_TRUE(lines.contains("1,234 blocks whose address was handed out again."));
}

}  // namespace
}  // namespace heaptap::gui
