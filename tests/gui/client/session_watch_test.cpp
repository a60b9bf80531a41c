// SPDX-License-Identifier: Apache-2.0
#include "gui/client/sessions/session_watch.h"

#include <gtest/gtest.h>

#include <QScopeGuard>
#include <QSignalSpy>
#include <QTest>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <semaphore>

#include "gui/client/sessions/session_lister.h"
#include "tests/client/profile_builder.h"
#include "tests/gui/live_program.h"
#include "tests/gui/profile_source_at.h"

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
    return std::make_unique<QueryClient>(test::sourceAt(address));
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
  ASSERT_EQ(seen.sites->numbers().size(), 1U);
  EXPECT_EQ(seen.sites->numbers()[0].liveBlocks, 1U);
  EXPECT_EQ(seen.finished, 0);

  live.program.at(5'000).allocate(5'000, stack);
  live.send();
  ASSERT_TRUE(until([&] { return seen.status->liveBytes == 5'100; }));
  EXPECT_EQ(seen.status->allocatedBytes, 5'100U);
  EXPECT_EQ(seen.status->temporaries, 0U);
  EXPECT_EQ(seen.status->peakAtNs, 5'000U);
  ASSERT_TRUE(until([&] { return seen.sites->numbers()[0].liveBlocks == 2; }));
  EXPECT_EQ(seen.timeline->buckets.back().liveBytes, 5'100U);

  live.program.at(9'000).free(first);
  live.exit(0);
  ASSERT_TRUE(until([&] { return seen.finished > 0; }));
  EXPECT_EQ(seen.summary->session.state, SessionState::Complete);
  EXPECT_EQ(seen.summary->end, "exited 0");
  EXPECT_EQ(seen.summary->liveBytes, 5'000U);
  EXPECT_EQ(seen.sites->numbers()[0].liveBlocks, 1U);
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
  EXPECT_EQ(seen.sites->numbers()[0].liveBytes, 64U);
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

/// A source that answers what a test wants it to.
class StubSource : public client::ProfileSource {
 public:
  client::ProfileBuilder builder;
  std::optional<Error> error;          ///< In place of every profile.
  std::binary_semaphore mayAnswer{1};  ///< Taken by each question for a profile.
  std::atomic<int> asked = 0;          ///< For a profile.
  std::optional<Error> historyError;   ///< In place of the histories of leaks.
  std::binary_semaphore mayReplay{1};  ///< Taken by each question for histories.
  std::atomic<bool> sendsStatus = false;
  std::atomic<bool> hangs = false;  ///< Nothing is said while it does.

  StubSource() {
    builder.summary().mutable_info()->set_id("1");
    builder.summary().mutable_info()->set_state(v1::SESSION_LIVE);
    builder.count({.size = 8, .stack = builder.stack({"main"}), .allocations = 1, .live = 1});
  }
  Result<std::vector<v1::SessionInfo>> sessions(std::stop_token) override { return {}; }
  Result<v1::Summary> summary(const std::string&, std::stop_token) override {
    hangs.wait(true);
    return builder.summary();
  }
  Result<client::Profile> profile(const std::string&, const client::When&, std::stop_token) override {
    ++asked;
    mayAnswer.acquire();
    mayAnswer.release();
    if (error) return tl::unexpected(*error);
    return builder.profile();
  }
  Result<client::Refreshed> refresh(const client::Profile& before, std::stop_token) override {
    hangs.wait(true);
    return client::Refreshed{.profile = before, .changes = {}};
  }
  Result<client::Description> description(const std::string&, std::stop_token) override {
    return client::Description{.definitions = builder.profile().definitions, .summary = builder.summary()};
  }
  Result<std::vector<v1::FindingReport>> findings(const std::string&, std::stop_token) override { return {}; }
  Result<v1::Timeline> timeline(const std::string&, std::stop_token) override { return v1::Timeline(); }
  Result<std::vector<model::SiteHistory>> histories(const std::string&, const model::HistoryQuery& query,
                                                    std::stop_token) override {
    mayReplay.acquire();
    mayReplay.release();
    if (historyError) return tl::unexpected(*historyError);
    model::SiteHistory history;
    history.firstAllocationNs = 1;
    history.liveBytes = {1, 2, 3, 4, 5, 6, 7, 8};
    return std::vector(query.groups.size(), history);
  }
  Result<Blocks> blocks(const std::string&, const v1::Instant&, const model::BlockQuery&,
                        std::stop_token) override {
    return Blocks();
  }
  Result<model::AddressHistory> lives(const std::string&, std::uint64_t, std::uint64_t, std::uint64_t,
                                      std::stop_token) override {
    return model::AddressHistory();
  }
  Result<model::TimelineSteps> timelineSteps(const std::string&, const model::StepsQuery&, const HearShare&,
                                             std::stop_token) override {
    return model::TimelineSteps();
  }
  Result<model::TimelineSeries> timelineSeries(const std::string&, const model::SeriesQuery&,
                                               const HearShare&, std::stop_token) override {
    return model::TimelineSeries();
  }
  Result<model::ThreadMatrix> threadMatrix(const std::string&, const model::ThreadMatrixQuery&,
                                           const HearShare&, std::stop_token) override {
    return model::ThreadMatrix();
  }
  Result<void> watch(const std::string&, std::chrono::milliseconds,
                     const std::function<void(const v1::Status&)>& onStatus, std::stop_token stop) override {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    do {
      hangs.wait(true);
      if (sendsStatus) onStatus(v1::Status());
    } while (
        !never.wait_for(lock, stop, std::chrono::milliseconds(100), [&] { return stop.stop_requested(); }));
    return {};
  }
  Result<void> command(const std::string&, const v1::ControlCommand&, std::stop_token) override { return {}; }
};

TEST_F(Watch, TheOverviewComesFirstAndGoesOnWhileTheCallSitesTakeLong) {
  const auto source = std::make_shared<StubSource>();
  source->mayAnswer.acquire();
  QueryClient client(source);
  SessionWatch watch(client, "1");
  Seen seen(watch);
  int overviews = 0;
  QObject::connect(&watch, &SessionWatch::timelineArrived, &watch, [&] { ++overviews; });
  ASSERT_TRUE(until([&] { return overviews >= 2; }));
  EXPECT_TRUE(seen.summary);
  EXPECT_FALSE(seen.sites);
  EXPECT_EQ(source->asked, 1) << "what takes long is asked for once";
  source->mayAnswer.release();
  EXPECT_TRUE(until([&] { return seen.sites != nullptr; }));
}

TEST_F(Watch, ASourceThatHangsIsSaidToBeSilentAndWaitingForItIsNoWorkOfIt) {
  const auto source = std::make_shared<StubSource>();
  source->sendsStatus = true;
  QueryClient client(source);
  const auto goOn = qScopeGuard([&] {
    source->hangs = false;
    source->hangs.notify_all();
  });
  SessionWatch watch(client, "1");
  Seen seen(watch);
  int silences = 0;
  int returns = 0;
  int timelines = 0;
  int pictures = 0;
  QObject::connect(&watch, &SessionWatch::fellSilent, &watch, [&] { ++silences; });
  QObject::connect(&watch, &SessionWatch::answersAgain, &watch, [&] { ++returns; });
  QObject::connect(&watch, &SessionWatch::timelineArrived, &watch, [&] { ++timelines; });
  QObject::connect(&watch, &SessionWatch::sitesArrived, &watch, [&] { ++pictures; });
  // Of each question one is answered, so that the next ones hang.
  ASSERT_TRUE(until([&] { return seen.status && timelines >= 2 && pictures >= 2; }));
  EXPECT_EQ(silences, 0);
  source->hangs = true;
  ASSERT_TRUE(until([&] { return silences == 1; }));
  EXPECT_FALSE(seen.error) << "it may go on";
  source->hangs = false;
  source->hangs.notify_all();
  ASSERT_TRUE(until([&] { return returns == 1; }));
  // A rest for the seconds of silence would be three times as long as these.
  timelines = pictures = 0;
  EXPECT_TRUE(QTest::qWaitFor([&] { return timelines >= 3 && pictures >= 3; }, 8'000));
  EXPECT_EQ(silences, 1);
}

TEST_F(Watch, WhatStaysWrongIsNotAskedForAgain) {
  const auto source = std::make_shared<StubSource>();
  source->error = Error{.code = Code::Corrupt, .where = "a.heaptap", .what = "damaged", .remedy = {}};
  QueryClient client(source);
  SessionWatch watch(client, "1");
  Seen seen(watch);
  int failures = 0;
  int overviews = 0;
  QObject::connect(&watch, &SessionWatch::failed, &watch, [&] { ++failures; });
  QObject::connect(&watch, &SessionWatch::timelineArrived, &watch, [&] { ++overviews; });
  ASSERT_TRUE(until([&] { return seen.error.has_value(); }));
  EXPECT_EQ(seen.error->code, Code::Corrupt);
  // Another watch of the same source goes through two of its turns meanwhile.
  source->error.reset();
  SessionWatch other(client, "1");
  int turns = 0;
  QObject::connect(&other, &SessionWatch::timelineArrived, &other, [&] { ++turns; });
  ASSERT_TRUE(until([&] { return turns >= 3; }));
  EXPECT_EQ(failures, 1);
  EXPECT_EQ(overviews, 1);
}

TEST_F(Watch, WhatMayPassIsAskedForAgain) {
  const auto source = std::make_shared<StubSource>();
  source->error = Error{
      .code = Code::Unavailable, .where = "host:1", .what = "no answer", .remedy = {}, .isPassing = true};
  QueryClient client(source);
  SessionWatch watch(client, "1");
  Seen seen(watch);
  int failures = 0;
  QObject::connect(&watch, &SessionWatch::failed, &watch, [&] { ++failures; });
  ASSERT_TRUE(until([&] { return failures >= 2; }));
}

/// Of a program that has ended, and leaks eight bytes.
struct EndedSource : StubSource {
  EndedSource() { builder.summary().mutable_info()->set_state(v1::SESSION_COMPLETE); }
};

TEST_F(Watch, HistoriesOfLeaksComeAfterEverythingElse) {
  const auto source = std::make_shared<EndedSource>();
  source->mayReplay.acquire();
  QueryClient client(source);
  SessionWatch watch(client, "1");
  Leaks leaks;
  bool isFinished = false;
  QObject::connect(&watch, &SessionWatch::leaksArrived, &watch,
                   [&](const Leaks& arrived) { leaks = arrived; });
  QObject::connect(&watch, &SessionWatch::finished, &watch, [&] { isFinished = true; });
  ASSERT_TRUE(until([&] { return leaks != nullptr; }));
  ASSERT_EQ(leaks->size(), 1U);
  EXPECT_FALSE(leaks->front().confidence);
  EXPECT_FALSE(isFinished);
  source->mayReplay.release();
  ASSERT_TRUE(until([&] { return isFinished; }));
  EXPECT_TRUE(leaks->front().confidence);
  EXPECT_EQ(leaks->front().liveBytes.size(), 8U);
}

TEST_F(Watch, LeaksStayWithoutHistoriesWhereThereAreNone) {
  const auto source = std::make_shared<EndedSource>();
  source->historyError = Error{.code = Code::Usage, .where = "1", .what = "no such question", .remedy = {}};
  QueryClient client(source);
  SessionWatch watch(client, "1");
  Seen seen(watch);
  Leaks leaks;
  bool isFinished = false;
  QObject::connect(&watch, &SessionWatch::leaksArrived, &watch,
                   [&](const Leaks& arrived) { leaks = arrived; });
  QObject::connect(&watch, &SessionWatch::finished, &watch, [&] { isFinished = true; });
  ASSERT_TRUE(until([&] { return isFinished; }));
  ASSERT_TRUE(leaks);
  EXPECT_EQ(leaks->size(), 1U);
  EXPECT_FALSE(seen.error);
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
