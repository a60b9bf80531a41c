// SPDX-License-Identifier: Apache-2.0
#include "gui/client/sites_reader.h"

#include <gtest/gtest.h>

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

TEST(SitesReader, KeepsALineOnceHoweverManyStacksPassThroughIt) {
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

TEST(SitesReader, KeepsLinesApartThatDifferInAnything) {
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

TEST(SitesReader, RefusesAStackWithoutEnd) {
  v1::SitesReply reply;
  v1::Site* site = reply.add_sites();
  for (int i = 0; i < 20'000; ++i) site->add_lines();
  SitesReader reader;
  const auto added = reader.add(reply);
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, Code::Corrupt);
}

TEST(SitesReader, CutsNamesBeyondAnySense) {
  v1::SitesReply reply;
  addSite(reply, 1, {std::string(1'000'000, '(')});
  SitesReader reader;
  ASSERT_TRUE(reader.add(reply));
  EXPECT_LT(reader.finish()->lines[0].function.size(), 20'000);
}

TEST(SitesReader, ReadsEntryPointsSlackHeapAndFrees) {
  v1::SitesReply reply;
  v1::Site* site = addSite(reply, 1, {"parse", "main"});
  site->add_origins(v1::ORIGIN_OPERATOR_NEW);
  site->add_origins(v1::ORIGIN_NEW_NOTHROW);
  site->add_origins(v1::ORIGIN_MALLOC);
  site->set_live_slack_bytes(8);
  site->set_heap(2);
  site->set_heap_name("arena");
  site->mutable_errors()->set_live_bytes(4.5);
  v1::FreeSite* freed = site->add_freed_at();
  freed->set_frees(7);
  v1::StackLine* line = freed->add_lines();
  line->set_function("main");
  line->set_module("/usr/bin/program");
  SitesReader reader;
  ASSERT_TRUE(reader.add(reply));
  const Sites sites = reader.finish();
  const Site& read = sites->sites[0];
  EXPECT_EQ(read.entryPoints.join('|'), "operator new|malloc") << "each name once";
  EXPECT_EQ(read.slack.live, 8U);
  EXPECT_EQ(read.slack.allocated, std::nullopt);
  EXPECT_EQ(read.heap, 2U);
  EXPECT_EQ(read.heapName, "arena");
  ASSERT_TRUE(read.errors);
  EXPECT_EQ(read.errors->liveBytes, 4.5);
  ASSERT_EQ(read.freedAt.size(), 1U);
  EXPECT_EQ(read.freedAt[0].frees, 7U);
  EXPECT_EQ(read.freedAt[0].lines, std::vector<quint32>{read.lines[1]})
      << "lines are shared with other stacks";
}

}  // namespace
}  // namespace heaptap::gui
