// SPDX-License-Identifier: Apache-2.0
#include "cli/report/report_text.h"

#include <gmock/gmock.h>

#include <sstream>

#include "cli/report/size_histogram_text.h"
#include "cli/report/summary_text.h"
#include "tests/cli/synthetic_session.h"
#include "text/utf8.h"

namespace heaptap::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

SiteList twoSites() {
  SiteList list{
      {test::site("jv_mem_alloc"), test::site("std::vector<std::pair<int, std::string>>::grow(int)")}, 2};
  list.sites[1].set_peak_bytes(77);
  list.sites[1].set_allocations(500'000);
  list.sites[1].set_temporaries(0);
  return list;
}

TEST(ReportText, TheSummaryShowsEveryNumber) {
  const std::string text = summaryText(test::summary());
  EXPECT_THAT(text, HasSubstr("jq . 'big file.json'"));
  EXPECT_THAT(text, HasSubstr("2023-11-14 22:13:20 UTC, 1.50 s, exited 0\n"));
  EXPECT_THAT(text, HasSubstr("1,030,412   52.3 MiB in all"));
  EXPECT_THAT(text, HasSubstr("78.8 % of the allocations"));
  EXPECT_THAT(text, HasSubstr("12.3 MiB   12,902,400 bytes, after 812 ms"));
  EXPECT_THAT(text, HasSubstr("  leaked                1.20 KiB   1,228 bytes in 12 blocks"));
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
  EXPECT_THAT(leaksText(summary, twoSites(), {}),
              HasSubstr("LIVE AT END  1.20 KiB in 12 blocks from 2 sites"));
}

TEST(ReportText, LeaksSayHowMuchIsNotShown) {
  SiteList leaks{{test::site("jv_mem_alloc")}, 3};
  const std::string text = leaksText(test::summary(), leaks, {});
  EXPECT_THAT(text, HasSubstr("1.00 KiB in 10 blocks (83.4 %), of 1,434 allocations there"));
  EXPECT_THAT(text, HasSubstr("jv_mem_alloc           src/jv_alloc.c:123 (libjq.so.1.0.4, inlined)"));
  EXPECT_THAT(text, HasSubstr("libjq.so.1.0.4+0x4f2a  (libjq.so.1.0.4, guessed)"));
  EXPECT_THAT(text, HasSubstr("2 more sites with 204 B in 2 blocks"));
}

TEST(ReportText, EachRankedSiteIsShownOnceInDetail) {
  const std::string text = sitesText(test::summary(), twoSites(), 1, {});
  EXPECT_THAT(text,
              HasSubstr("TOP SITES BY PEAK  of 12.3 MiB live at the peak\n\n   [1]     8.00 MiB   65.0 %"));
  EXPECT_THAT(
      text, HasSubstr("TOP SITES BY ALLOCATIONS  of 1,030,412 allocations\n\n   [2]      500,000   48.5 %"));
  EXPECT_THAT(text, HasSubstr("TOP SITES BY TEMPORARIES  of 812,000 temporary allocations\n\n   [1] "));
  EXPECT_THAT(text, HasSubstr("16-31 B  1,234  ########################################\n"));
  EXPECT_THAT(text, HasSubstr(" 4-8 KiB    200  ######\n"));
}

TEST(ReportText, NoLineIsWiderThanAHundredColumns) {
  SiteList sites = twoSites();
  sites.sites[1].mutable_lines(0)->set_function(std::string(300, 'x'));
  std::istringstream lines(summaryText(test::summary()) + leaksText(test::summary(), sites, {}) +
                           sitesText(test::summary(), sites, 5, {}));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(width(line), kReportColumns) << line;
}

TEST(ReportText, FullNamesAreNotShortened) {
  SiteList sites = twoSites();
  const std::string name(300, 'x');
  sites.sites[0].mutable_lines(0)->set_function(name);
  EXPECT_THAT(leaksText(test::summary(), sites, {.full = true}), HasSubstr(name));
  EXPECT_THAT(leaksText(test::summary(), sites, {}), Not(HasSubstr(name)));
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
  EXPECT_THAT(text, HasSubstr("  leaked                1.20 KiB   ± 300 B in 12 blocks ± 3"));
  EXPECT_THAT(text, HasSubstr("sampled"));
  EXPECT_THAT(text, HasSubstr("214"));
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
}  // namespace heaptap::cli
