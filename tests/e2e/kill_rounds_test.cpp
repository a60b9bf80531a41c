// SPDX-License-Identifier: Apache-2.0
//
// Relay, collector and target are killed at random points, again and again, on one daemon. Each time the
// books must balance, at the end and at any instant before, also in files that are too small for all events.
// HEAPTAP_KILL_ROUNDS: how many (default 16); HEAPTAP_KILL_SEED: to have a run again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <map>
#include <random>
#include <thread>

#include "tests/e2e/daemon.h"
#include "tests/e2e/environment_number.h"
#include "tests/e2e/recording.h"
#include "tests/support/process_tree.h"

namespace heaptap::test {
namespace {

using namespace std::chrono_literals;

enum class Victim { Collector, CollectorTwice, Relay, Target, RelayAndCollector };
constexpr std::array kVictims{Victim::Collector, Victim::Relay, Victim::Target, Victim::CollectorTwice,
                              Victim::RelayAndCollector};
constexpr std::array kNames{"collector", "collector twice", "relay", "target", "relay and collector"};

class KillRounds : public testing::Test {
 protected:
  explicit KillRounds(const std::vector<std::string>& options = {}) : m_daemon(withTimeout(options)) {}
  static std::vector<std::string> withTimeout(std::vector<std::string> options) {
    options.insert(options.end(), {"--relay-timeout", "0.5"});
    return options;
  }

  /// The point in time is what is random here; nothing is waited for.
  void anyTime(int atMostMs) {
    std::this_thread::sleep_for(std::uniform_int_distribution(0, atMostMs * 1000)(m_random) * 1us);
  }
  void restartCollector() {
    m_daemon.kill();
    anyTime(60);
    m_daemon.start();
  }
  void strike(Victim victim, pid_t run) {
    const pid_t relay = childOf(run, "heaptap-relay");
    const pid_t target = childOf(run, "counted_churn");
    ASSERT_GT(relay, 0);
    ASSERT_GT(target, 0);
    switch (victim) {
      case Victim::Collector: return restartCollector();
      case Victim::CollectorTwice:
        restartCollector();
        anyTime(100);
        return restartCollector();
      case Victim::Relay: ASSERT_EQ(kill(relay, SIGKILL), 0); return;
      case Victim::Target: ASSERT_EQ(kill(target, SIGKILL), 0); return;
      case Victim::RelayAndCollector: ASSERT_EQ(kill(relay, SIGKILL), 0); return restartCollector();
    }
  }

  /// `known`: not before the collector has heard of the session, so that there is one to be judged.
  void playRound(Victim victim, bool known, bool withoutEvents) {
    ChildProcess run(m_daemon.recording(
        {recordedProgram("counted_churn")},
        withoutEvents ? std::vector<std::string>{"--no-events"} : std::vector<std::string>{}));
    ASSERT_TRUE(run.waitForOutput("working\n"));
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (known && m_daemon.list().size() == m_sessions.size())
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "no session";
    anyTime(150);
    ASSERT_NO_FATAL_FAILURE(strike(victim, run.pid()));
    anyTime(50);
    run.closeInput();
    const pid_t target = childOf(run.pid(), "counted_churn");
    EXPECT_TRUE(target < 0 || endsWithin(target, 60s)) << "the target hangs";
    judge(victim, run.finish(), withoutEvents);
  }

  void judge(Victim victim, const Outcome& run, bool withoutEvents) {
    const bool relayDied = victim == Victim::Relay || victim == Victim::RelayAndCollector;
    EXPECT_EQ(run.status, victim == Victim::Target ? 128 + SIGKILL : 0);
    if (relayDied)
      EXPECT_THAT(run.err, testing::HasSubstr("the relay ended early, killed by signal 9"));
    else
      EXPECT_EQ(run.err, "");

    std::set<std::string> now = m_daemon.list();
    std::vector<std::string> added;
    std::set_difference(now.begin(), now.end(), m_sessions.begin(), m_sessions.end(),
                        std::back_inserter(added));
    EXPECT_TRUE(std::includes(now.begin(), now.end(), m_sessions.begin(), m_sessions.end()));
    m_sessions = std::move(now);
    // A relay may die before it has said hello: then there is nothing that could be lost.
    if (relayDied && added.empty()) return;
    ASSERT_EQ(added.size(), 1U);
    const auto report = m_daemon.finalReport(added[0]);
    expectConservation(report);
    if (!withoutEvents) expectEvents(added[0], report["summary"]);
    ++m_judged[victim];
    const std::string end = report["summary"].value("end", "");
    const std::string state = report["summary"].value("state", "");
    if (relayDied) {
      EXPECT_EQ(end, "cut short: the relay is gone");
      EXPECT_EQ(state, "cutShort");
      EXPECT_LE(report["summary"].value("allocations", -1L), ownCounts(run.out).allocations + kRuntimesOwn);
    } else {
      EXPECT_EQ(end, victim == Victim::Target ? "killed by signal 9" : "exited 0");
      EXPECT_EQ(state, "complete");
      if (victim != Victim::Target) expectOwnCounts(report, ownCounts(run.out));
    }
  }

