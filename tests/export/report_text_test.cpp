// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <sstream>

#include "analysis/leaks/leak_analysis.h"
#include "export/report/leak_groups_text.h"
#include "export/report/report_json.h"
#include "export/report/site_text.h"
#include "export/report/summary_text.h"
#include "proto/words/counter_words.h"
#include "proto/words/session_words.h"
#include "tests/client/profile_builder.h"
#include "tests/export/synthetic_session.h"
#include "text/quantity.h"
#include "text/utf8.h"

namespace heaptap::exporting {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

using client::SiteOrder;
using client::SiteTable;

std::string leaksOf(const v1::Summary& summary, const SiteTable& table, NameStyle style = {},
                    std::uint64_t total = 2) {
  auto leaks = table.select({.order = SiteOrder::LiveBytes});
  leaks.total = total;
  const LiveBlocks live{.word = leftWord(summary),
                        .bytes = summary.live_bytes(),
                        .blocks = summary.live_blocks(),
                        .bytesError = summary.sampling().live_bytes_error()};
  return liveSitesText(live, table, leaks, style);
}

std::string sitesOf(const SiteTable& table, std::size_t top, NameStyle style = {}) {
  return sitesText(test::summary(), table, table.select({.order = SiteOrder::PeakBytes}).sites, top, style);
}

/// With this name in place of jv_mem_alloc.
SiteTable renamed(const std::string& name) {
  client::ProfileBuilder builder;
  builder.count(
      {.size = 24, .stack = builder.stack({name, "main"}), .allocations = 10, .live = 10, .atPeak = 10});
  return SiteTable(builder.profile());
}

TEST(ReportText, TheSummaryShowsEveryNumber) {
  const std::string text = summaryText(test::summary());
  EXPECT_THAT(text, HasSubstr("jq . 'big file.json'"));
  EXPECT_THAT(text, HasSubstr("2023-11-14 22:13:20 UTC, 1.50 s, exited 0\n"));
  EXPECT_THAT(text, HasSubstr("1,030,412   52.3 MiB in all"));
  EXPECT_THAT(text, HasSubstr("78.8 % of the allocations"));
  EXPECT_THAT(text, HasSubstr("12.3 MiB   12,902,400 bytes, after 812 ms"));
  EXPECT_THAT(text, HasSubstr("  left at end           1.20 KiB   1,228 bytes in 12 blocks"));
  EXPECT_THAT(text, Not(HasSubstr("dropped")));
}

TEST(ReportText, LossesShowWhenThereAreSome) {
  v1::Summary summary = test::summary();
  summary.set_dropped_frees(2);
  summary.set_unmatched_frees(1);
  summary.add_notes("the record is cut short");
  const std::string text = summaryText(summary);
  EXPECT_THAT(text, HasSubstr("dropped                      2   events: 0 allocations of 0 B and 2 frees"));
  EXPECT_THAT(text, HasSubstr("unmatched"));
  EXPECT_THAT(text, HasSubstr("note            the record is cut short"));
}

TEST(ReportText, EachCounterOfTheListHasItsLine) {
  std::uint64_t value = 0;
  v1::Summary summary = test::summary();
#define HEAPTAP_RELAY_TOTAL(member, field, ...) summary.set_##field(++value * 1111);
#include "base/relay_counters.def"
  const std::string text = summaryText(summary);
  const nlohmann::ordered_json json = summaryJson(summary);
  value = 0;
  for (const CounterWords& counter : counterWords()) {
    const std::uint64_t number = ++value * 1111;
    EXPECT_EQ((summary.*counter.value)(), number) << counter.key;
    EXPECT_EQ(json[std::string(counter.key)], number) << counter.key;
    if (counter.label.empty()) continue;
    EXPECT_THAT(text, ContainsRegex(std::string(counter.label) + " +" + formatCount(number) + " +" +
                                    std::string(counter.meaning)));
  }
}

TEST(ReportText, AForkedProcessSaysWhatItInherited) {
  v1::Summary summary = test::summary();
  EXPECT_THAT(summaryText(summary), Not(HasSubstr("inherited")));
  summary.set_inherited_blocks(5);
  summary.set_inherited_bytes(500);
  summary.set_inherited_frees(2);
  summary.set_inherited_freed_bytes(200);
  EXPECT_THAT(
      summaryText(summary),
      HasSubstr("inherited                    5   blocks of 500 B from the parent, 2 of 200 B freed here"));
}

TEST(ReportText, AfterASignalBlocksAreLiveNotLeaked) {
  v1::Summary summary = test::summary();
  summary.set_live_at_end(true);
  EXPECT_THAT(leaksOf(summary, SiteTable(test::twoSites())),
              HasSubstr("LIVE AT END  1.20 KiB in 12 blocks from 2 sites"));
}

TEST(ReportText, LeaksSayHowMuchIsNotShown) {
  const std::string text = leaksOf(test::summary(), SiteTable(test::twoSites()), {}, 3);
  EXPECT_THAT(text, HasSubstr("240 B in 10 blocks (19.5 %), of 1,434 allocations there"));
  EXPECT_THAT(text, HasSubstr("jv_mem_alloc           src/jv_alloc.c:123 (libjq.so.1.0.4, inlined)"));
  EXPECT_THAT(text, HasSubstr("libjq.so.1.0.4+0x1020  (libjq.so.1.0.4, guessed)"));
  EXPECT_THAT(text, HasSubstr("2 more sites with 988 B in 2 blocks"));
}

TEST(ReportText, EachRankedSiteIsShownOnceInDetail) {
  const std::string text = sitesOf(SiteTable(test::twoSites()), 1);
  EXPECT_THAT(text,
              HasSubstr("TOP SITES BY PEAK  of 12.3 MiB live at the peak\n\n   [1]      400 KiB    3.2 %"));
  EXPECT_THAT(
      text, HasSubstr("TOP SITES BY ALLOCATIONS  of 1,030,412 allocations\n\n   [2]      500,000   48.5 %"));
  EXPECT_THAT(text, HasSubstr("TOP SITES BY TEMPORARIES  of 812,000 temporary allocations\n\n   [1] "));
  EXPECT_THAT(text, HasSubstr("16-31 B  1,234  ########################################\n"));
  EXPECT_THAT(text, HasSubstr(" 4-8 KiB    200  ######\n"));
}

TEST(ReportText, NoLineIsWiderThanAHundredColumns) {
  const SiteTable wide(renamed(std::string(300, 'x')));
  const SiteTable two(test::twoSites());
  std::istringstream lines(summaryText(test::summary()) + leaksOf(test::summary(), wide) + sitesOf(wide, 5) +
                           leaksOf(test::summary(), two) + sitesOf(two, 5));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(width(line), kReportColumns) << line;
}

TEST(ReportText, FullNamesAreNotShortened) {
  const std::string name(300, 'x');
  EXPECT_THAT(leaksOf(test::summary(), renamed(name), {.full = true}), HasSubstr(name));
  EXPECT_THAT(leaksOf(test::summary(), renamed(name)), Not(HasSubstr(name)));
}

TEST(ReportText, AnEstimateSaysHowSureItIs) {
  v1::Summary summary = test::summary();
  EXPECT_THAT(summaryText(summary), Not(HasSubstr("±")));
  v1::Sampling& sampling = *summary.mutable_sampling();
  sampling.set_interval(512 << 10);
  sampling.set_samples(214);
  sampling.set_live_bytes_error(300);
  sampling.set_live_blocks_error(3);
  sampling.set_peak_bytes_error(1.5 * (1 << 20));
  const std::string text = summaryText(summary);
  EXPECT_THAT(text, HasSubstr("12.3 MiB   ± 1.50 MiB, after 812 ms"));
  EXPECT_THAT(text, HasSubstr("  left at end           1.20 KiB   ± 300 B in 12 blocks ± 3"));
  EXPECT_THAT(text, HasSubstr("sampled"));
  EXPECT_THAT(text, HasSubstr("214"));
}

TEST(ReportText, WhatWasNeverSampledIsNoZero) {
  v1::Summary summary = test::summary();
  v1::Sampling& sampling = *summary.mutable_sampling();
  sampling.set_interval(1 << 20);
  summary.set_allocations(2'012);
  summary.set_frees(957);
  summary.set_allocated_bytes(360'749);
  summary.set_live_bytes(0);
  summary.set_live_blocks(0);
  summary.set_peak_bytes(0);
  summary.set_temporary_allocations(0);
  std::string text = summaryText(summary);
  EXPECT_THAT(text, HasSubstr("0 B   of what was sampled in 0 blocks\n"));
  EXPECT_THAT(
      text,
      HasSubstr("not freed       1,055 blocks, which are counted, of at most 352 KiB in 19 of 20 cases\n"));
  EXPECT_THAT(text, Not(HasSubstr("0 bytes")));
  client::ProfileBuilder builder;
  builder.summary() = summary;
  const SiteTable table(builder.profile());
  const analysis::LeakReport leaks = analysis::leakReport(table);
  text = verdictText(table, leaks, "s.heaptap", {}) + leakGroupsText(leaks, {});
  EXPECT_THAT(text, HasSubstr("No block that was sampled is left, but 1,055 blocks were not freed,"));
  EXPECT_THAT(text, HasSubstr("LEAKED  nothing that was sampled"));
  const auto json = summaryJson(summary).at("sampling");
  EXPECT_TRUE(json.at("leakedBytesError").is_null());
  EXPECT_TRUE(json.at("peakBytesError").is_null());
  EXPECT_EQ(json.at("leakedBytesAtMost"), 360'749);
  EXPECT_EQ(json.at("blocksNotFreed"), 1'055);

  summary.set_frees(2'012);
  builder.summary() = summary;
  const SiteTable freed(builder.profile());
  EXPECT_THAT(verdictText(freed, analysis::leakReport(freed), "s.heaptap", {}),
              HasSubstr("Nothing leaks, and nothing is left"))
      << "counted, so known";
}

TEST(ReportText, OfAnImportedSessionIsOnlySaidWhatIsKnown) {
  v1::Summary summary = test::summary();
  summary.mutable_info()->set_pid(0);
  summary.mutable_info()->clear_duration_ns();
  summary.clear_host();
  summary.set_threads(0);
  summary.set_agent_version("imported from pprof, which does not tell threads and the peak");
  const std::string text = summaryText(summary);
  for (const char* unknown : {"pid", "threads", "process ", "temporary", " on ,"})
    EXPECT_THAT(text, Not(HasSubstr(unknown)));
  EXPECT_THAT(text, HasSubstr("the peak is not known"));
  const auto json = summaryJson(summary);
  for (const char* key : {"pid", "threads", "durationSeconds", "temporaryAllocations", "peakBytes",
                          "peakAtSeconds", "findings", "unmatchedFrees", "droppedEvents", "host"})
    EXPECT_TRUE(json.at(key).is_null()) << key;
  summary.set_agent_version("anonymized; imported from heaptrack, which does not tell threads");
  EXPECT_FALSE(summaryJson(summary).at("temporaryAllocations").is_null()) << "heaptrack knows them";
}

TEST(ReportText, TheCostOfRecordingIsAlwaysTold) {
  v1::Summary summary = test::summary();
  v1::OwnCost& cost = *summary.mutable_own_cost();
  EXPECT_THAT(summaryText(summary), HasSubstr("no event was timed"));
  cost.set_agent_cpu_ns(1'500'000'000);
  cost.set_relay_cpu_ns(20'000'000);
  cost.set_max_pool_bytes(3 << 20);
  const std::string text = summaryText(summary);
  EXPECT_THAT(text, HasSubstr("1.50 s   of the program's CPU time, estimated"));
  EXPECT_THAT(text, HasSubstr("20.0 ms   of the relay's"));
  EXPECT_THAT(text, HasSubstr("unknown   of the collector's"));
  EXPECT_THAT(text, HasSubstr("3.00 MiB   of the program's resident memory"));
  EXPECT_THAT(text, HasSubstr("0   events dropped, 0 stacks truncated, 0 overflowed, 0 lost, 0 guessed"));
}

TEST(ReportText, ResidentMemoryIsTheProgramsIfThatIsKnown) {
  v1::Summary summary = test::summary();
  EXPECT_THAT(summaryText(summary), Not(HasSubstr("  resident ")));
  summary.set_target_max_rss_bytes(4 << 20);
  EXPECT_THAT(summaryText(summary), HasSubstr("4.00 MiB   the most that was seen, with heaptap's own"));
  summary.set_max_rss_bytes(3 << 20);
  EXPECT_THAT(summaryText(summary), HasSubstr("3.00 MiB   the most that was seen, as the kernel counts\n"));
}

TEST(ReportText, SnapshotsAreAmongTheMarks) {
  v1::Summary summary = test::summary();
  summary.add_marks()->set_name("full");
  EXPECT_THAT(summaryText(summary), Not(HasSubstr("(snapshot)")));
  summary.mutable_marks(0)->set_snapshot(true);
  EXPECT_THAT(summaryText(summary), HasSubstr("full: 0 B live in 0 blocks (snapshot)"));
}

}  // namespace
}  // namespace heaptap::exporting
