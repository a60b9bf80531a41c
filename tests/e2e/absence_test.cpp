// SPDX-License-Identifier: Apache-2.0
//
// Relay and collector away for as long as the target lives: it comes to its end all the same, and what was
// lost is counted.
#include <gtest/gtest.h>

#include <csignal>

#include "tests/e2e/daemon.h"
#include "tests/e2e/recording.h"
#include "tests/support/process_tree.h"

namespace heaptap::test {
namespace {

using namespace std::chrono_literals;

/// Events of 16 or 24 bytes: more than twice what fits into the shared memory.
const std::vector<std::string> kLongChurn{recordedProgram("counted_churn"), "4000000"};

class Absence : public testing::Test {
 protected:
  pid_t companion(const ChildProcess& run, const char* word) {
    const pid_t pid = childOf(run.pid(), word);
    EXPECT_GT(pid, 0) << word;
    return pid;
  }
  nlohmann::json onlyReport() {
    const auto sessions = m_daemon.list();
    EXPECT_EQ(sessions.size(), 1U);
    return m_daemon.finalReport(sessions.empty() ? "" : *sessions.begin());
  }
  Daemon m_daemon{{"--relay-timeout", "0.2"}};
};

TEST_F(Absence, OfBothLeavesTheTargetUnharmed) {
  ChildProcess run(m_daemon.recording(kLongChurn));
  ASSERT_TRUE(run.waitForOutput("working\n"));
  const pid_t relay = companion(run, "heaptap-relay");
  const pid_t target = companion(run, "counted_churn");
  ASSERT_EQ(kill(relay, SIGSTOP), 0);
  m_daemon.kill();
  run.closeInput();
  EXPECT_TRUE(endsWithin(target, 120s));
  m_daemon.start();
  ASSERT_EQ(kill(relay, SIGCONT), 0);
  const Outcome outcome = run.finish();
  EXPECT_EQ(outcome.status, 0);
  const auto report = onlyReport();
  EXPECT_EQ(report["summary"].value("end", ""), "exited 0");
  EXPECT_GT(report["summary"].value("droppedEvents", 0), 0) << "it was long enough to need a cap";
  expectDropsOnlyOf(report, "room");
  expectConservation(report);
  expectOwnCounts(report, ownCounts(outcome.out));
}

TEST_F(Absence, OfTheCollectorLosesNothing) {
  ChildProcess run(m_daemon.recording({recordedProgram("counted_churn"), "1000000"}));
  ASSERT_TRUE(run.waitForOutput("working\n"));
  const pid_t target = companion(run, "counted_churn");
  m_daemon.kill();
  run.closeInput();
  EXPECT_TRUE(endsWithin(target, 120s));
  m_daemon.start();
  const Outcome outcome = run.finish();
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.err, "");
  const auto report = onlyReport();
  EXPECT_EQ(report["summary"].value("state", ""), "complete");
  expectConservation(report);
  expectOwnCounts(report, ownCounts(outcome.out));
}

TEST_F(Absence, OfTheRelayForTooLongIsMendedWhenItComesBack) {
  ChildProcess run(m_daemon.recording({recordedProgram("counted_churn")}));
  ASSERT_TRUE(run.waitForOutput("working\n"));
  while (m_daemon.list().empty()) continue;
  const pid_t relay = companion(run, "heaptap-relay");
  // The next daemon does not learn whether the relay still lives: it waits, and closes the session.
  ASSERT_EQ(kill(relay, SIGSTOP), 0);
  m_daemon.kill();
  m_daemon.start();
  ASSERT_TRUE(m_daemon.says("cut short"));
  ASSERT_EQ(kill(relay, SIGCONT), 0);
  run.closeInput();
  const Outcome outcome = run.finish();
  EXPECT_EQ(outcome.err, "");
  const auto report = onlyReport();
  EXPECT_EQ(report["summary"].value("state", ""), "complete");
  expectConservation(report);
  expectOwnCounts(report, ownCounts(outcome.out));
}

}  // namespace
}  // namespace heaptap::test