  /// What `heaptap COMMAND --json` says of a session.
  nlohmann::json asked(std::vector<std::string> words, const std::string& session) const {
    words.insert(words.begin(), HEAPTAP_COMMAND);
    words.insert(words.end(), {"--json", "--collector", m_daemon.address(), session});
    const Outcome outcome = runProcess({.argv = std::move(words)});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    return outcome.status == 0 ? nlohmann::json::parse(outcome.out) : nlohmann::json();
  }
  virtual void expectEvents(const std::string& session, const nlohmann::json& summary) {
    expectInstants(session, summary);
  }
  /// Instants of a session with events: live is what was allocated and not freed, and that many blocks are
  /// there. Of all its life: who freed what whom had allocated comes to the same numbers.
  void expectInstants(const std::string& session, const nlohmann::json& summary) {
    for (int i = 0; i < 3; ++i) {
      const std::string at = std::to_string(std::uniform_int_distribution(0, 100)(m_random)) + "%";
      SCOPED_TRACE("at " + at);
      const auto instant = asked({"report", "--at", at}, session).at("instant");
      const long live = instant.at("liveBlocks").get<long>();
      EXPECT_EQ(instant.at("allocations").get<long>() - instant.at("frees").get<long>(), live);
      EXPECT_EQ(asked({"blocks", "--at", at, "--top", "1"}, session).at("blocks"), live);
    }
    const auto cells = asked({"threads"}, session).at("cells");
    long allocations = 0, live = 0;
    for (std::size_t i = 0; i < cells.at("blocks").size(); ++i) {
      const long blocks = cells.at("blocks").at(i).get<long>();
      EXPECT_FALSE(cells.at("allocatedBy").at(i).is_null()) << "all are of the session";
      allocations += blocks;
      if (cells.at("freedBy").at(i).is_null()) live += blocks;
    }
    EXPECT_EQ(allocations, summary.at("allocations").get<long>());
    EXPECT_EQ(live, summary.at("leakedBlocks").get<long>());
  }

  /// More than the C++ runtime and the threads of the program allocate.
  static constexpr long kRuntimesOwn = 100;

  const char* const m_seedWanted = std::getenv("HEAPTAP_KILL_SEED");
  const unsigned long m_seed =
      m_seedWanted != nullptr ? std::strtoul(m_seedWanted, nullptr, 10) : std::random_device()();
  std::mt19937 m_random{static_cast<std::mt19937::result_type>(m_seed)};
  Daemon m_daemon;
  std::set<std::string> m_sessions;
  std::map<Victim, unsigned> m_judged;

  void playRounds(unsigned long eventlessEvery);
};

/// Files that have room for some tenths of a second only.
class KillRoundsInSmallFiles : public KillRounds {
 protected:
  static constexpr const char* kLimit = "320K";

  KillRoundsInSmallFiles() : KillRounds({"--max-file", kLimit}) {}

  /// What is asked of the end is answered; an instant before, if its events are there, and then rightly.
  void expectEvents(const std::string& session, const nlohmann::json& summary) override {
    if (summary.value("eventsNotStored", 0L) == 0) return expectInstants(session, summary);
    ++m_evicted;
    EXPECT_EQ(asked({"blocks", "--at", "end", "--top", "1"}, session).at("blocks"),
              summary.at("leakedBlocks"));
    for (int i = 0; i < 3; ++i) {
      const std::string at = std::to_string(std::uniform_int_distribution(0, 100)(m_random)) + "%";
      SCOPED_TRACE("at " + at);
      const Outcome blocks = runProcess({.argv = {HEAPTAP_COMMAND, "blocks", "--at", at, "--top", "1",
                                                  "--json", "--collector", m_daemon.address(), session}});
      if (blocks.status != 0) {
        EXPECT_EQ(blocks.status, 3);
        EXPECT_THAT(blocks.err, testing::HasSubstr("ask for "));
        continue;
      }
      const auto instant = asked({"report", "--at", at}, session).at("instant");
      EXPECT_EQ(nlohmann::json::parse(blocks.out).at("blocks"), instant.at("liveBlocks"));
    }
    const auto threads = asked({"threads", "--from", "1ms"}, session);
    EXPECT_GT(threads.at("fromSeconds").get<double>(), 0.001);
    long allocations = 0;
    for (std::size_t i = 0; i < threads.at("cells").at("blocks").size(); ++i)
      if (!threads.at("cells").at("allocatedBy").at(i).is_null())
        allocations += threads.at("cells").at("blocks").at(i).get<long>();
    EXPECT_GT(allocations, 0);
    EXPECT_LT(allocations, summary.at("allocations").get<long>());
  }

  unsigned m_evicted = 0;  ///< Sessions of which some events were.
};

void KillRounds::playRounds(unsigned long eventlessEvery) {
  const auto rounds = static_cast<unsigned long>(environmentNumber("HEAPTAP_KILL_ROUNDS", 16));
  std::cout << "HEAPTAP_KILL_SEED=" << m_seed << " HEAPTAP_KILL_ROUNDS=" << rounds << std::endl;
  for (unsigned long round = 0; round < rounds && !HasFailure(); ++round) {
    const Victim victim = kVictims[round % kVictims.size()];
    SCOPED_TRACE("seed " + std::to_string(m_seed) + ", round " + std::to_string(round) + ": the " +
                 kNames[static_cast<std::size_t>(victim)] + " killed");
    playRound(victim, round >= 2 * kVictims.size(),
              eventlessEvery != 0 && round % eventlessEvery == eventlessEvery - 1);
  }
  for (const Victim victim : kVictims)
    EXPECT_GT(m_judged[victim], 0U) << "no round with the " << kNames[static_cast<std::size_t>(victim)];
  EXPECT_EQ(m_daemon.stop().status, 0);
}

TEST_F(KillRounds, TheBooksBalance) { playRounds(2); }

TEST_F(KillRoundsInSmallFiles, SomeInstantsCanAlwaysBeAsked) {
  playRounds(0);
  EXPECT_GT(m_evicted, 0U);
}

}  // namespace
}  // namespace heaptap::test
