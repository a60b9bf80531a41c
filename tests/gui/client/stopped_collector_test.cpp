// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <signal.h>

#include <QTest>

#include "gui/client/sessions/session_watch.h"
#include "tests/gui/live_program.h"
#include "tests/gui/profile_source_at.h"
#include "tests/support/child_process.h"

namespace heaptap::gui {
namespace {

constexpr int kStoppedLimitMs = 30'000;
/// After the collector goes on. A rest for the seconds that it was stopped would be longer.
constexpr int kFollowsWithinMs = 8'000;

TEST(AStoppedCollector, IsSilentAndEverythingFollowsOnceItGoesOn) {
  const heaptap::test::TemporaryFolder folder;
  const std::string address = "unix:" + (folder / "sock").string();
  heaptap::test::ChildProcess collector(
      {.argv = {HEAPTAPD, "--listen", address, "--data", (folder / "data").string()}});
  ASSERT_TRUE(collector.waitForOutput("listening on"));
  test::LiveProgram live(address);
  const auto stack = live.program.stack({"parse", "main"});
  live.program.at(1'000).allocate(512, stack);
  live.send();

  QueryClient client(test::sourceAt(address));
  SessionWatch watch(client, {});
  int statuses = 0;
  int silences = 0;
  quint64 ofSites = 0;
  quint64 ofTimeline = 0;
  QObject::connect(&watch, &SessionWatch::statusArrived, &watch, [&] { ++statuses; });
  QObject::connect(&watch, &SessionWatch::fellSilent, &watch, [&] { ++silences; });
  QObject::connect(&watch, &SessionWatch::sitesArrived, &watch, [&](const Sites& sites) {
    ofSites = sites->numbers().empty() ? 0 : sites->numbers()[0].liveBytes;
  });
  QObject::connect(&watch, &SessionWatch::timelineArrived, &watch, [&](const Timeline& timeline) {
    ofTimeline = timeline.buckets.empty() ? 0 : timeline.buckets.back().liveBytes;
  });
  ASSERT_TRUE(
      QTest::qWaitFor([&] { return statuses > 0 && ofSites == 512 && ofTimeline == 512; }, kStoppedLimitMs));

  collector.signal(SIGSTOP);
  ASSERT_TRUE(QTest::qWaitFor([&] { return silences == 1; }, kStoppedLimitMs));
  collector.signal(SIGCONT);
  live.program.at(5'000).allocate(1'024, stack);
  live.send();
  EXPECT_TRUE(QTest::qWaitFor([&] { return ofSites == 1'536 && ofTimeline == 1'536; }, kFollowsWithinMs));
}

}  // namespace
}  // namespace heaptap::gui
