// SPDX-License-Identifier: Apache-2.0
#include "gui/client/session_watch.h"

#include <gtest/gtest.h>

#include <QSignalSpy>
#include <QTest>
#include <optional>

#include "gui/client/channel.h"
#include "gui/client/session_lister.h"
#include "tests/gui/live_program.h"

namespace heaptap::gui {
namespace {

constexpr int kLimitMs = 30'000;

/// What has arrived last from a watch.
struct Seen {
  explicit Seen(SessionWatch& watch) {
    QObject::connect(&watch, &SessionWatch::summaryArrived, &context,
                     [this](const Summary& arrived) { summary = arrived; });
    QObject::connect(&watch, &SessionWatch::timelineArrived, &context,
                     [this](const Timeline& arrived) { timeline = arrived; });
    QObject::connect(&watch, &SessionWatch::sitesArrived, &context,
                     [this](const Sites& arrived) { sites = arrived; });
    QObject::connect(&watch, &SessionWatch::findingsArrived, &context,
                     [this](const Findings& arrived) { findings = arrived; });
    QObject::connect(&watch, &SessionWatch::statusArrived, &context,
                     [this](const LiveStatus& arrived) { status = arrived; });
    QObject::connect(&watch, &SessionWatch::finished, &context, [this] { ++finished; });
    QObject::connect(&watch, &SessionWatch::failed, &context,
                     [this](const Error& arrived) { error = arrived; });
  }
  QObject context;
  std::optional<Summary> summary;
  std::optional<Timeline> timeline;
  Sites sites;
  Findings findings;
  std::optional<LiveStatus> status;
  std::optional<Error> error;
  int finished = 0;
};

template <class Condition>
bool until(Condition condition) {
  return QTest::qWaitFor(condition, kLimitMs);
}

class Watch : public testing::Test {
 protected:
  std::unique_ptr<QueryClient> clientOf(const std::string& address) {
    return std::make_unique<QueryClient>(*openChannel(address), address);
  }

