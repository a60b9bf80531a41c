// SPDX-License-Identifier: Apache-2.0
#include "gui/client/reply_reader.h"

#include <gtest/gtest.h>

#include <limits>

namespace heaptap::gui {
namespace {

v1::Site* addSite(v1::SitesReply& reply, std::uint64_t stack, const std::vector<std::string>& functions) {
  v1::Site* site = reply.add_sites();
  site->set_stack(stack);
  for (const std::string& function : functions) {
    v1::StackLine* line = site->add_lines();
    line->set_function(function);
    line->set_module("/usr/bin/program");
  }
  return site;
}

TEST(ReplyReader, KeepsALineOnceHoweverManyStacksPassThroughIt) {
  v1::SitesReply reply;
  addSite(reply, 1, {"parse", "main"});
  addSite(reply, 2, {"render", "main"});
  SitesReader reader;
  ASSERT_TRUE(reader.add(reply));
  const Sites sites = reader.finish();
  ASSERT_EQ(sites->sites.size(), 2U);
  EXPECT_EQ(sites->lines.size(), 3U);
  EXPECT_EQ(sites->sites[0].lines[1], sites->sites[1].lines[1]);
  EXPECT_EQ(sites->sites[1].function, "render ← main");
}

TEST(ReplyReader, KeepsLinesApartThatDifferInAnything) {
  v1::SitesReply reply;
  v1::Site* site = addSite(reply, 1, {"f", "f", "f", "f", "f"});
  site->mutable_lines(1)->set_line(7);
  site->mutable_lines(2)->set_inlined(true);
  site->mutable_lines(3)->set_pc(8);
  site->mutable_lines(4)->set_module("/usr/lib/other.so");
  SitesReader reader;
  ASSERT_TRUE(reader.add(reply));
  EXPECT_EQ(reader.finish()->lines.size(), 5U);
}

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

TEST(ReplyReader, RefusesAStackWithoutEnd) {
  v1::SitesReply reply;
  v1::Site* site = reply.add_sites();
  for (int i = 0; i < 20'000; ++i) site->add_lines();
  SitesReader reader;
  const auto added = reader.add(reply);
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, Code::Corrupt);
}

TEST(ReplyReader, CutsNamesBeyondAnySense) {
  v1::SitesReply reply;
  addSite(reply, 1, {std::string(1'000'000, '(')});
  SitesReader reader;
  ASSERT_TRUE(reader.add(reply));
  EXPECT_LT(reader.finish()->lines[0].function.size(), 20'000);
}

TEST(ReplyReader, UnknownIsNotZero) {
  v1::Summary reply;
  EXPECT_EQ(readSummary(reply).residentBytes, std::nullopt);
  EXPECT_EQ(readSummary(reply).session.durationNs, std::nullopt);
  reply.set_target_max_rss_bytes(0);
  EXPECT_EQ(readSummary(reply).residentBytes, 0U);
}

}  // namespace
}  // namespace heaptap::gui
