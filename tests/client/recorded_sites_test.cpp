// SPDX-License-Identifier: Apache-2.0
//
// From what a relay sends to what a client computes: through ingest, the answers of a collector, and back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/counts_reader.h"
#include "client/definitions_fetch.h"
#include "client/finding_names.h"
#include "client/site_table.h"
#include "client/stack_lines.h"
#include "collector/query/counts_stream.h"
#include "collector/query/definitions_stream.h"
#include "collector/query/findings.h"
#include "tests/collector/query/view_of.h"

namespace heaptap::client {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Profile profileOf(const query::SharedView& view) {
  CountsReader counts("a collector", nullptr);
  query::CountsStream countsStream({.view = view});
  for (v1::CountsReply reply; countsStream.next(reply);) EXPECT_TRUE(counts.add(reply));
  FetchedDefinitions definitions("a collector");
  query::DefinitionsStream definitionsStream(view, {});
  v1::DefinitionsReply reply;
  for (bool more = true; more;) {
    more = definitionsStream.next(reply);
    EXPECT_TRUE(definitions.add(reply));
  }
  const model::DefinitionsView known = definitions.definitions().view();
  auto answer = counts.finish(known);
  EXPECT_TRUE(answer) << answer.error().line();
  return {.definitions = known,
          .names = FrameNames::of(known),
          .counts = answer->counts,
          .summary = std::make_shared<const v1::Summary>(answer->summary)};
}

/// parse keeps one large block; render makes many small temporaries; draw has a block of size 0; load held
/// most at the peak and keeps nothing.
class RecordedSites : public testing::Test {
 protected:
  RecordedSites() {
    const auto load = program.stack({"load", "main"});
    const auto big = program.allocate(5000, load, v1::ORIGIN_CALLOC);
    program.allocate(1000, program.stack({"parse", "main"}));
    program.free(big);
    for (int i = 0; i < 10; ++i)
      program.free(program.allocate(16 + 8 * static_cast<unsigned>(i % 2), render()));
    program.allocate(0, program.stack({"draw", "main"}));
    program.free(program.allocate(100, load));
  }
  std::uint32_t render() { return program.stack({"render", "main"}); }
  SiteTable table() { return SiteTable(profileOf(query::viewOf(program))); }

  static std::vector<std::string> names(const SiteTable& table, const SiteQuery& query) {
    std::vector<std::string> names;
    for (const std::uint32_t site : table.select(query).sites)
      names.emplace_back(stackLines(table.profile(), table.key(site).stack).at(0).function);
    return names;
  }
  std::vector<std::string> names(const SiteQuery& query) { return names(table(), query); }

