// SPDX-License-Identifier: Apache-2.0
#include "gui/models/sessions/summary_page.h"

#include <gtest/gtest.h>

#include "tests/gui/leak_list.h"
#include "tests/gui/site_set.h"

namespace heaptap::gui {
namespace {

Summary summaryOfPage(SessionState state) {
  Summary summary;
  summary.session.state = state;
  summary.liveBytes = 2'048;
  summary.liveBlocks = 2;
  summary.peakBytes = 1U << 20;
  summary.peakAtNs = 3'000'000'000;
  summary.allocations = 100;
  return summary;
}

TEST(SummaryPage, SaysWhatASessionComesTo) {
  const Summary live = summaryOfPage(SessionState::Live);
  EXPECT_EQ(verdictText({.summary = live}), "It runs: 2.00 KiB in 2 blocks are live.");
  const Summary ended = summaryOfPage(SessionState::Complete);
  EXPECT_EQ(verdictText({.summary = ended}), "What of its memory leaked is being worked out.");
  EXPECT_EQ(verdictText({.summary = ended, .leaks = test::noOwnLeaks()}),
            "It leaked nothing of its own. Kept on purpose: 71.0 KiB.");
  EXPECT_EQ(verdictText({.summary = ended, .leaks = test::threeLeaks()}),
            "It leaked 4.10 KiB in 9 blocks, at 2 places. Kept on purpose: 71.0 KiB.");
  Summary sampled = ended;
  sampled.sampling = Sampling{.interval = 512};
  EXPECT_EQ(verdictText({.summary = sampled, .leaks = test::noOwnLeaks()}),
            "No sampled block leaked; others may have. Kept on purpose: ≈ 71.0 KiB.");
  const Summary killed = summaryOfPage(SessionState::CutShort);
  EXPECT_TRUE(verdictText({.summary = killed}).startsWith("It did not end by itself: 2.00 KiB in 2 blocks"));
}

TEST(SummaryPage, NamesWhatIsNotCountedAsALeak) {
  Summary ended = summaryOfPage(SessionState::Complete);
  Heap textures;
  textures.name = "textures";
  textures.liveBytes = 1'024;
  ended.heaps = {textures};
  auto groups = *test::threeLeaks();
  groups[1].kind = LeakKind::Suppressed;
  LeakGroup pooled = groups[0];
  pooled.heapName = "textures";
  groups.push_back(pooled);
  EXPECT_EQ(verdictText({.summary = ended, .leaks = std::make_shared<const std::vector<LeakGroup>>(groups)}),
            "It leaked 4.00 KiB in 8 blocks, at 1 place. Suppressed: 100 B. Kept on purpose: 71.0 KiB. "
            "Left in the heap textures: 1.00 KiB.");
}

TEST(SummaryPage, SaysThatItDoesNotFollowTheTime) {
  const Summary live = summaryOfPage(SessionState::Live);
  EXPECT_FALSE(summaryPage({.summary = live}).contains("time that is chosen"));
  EXPECT_TRUE(summaryPage({.summary = live, .isTimeChosen = true}).contains("of now, not of the time"));
  const Summary ended = summaryOfPage(SessionState::Complete);
  EXPECT_TRUE(summaryPage({.summary = ended, .isTimeChosen = true}).contains("of the end, not of the time"));
}

TEST(SummaryPage, NamesTheLargestSitesWithTheirShares) {
  const Summary summary = summaryOfPage(SessionState::Live);
  std::vector<test::SiteText> texts;
  for (quint64 stack = 1; stack <= 9; ++stack)
    texts.push_back({.stack = stack,
                     .functions = QStringLiteral("f%1").arg(stack),
                     .liveBytes = stack * 100,
                     .liveBlocks = 1,
                     .allocations = stack == 1 ? 90U : 0U});
  const QString page = summaryPage({.summary = summary, .sites = test::siteSet(texts)});
  EXPECT_TRUE(page.contains("f9")) << page.toStdString();
  EXPECT_TRUE(page.contains("f5"));
  EXPECT_FALSE(page.contains(">f4<")) << "five of each";
  EXPECT_TRUE(page.contains("43.9 %")) << "900 of 2,048 bytes";
  EXPECT_LT(page.indexOf("f9"), page.indexOf("f8"));
  EXPECT_TRUE(page.contains("href=\"time:3000000000\""));
}

TEST(SummaryPage, ShowsNamesAsTheyAreAndNotAsMarkup) {
  Summary summary = summaryOfPage(SessionState::Live);
  summary.notes = {"a <b>note</b> & more"};
  const QString page =
      summaryPage({.summary = summary,
                   .sites = test::siteSet(
                       {{.stack = 1, .functions = "<img src=x>;main", .liveBytes = 5, .liveBlocks = 1}})});
  EXPECT_FALSE(page.contains("<img"));
  EXPECT_TRUE(page.contains("&lt;img"));
  EXPECT_TRUE(page.contains("a &lt;b&gt;note&lt;/b&gt; &amp; more"));
}

}  // namespace
}  // namespace heaptap::gui