  heaptap::test::TemporaryFolder folder;
};

TEST_F(Watch, FollowsALiveSessionToItsEnd) {
  test::LiveCollector collector(folder);
  test::LiveProgram live(collector.address());
  const auto stack = live.program.stack({"parse", "main"});
  const auto first = live.program.at(1'000).allocate(100, stack);
  live.send();

  const auto client = clientOf(collector.address());
  SessionWatch watch(*client, {});
  Seen seen(watch);
  ASSERT_TRUE(until([&] { return seen.summary && seen.sites && seen.status; }));
  EXPECT_TRUE(seen.summary->session.isLive());
  EXPECT_EQ(seen.summary->liveBytes, 100U);
  ASSERT_EQ(seen.sites->sites.size(), 1U);
  EXPECT_EQ(seen.sites->sites[0].liveBlocks, 1U);
  EXPECT_EQ(seen.finished, 0);

  live.program.at(5'000).allocate(5'000, stack);
  live.send();
  ASSERT_TRUE(until([&] { return seen.status->liveBytes == 5'100; }));
  ASSERT_TRUE(until([&] { return seen.sites->sites[0].liveBlocks == 2; }));
  EXPECT_EQ(seen.timeline->buckets.back().liveBytes, 5'100U);

  live.program.at(9'000).free(first);
  live.exit(0);
  ASSERT_TRUE(until([&] { return seen.finished > 0; }));
  EXPECT_EQ(seen.summary->session.state, SessionState::Complete);
  EXPECT_EQ(seen.summary->end, "exited 0");
  EXPECT_EQ(seen.summary->liveBytes, 5'000U);
  EXPECT_EQ(seen.sites->sites[0].liveBlocks, 1U);
  EXPECT_FALSE(seen.error) << seen.error->line();
}

TEST_F(Watch, SeesFindingsAndMarksAsTheyCome) {
  test::LiveCollector collector(folder);
  test::LiveProgram live(collector.address());
  const auto block = live.program.at(1'000).allocate(24, live.program.stack({"makeNode", "main"}));
  live.send();
  const auto client = clientOf(collector.address());
  SessionWatch watch(*client, {});
  Seen seen(watch);
  ASSERT_TRUE(until([&] { return seen.findings != nullptr; }));
  EXPECT_TRUE(seen.findings->empty());

  live.program.at(2'000).free(block);
  live.mark("dropped", 2'500);
  const auto again = live.program.stack({"dropNode", "main"});
  live.freeTwice(1, again);
  live.send();
  ASSERT_TRUE(until([&] { return seen.findings->size() == 1; }));
  EXPECT_EQ(seen.findings->front().words, "double free");
  EXPECT_EQ(seen.findings->front().free.at(0).function, "dropNode");
  EXPECT_EQ(seen.findings->front().allocation.at(0).function, "makeNode");
  ASSERT_EQ(seen.summary->marks.size(), 1U);
  EXPECT_EQ(seen.summary->marks[0].name, "dropped");
  EXPECT_EQ(seen.summary->marks[0].liveBytes.value, 0U);

  live.freeTwice(5, again);
  live.exit(0);
  ASSERT_TRUE(until([&] { return seen.finished > 0; }));
  ASSERT_EQ(seen.findings->size(), 1U);
  EXPECT_EQ(seen.findings->front().count, 5U);
}

TEST_F(Watch, ShowsAStoredSessionOnce) {
  test::LiveCollector collector(folder);
  {
    test::LiveProgram ended(collector.address());
    ended.program.at(1'000).allocate(64, ended.program.stack({"main"}));
    ended.exit(3);
  }
  const auto client = clientOf(collector.address());
  SessionWatch watch(*client, {});
  Seen seen(watch);
  ASSERT_TRUE(until([&] { return seen.finished == 1; }));
  EXPECT_EQ(seen.summary->end, "exited 3");
  EXPECT_EQ(seen.sites->sites[0].liveBytes, 64U);
}

TEST_F(Watch, ReportsACollectorThatIsAwayAndRecoversWhenItComes) {
  const std::string address = "unix:" + (folder / "sock").string();
  const auto client = clientOf(address);
  SessionWatch watch(*client, {});
  Seen seen(watch);
  ASSERT_TRUE(until([&] { return seen.error.has_value(); }));
  EXPECT_EQ(seen.error->code, Code::Unavailable);
  EXPECT_EQ(seen.error->where, address);

  test::LiveCollector collector(folder);
  test::LiveProgram live(address);
  live.program.at(1'000).allocate(32, live.program.stack({"main"}));
  live.send();
  ASSERT_TRUE(until([&] { return seen.summary && seen.summary->liveBytes == 32; }));
}

TEST_F(Watch, ReportsACollectorThatGoesAway) {
  auto collector = std::make_unique<test::LiveCollector>(folder);
  test::LiveProgram live(collector->address());
  live.program.at(1'000).allocate(32, live.program.stack({"main"}));
  live.send();
  const auto client = clientOf(collector->address());
  SessionWatch watch(*client, {});
  Seen seen(watch);
  ASSERT_TRUE(until([&] { return seen.status.has_value(); }));
  collector->server().shutdown();
  collector.reset();
  ASSERT_TRUE(until([&] { return seen.finished > 0 || seen.error.has_value(); }));
}

TEST_F(Watch, ReportsASessionThatIsNotThere) {
  test::LiveCollector collector(folder);
  const auto client = clientOf(collector.address());
  SessionWatch watch(*client, "ffff");
  Seen seen(watch);
  ASSERT_TRUE(until([&] { return seen.error.has_value(); }));
  EXPECT_EQ(seen.error->code, Code::NotFound);
}

TEST_F(Watch, TheListerSeesSessionsComeAndEnd) {
  test::LiveCollector collector(folder);
  const auto client = clientOf(collector.address());
  SessionLister lister(*client, SessionLister::Sessions::ComeAndGo);
  SessionList sessions;
  bool isListed = false;
  QObject::connect(&lister, &SessionLister::listed, &lister, [&](const SessionList& listed) {
    sessions = listed;
    isListed = true;
  });
  ASSERT_TRUE(until([&] { return isListed; }));
  EXPECT_TRUE(sessions.empty());
  test::LiveProgram live(collector.address());
  ASSERT_TRUE(until([&] { return sessions.size() == 1; }));
  EXPECT_TRUE(sessions[0].isLive());
  EXPECT_EQ(sessions[0].command.join(' '), "/usr/bin/program --fast");
  live.exit(0);
  ASSERT_TRUE(until([&] { return !sessions[0].isLive(); }));
}

}  // namespace
}  // namespace heaptap::gui
