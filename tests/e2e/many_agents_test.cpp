// SPDX-License-Identifier: Apache-2.0
//
// Fifty programs at once on one daemon, at full speed, which is asked about their past meanwhile.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <vector>

#include "tests/e2e/daemon.h"
#include "tests/e2e/recording.h"
#include "tests/support/process_tree.h"

namespace heaptap::test {
namespace {

constexpr std::size_t kAgents = 50;

TEST(ManyAgents, AreAllCountedExactlyAndCanBeAskedMeanwhile) {
  Daemon daemon;
  std::vector<std::unique_ptr<ChildProcess>> programs;
  std::map<pid_t, OwnCounts> own;
  std::vector<pid_t> pids;
  for (std::size_t i = 0; i < kAgents; ++i)
    programs.push_back(
        std::make_unique<ChildProcess>(daemon.recording({recordedProgram("counted_churn"), "20000"})));
  for (const auto& program : programs) {
    ASSERT_TRUE(program->waitForOutput("working\n")) << program->finish().err;
    pids.push_back(childOf(program->pid(), "counted_churn"));
    ASSERT_GT(pids.back(), 0);
  }
  for (const auto& program : programs) program->closeInput();
  std::size_t asked = 0;
  for (const std::string& session : daemon.list()) {
    for (const std::vector<std::string>& question :
         {std::vector<std::string>{"report", "--at", "50%"}, {"threads"}, {"blocks", "--top", "1"}}) {
      std::vector<std::string> words{HEAPTAP_COMMAND};
      words.insert(words.end(), question.begin(), question.end());
      words.insert(words.end(), {"--json", "--collector", daemon.address(), session});
      const Outcome outcome = runProcess({.argv = std::move(words)});
      EXPECT_EQ(outcome.status, 0) << outcome.err;
    }
    if (++asked == 5) break;
  }
  for (std::size_t i = 0; i < kAgents; ++i) {
    const Outcome outcome = programs[i]->finish();
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    own[pids[i]] = ownCounts(outcome.out);
  }
  const auto sessions = daemon.list();
  EXPECT_EQ(sessions.size(), kAgents);
  for (const std::string& session : sessions) {
    const auto report = daemon.finalReport(session);
    EXPECT_EQ(report.at("summary").value("state", ""), "complete");
    const auto counts = own.find(report.at("summary").at("pid").get<pid_t>());
    ASSERT_NE(counts, own.end());
    expectConservation(report);
    expectOwnCounts(report, counts->second);
  }
  EXPECT_EQ(daemon.stop().status, 0);
}

}  // namespace
}  // namespace heaptap::test
