// SPDX-License-Identifier: Apache-2.0
#include "gui/models/sessions/session_text.h"

#include <gtest/gtest.h>

namespace heaptap::gui {
namespace {

TEST(SessionText, ShowsACommandAsOneCouldTypeIt) {
  EXPECT_EQ(commandText({"jq", ".[] | length", "a.json"}), "jq '.[] | length' a.json");
  EXPECT_EQ(commandText({"echo", ""}), "echo ''");
  EXPECT_EQ(commandText({"it's"}), "'it'\\''s'");
}

TEST(SessionText, ACommandStaysOnOneLine) {
  const QString text = commandText({"echo", "two\nlines\x1b[31m"});
  EXPECT_FALSE(text.contains('\n'));
  EXPECT_FALSE(text.contains(QChar(0x1B)));
}

TEST(SessionText, SaysHowTheProcessFared) {
  Summary summary;
  summary.session = {.id = "1",
                     .command = {"jq"},
                     .pid = 42,
                     .startedAtUnixNs = 0,
                     .durationNs = 1'230'000'000,
                     .state = SessionState::Complete,
                     .file = {},
                     .parentId = {},
                     .image = 0};
  summary.end = "exited 0";
  summary.host = "box";
  summary.threads = 2;
  EXPECT_EQ(processText(summary),
            "pid 42 on box  ·  exited 0  ·  started 1970-01-01 00:00:00 UTC  ·  ran 1.23 s  ·  2 threads");
  summary.session.state = SessionState::Live;
  summary.end.clear();
  EXPECT_TRUE(processText(summary).contains("·  running  ·"));
  summary.pausedSinceNs = 500'000'000;
  EXPECT_TRUE(processText(summary).contains("·  recording is paused since 500 ms  ·"))
      << processText(summary).toStdString();
}

TEST(SessionText, CallsTheRestLeakedOnlyWhenTheProcessCouldHaveFreedIt) {
  Summary summary;
  summary.session.state = SessionState::Live;
  EXPECT_EQ(remainsText(summary.remains()), "Live");
  summary.session.state = SessionState::Complete;
  EXPECT_EQ(remainsText(summary.remains()), "Leaked");
  EXPECT_EQ(leftText(summary.remains()), "Left at end");
  summary.liveAtEnd = true;
  EXPECT_EQ(remainsText(summary.remains()), "Live at end");
  summary.liveAtEnd = false;
  summary.session.state = SessionState::CutShort;
  EXPECT_EQ(remainsText(summary.remains()), "Live at end");
}

TEST(SessionText, AddsUpWhatIsKnownOfTheCost) {
  EXPECT_EQ(costNs({}), std::nullopt) << "unknown is not nothing";
  OwnCost cost;
  cost.relayCpuNs = 200'000'000;
  EXPECT_EQ(costNs(cost), 200'000'000U);
  cost.agentCpuNs = 100'000'000;
  cost.overflowedStacks = 1'234;
  EXPECT_EQ(costNs(cost), 300'000'000U);
  EXPECT_EQ(costLines(cost).join('|'),
            "In the program: ≈ 100 ms (one event in some hundreds is timed).|"
            "Relay: 200 ms, for all the sessions that it records.|"
            "Allocations without a stack, as the table was full: 1,234.");
}

TEST(SessionText, SaysHowGoodEstimatesAre) {
  EXPECT_EQ(samplingText({.interval = 512U << 10, .samples = 12'345}),
            "≈ estimates from 12,345 samples, one each 512 KiB on average; ± is one standard error. "
            "Allocations and "
            "frees in all are exact.");
}

TEST(SessionText, EachReasonForDropsHasALine) {
  EXPECT_TRUE(dropLines({}).isEmpty());
  EXPECT_EQ(dropLines({{.events = 1234, .cause = "it was full", .remedy = "a larger one helps"},
                       {.events = 1, .cause = "it was late", .remedy = "wait"}}),
            (QStringList{"1,234 because it was full; a larger one helps.", "1 because it was late; wait."}));
}

}  // namespace
}  // namespace heaptap::gui