  test::RecordedProgram program;
};

TEST_F(RecordedSites, EachOrderPutsItsLargestFirst) {
  EXPECT_THAT(names({.order = SiteOrder::PeakBytes}), ElementsAre("load", "parse", "render", "draw"));
  EXPECT_THAT(names({.order = SiteOrder::Allocations}), ElementsAre("render", "load", "parse", "draw"));
  EXPECT_THAT(names({.order = SiteOrder::Temporaries}), ElementsAre("render", "load", "parse", "draw"));
  EXPECT_THAT(names({.order = SiteOrder::AllocatedBytes}), ElementsAre("load", "parse", "render", "draw"));
  EXPECT_THAT(names({.order = SiteOrder::LiveBytes}), ElementsAre("parse", "draw"));
}

TEST_F(RecordedSites, ASiteKnowsAllAboutItself) {
  const SiteTable sites = table();
  const std::uint32_t load = sites.select({.order = SiteOrder::PeakBytes}).sites.at(0);
  EXPECT_EQ(sites.counters(load), (SiteCounters{.allocations = 2,
                                                .frees = 2,
                                                .allocatedBytes = 5100,
                                                .liveBlocks = 0,
                                                .liveBytes = 0,
                                                .peakBytes = 5000,
                                                .temporaries = 1}));
  EXPECT_THAT(sites.origins(load), ElementsAre(v1::ORIGIN_MALLOC, v1::ORIGIN_CALLOC));
  const std::uint32_t render = sites.select({.order = SiteOrder::Allocations}).sites.at(0);
  EXPECT_THAT(sites.sizes(render), ElementsAre(SizeBucket{16, 31, 10, 0}));
  const std::uint32_t draw = sites.select({.order = SiteOrder::LiveBytes}).sites.at(1);
  EXPECT_THAT(sites.sizes(draw), ElementsAre(SizeBucket{0, 0, 1, 1}));
}

TEST_F(RecordedSites, TheSumOfAllIsTheSummary) {
  const SiteTable sites = table();
  SiteCounters sum;
  for (std::uint32_t site = 0; site < sites.size(); ++site) {
    const SiteCounters one = sites.counters(site);
    sum.allocations += one.allocations;
    sum.frees += one.frees;
    sum.allocatedBytes += one.allocatedBytes;
    sum.liveBlocks += one.liveBlocks;
    sum.liveBytes += one.liveBytes;
    sum.peakBytes += one.peakBytes;
    sum.temporaries += one.temporaries;
  }
  const v1::Summary& summary = *sites.profile().summary;
  EXPECT_EQ(sum, (SiteCounters{.allocations = summary.allocations(),
                               .frees = summary.frees(),
                               .allocatedBytes = summary.allocated_bytes(),
                               .liveBlocks = summary.live_blocks(),
                               .liveBytes = summary.live_bytes(),
                               .peakBytes = summary.peak_bytes(),
                               .temporaries = summary.temporary_allocations()}));
}

TEST_F(RecordedSites, ASessionWithoutEventsHasNone) {
  program = test::RecordedProgram();
  EXPECT_THAT(names({}), IsEmpty());
}

TEST_F(RecordedSites, EachIsOfOneHeap) {
  const std::uint32_t textures = program.heap("textures");
  program.allocateIn(textures, 500, render());
  program.allocateIn(1, 4096, program.stack({"map", "main"}));
  const SiteTable sites = table();
  EXPECT_THAT(names(sites, {.heap = model::kMallocHeap}), ElementsAre("load", "parse", "render", "draw"));
  const auto inTextures = sites.select({.heap = static_cast<model::HeapId>(textures)}).sites;
  ASSERT_EQ(inTextures.size(), 1U);
  EXPECT_EQ(sites.counters(inTextures[0]).allocations, 1U) << "the same stack in malloc's is another site";
  EXPECT_EQ(sites.profile().definitions.heapName(sites.key(inTextures[0]).heap), "textures");
  EXPECT_THAT(names(sites, {.heap = model::kMappingsHeap}), ElementsAre("map"));
  EXPECT_EQ(names(sites, {}).size(), 6U);
  EXPECT_THAT(names(sites, {.heap = model::HeapId{77}}), IsEmpty());
}

TEST_F(RecordedSites, LeaveOutTheAllocatorsLeadingFunctionsOnly) {
  program = test::RecordedProgram();
  program.allocate(1, program.stack({"malloc", "operator new(unsigned long)", "hook", "realloc", "main"}));
  const SiteTable sites = table();
  std::vector<std::string_view> functions;
  const auto lines = stackLines(sites.profile(), sites.key(0).stack);
  for (const StackLine& line : lines) functions.push_back(line.function);
  EXPECT_THAT(functions, ElementsAre("hook", "realloc", "main"));
}

TEST_F(RecordedSites, AFindingsIdsStandForWhatTheProfileHas) {
  const std::uint32_t worker = program.thread("worker");
  const std::uint32_t drop = program.stack({"drop", "main"});
  program.flush();
  v1::RecordRequest request;
  auto& finding = *request.mutable_findings()->add_findings();
  finding.set_kind(v1::FINDING_DOUBLE_FREE);
  finding.set_count(2);
  finding.set_pair(1);
  finding.set_free_stack(drop);
  finding.set_thread(worker);
  finding.set_heap(1);
  program.send(request);
  const query::SharedView view = query::viewOf(program);
  std::vector<v1::FindingReport> reports = query::findingReports(*view);
  ASSERT_EQ(reports.size(), 1U);
  const Profile profile = profileOf(view);
  const FindingNames names(profile);
  const auto function = [&](std::uint32_t stack) {
    return stackLines(profile, static_cast<model::StackId>(stack)).at(0).function;
  };
  EXPECT_EQ(function(reports[0].allocation_stack()), "load");
  EXPECT_EQ(function(reports[0].free_stack()), "drop");
  EXPECT_EQ(names.of(reports[0]).threadName, "worker");
  EXPECT_NE(names.of(reports[0]).tid, 0U);
  EXPECT_EQ(names.of(reports[0]).heap, "mappings");
  reports[0].set_thread(4'711);
  reports[0].set_heap(4'711);
  EXPECT_EQ(names.of(reports[0]).tid, 0U) << "not defined";
  EXPECT_EQ(names.of(reports[0]).threadName, "");
  EXPECT_EQ(names.of(reports[0]).heap, "");
}

}  // namespace
}  // namespace heaptap::client
