// SPDX-License-Identifier: Apache-2.0
#include "export/report/leak_groups_text.h"

#include <gmock/gmock.h>

#include <sstream>

#include "analysis/leaks/leak_analysis.h"
#include "analysis/verdict.h"
#include "export/report/folded_stack.h"
#include "export/report/summary_text.h"
#include "tests/client/profile_builder.h"
#include "text/utf8.h"

namespace heaptap::exporting {
namespace {

using analysis::LeakReport;
using client::ProfileBuilder;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// A program that leaks at two places, and libstdc++'s pool.
class LeakGroupsText : public testing::Test {
 protected:
  LeakGroupsText() {
    builder.summary().mutable_info()->set_state(v1::SESSION_COMPLETE);
    builder.summary().set_executable("/usr/bin/program");
  }
  void leak(std::uint64_t bytes, const std::vector<std::string>& functions, std::uint64_t blocks = 1) {
    builder.count({.size = bytes,
                   .stack = builder.stack(functions),
                   .allocations = blocks,
                   .live = blocks,
                   .atPeak = blocks});
    leaked += bytes * blocks;
    leakedBlocks += blocks;
  }
  void pool() {
    const auto library = builder.module("/usr/lib/libstdc++.so.6");
    const auto loader = builder.module("/lib64/ld-linux-x86-64.so.2");
    builder.count({.size = 72704,
                   .stack = builder.stackOf({builder.place({}, 0, library), builder.place({}, 0, loader)}),
                   .allocations = 1,
                   .live = 1,
                   .atPeak = 1});
    leaked += 72704;
    ++leakedBlocks;
  }
  client::SiteTable table() {
    builder.summary().set_live_bytes(leaked);
    builder.summary().set_live_blocks(leakedBlocks);
    builder.summary().set_peak_bytes(leaked);
    builder.summary().set_peak_at_ns(5'000'000);
    return client::SiteTable(builder.profile());
  }
  std::string text(const LeakStyle& style = {}) {
    return leakGroupsText(analysis::leakReport(table()), style);
  }

  ProfileBuilder builder;
  std::uint64_t leaked = 0;
  std::uint64_t leakedBlocks = 0;
};

TEST_F(LeakGroupsText, APlaceHasItsNumbersItsStackAndNoRuntimeFrames) {
  leak(100,
       {"malloc", "std::string::append(char)", "std::string::push_back(char)", "parse", "main",
        "__libc_start_call_main", "_start"},
       3);
  leak(50, {"draw", "main", "__libc_start_call_main", "_start"});
  pool();
  const std::string shown = text();
  EXPECT_THAT(shown, HasSubstr("LEAKED  350 B in 4 blocks at 2 places\n"));
  EXPECT_THAT(shown, HasSubstr("[1]   300 B in 3 blocks (85.7 %), none of which was freed\n"));
  EXPECT_THAT(shown, HasSubstr("[2]   50 B in 1 block (14.3 %), the only one that was made there\n"));
  EXPECT_THAT(shown, HasSubstr("push_back"));
  EXPECT_THAT(shown, Not(HasSubstr("append")));
  EXPECT_THAT(shown, Not(HasSubstr("_start")));
  EXPECT_THAT(shown, HasSubstr("KEPT TO THE END ON PURPOSE  71.0 KiB in 1 block, not counted above\n\n"
                               "    71.0 KiB in 1 block      libstdc++: emergency pool for exceptions\n"));
  EXPECT_THAT(text({.names = {.allFrames = true}}), AllOf(HasSubstr("append"), HasSubstr("_start")));
}

TEST_F(LeakGroupsText, AProgramThatLeaksNothingSaysSo) {
  pool();
  EXPECT_THAT(text(), HasSubstr("LEAKED  nothing of the program's own\n"));
  const auto sites = table();
  const auto leaks = analysis::leakReport(sites);
  EXPECT_EQ(analysis::verdict(sites, leaks), "nothing leaks; peak 71.0 KiB after 5.00 ms.");
  EXPECT_THAT(verdictText(sites, leaks, "a.heaptap"), AllOf(HasSubstr("Nothing leaks"), Not(HasSubstr("→"))));
  EXPECT_THAT(summaryText(*leaks.profile.summary, &leaks),
              AllOf(HasSubstr("left at end           71.0 KiB"),
                    HasSubstr("                             0 B   leaked, in 0 blocks\n"
                              "                        71.0 KiB   kept on purpose, in 1 block\n")));
}

TEST_F(LeakGroupsText, WhatIsSuppressedOrInAnotherHeapIsNotPassedOverWhereNothingLeaks) {
  leak(100, {"parse", "main"}, 3);
  builder.summary().add_heaps()->set_name("arena");
  builder.summary().mutable_heaps(0)->set_id(1);
  analysis::Suppressions suppressions;
  ASSERT_TRUE(suppressions.add("my.supp", "leak:parse\n"));
  const auto sites = table();
  EXPECT_THAT(analysis::verdict(sites, analysis::leakReport(sites, {.suppressions = &suppressions})),
              testing::StartsWith("nothing leaks but what is suppressed, 300 B in 3 blocks; peak"));
  EXPECT_THAT(analysis::verdict(sites, analysis::leakReport(sites, {.heap = model::HeapId{1}})),
              testing::StartsWith(
                  "in the heap arena, nothing leaks, and nothing is left; 300 B left in malloc's heap"));
}

TEST_F(LeakGroupsText, OfAHistoryWithoutABeginningThatIsSaid) {
  leak(100, {"parse", "main"}, 3);
  const auto sites = table();
  auto leaks = analysis::leakReport(sites);
  analysis::LeakHistory history;
  history.liveBytes = std::vector<std::uint64_t>(48, 300);
  history.knownFromNs = 2'170'000'000;
  history.endNs = 2'600'000'000;
  history.lastAllocationNs = 2'470'000'000;
  history.oldestAgeNs = 2'561'000'000;
  leaks.groups.front().history = history;
  EXPECT_THAT(
      leakGroupsText(leaks, {}),
      HasSubstr(
          "  made before 2.17 s, until 2.47 s of 2.60 s\n        earlier events are not stored; of what is "
          "left, the oldest was made after 39.0 ms\n"));
  leaks.groups.front().history->firstAllocationNs = 2'180'000'000;
  EXPECT_THAT(leakGroupsText(leaks, {}),
              AllOf(HasSubstr("  made from 2.18 s to 2.47 s of 2.60 s\n"), Not(HasSubstr("not stored"))));
}

TEST_F(LeakGroupsText, TheVerdictNamesThePlaceToBeginWith) {
  leak(100, {"app::parse(int)", "main"}, 3);
  leak(50, {"draw", "main"});
  const auto sites = table();
  const std::string shown = verdictText(sites, analysis::leakReport(sites), "my session");
  EXPECT_THAT(shown,
              HasSubstr("2 places leak 350 B; peak 350 B after 5.00 ms, 85.7 % of it from app::parse.\n"));
  EXPECT_THAT(shown, HasSubstr("→ begin with app::parse: 85.7 % of what leaks\n"));
  EXPECT_THAT(shown, HasSubstr("heaptap suppress 'my session'"));
}

TEST_F(LeakGroupsText, OfSeveralStacksTheLargestIsShownUntilAllAreAskedFor) {
  leak(100, {"parse", "first", "main"});
  leak(10, {"parse", "second", "main"});
  EXPECT_THAT(text(), AllOf(HasSubstr("and 1 more stack with 10 B in 1 block (--expand shows them)"),
                            Not(HasSubstr("second"))));
  EXPECT_THAT(text({.expands = true}),
              AllOf(HasSubstr("      10 B in 1 block, of 1 allocation\n"), HasSubstr("second")));
}

TEST_F(LeakGroupsText, LongStacksAreFoldedInTheMiddleAndWhereAnEarlierOneWasShown) {
  std::vector<std::string> deep;
  for (int i = 0; i < 30; ++i) deep.push_back("f" + std::to_string(i) + "_");
  leak(100, deep);
  std::vector<std::string> other(deep.begin() + 25, deep.end());
  other.insert(other.begin(), "other");
  leak(50, other);
  const std::string shown = text();
  EXPECT_THAT(shown,
              HasSubstr("f9_   (program)\n        … 16 frames (--all-frames shows them)\n        f26_"));
  EXPECT_THAT(shown, HasSubstr("other  (program)\n        f25_   (program)\n        … 4 frames as in [1]\n"));
}

TEST_F(LeakGroupsText, TheSourceLineIsShownWithItsDoubt) {
  builder.count(
      {.size = 8,
       .stack = builder.stackOf({builder.place({{.function = "make", .file = "/src/a.c", .line = 12}})}),
       .allocations = 1,
       .live = 1});
  const auto source = [](const client::StackLine& line) -> std::optional<SourceLine> {
    EXPECT_EQ(line.line, 12U);
    return SourceLine{.text = "p = malloc(8);\x1b[31m", .doubt = "the source has changed"};
  };
  EXPECT_THAT(text({.source = source}),
              HasSubstr("          12 | p = malloc(8);\\x1b[31m\n          (the source has changed)\n"));
  EXPECT_THAT(text({.source = [](const client::StackLine&) { return std::optional<SourceLine>(); }}),
              Not(HasSubstr("12 |")));
}

TEST_F(LeakGroupsText, WhatIsSuppressedAndWhatDidNotMatchIsListed) {
  leak(100, {"parse", "main"});
  leak(10, {"draw", "main"});
  analysis::Suppressions suppressions;
  ASSERT_TRUE(suppressions.add("my.supp", "leak:draw\nleak:gone\n"));
  const auto sites = table();
  const std::string shown = leakGroupsText(analysis::leakReport(sites, {.suppressions = &suppressions}), {});
  EXPECT_THAT(shown, HasSubstr("LEAKED  100 B in 1 block at 1 place\n"));
  EXPECT_THAT(shown, HasSubstr("SUPPRESSED  10 B in 1 block, not counted above\n\n"
                               "        10 B in 1 block      leak:draw (my.supp)\n"));
  EXPECT_THAT(shown, HasSubstr("SUPPRESSIONS WITHOUT A USE  1 matched nothing\n\n  my.supp:2  leak:gone\n"));
}

TEST_F(LeakGroupsText, NoLineIsWiderThanAHundredColumnsOrSpeaksToTheTerminal) {
  leak(100, {"app::" + std::string(300, 'x') + "(int)", "\x1b[31m\nred", "main"});
  leak(50, {std::string(1 << 20, '<'), "main"});
  leak(20, {"\xFF\xFE", "main"});
  const auto sites = table();
  const auto leaks = analysis::leakReport(sites);
  std::istringstream lines(leakGroupsText(leaks, {}));
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(width(line), kReportColumns) << line;
    EXPECT_EQ(line.find('\x1b'), std::string::npos);
  }
  EXPECT_EQ(verdictText(sites, leaks, "a").find('\x1b'), std::string::npos);
}

TEST(Sparkline, TheLargestValueIsFullAndZeroIsEmpty) {
  EXPECT_EQ(sparkline({0, 1, 4, 8}, 8), " ▂▅█");
  EXPECT_EQ(sparkline({}, 8), "");
  EXPECT_EQ(sparkline({0, 0}, 8), "  ");
  EXPECT_EQ(width(sparkline(std::vector<std::uint64_t>(48, 1), 32)), 32U);
  EXPECT_EQ(sparkline({~std::uint64_t{0}, 1}, 2), "█▁");
}

}  // namespace
}  // namespace heaptap::exporting
