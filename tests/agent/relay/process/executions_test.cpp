// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/process/executions.h"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>

namespace heaptap::relay {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kWhy = "its limit is too low";

/// The id of a process that has ended: nothing can be read of it any more.
pid_t endedProcess() {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  waitpid(child, nullptr, 0);
  return child;
}

class ExecutionsTest : public testing::Test {
 protected:
  [[nodiscard]] ProcessRoster::Executed executed(bool inPlace = false) const {
    return {.sessionId = "shell",
            .pid = m_pid,
            .ownPid = static_cast<std::uint32_t>(m_pid),
            .inPlace = inPlace,
            .path = "/no/such/program",
            .folder = "/",
            .hasPreload = true};
  }
  /// What was said of programs that were not recorded, after as much time as anything may take.
  std::vector<std::string> said() {
    std::vector<std::string> lines;
    // Twice: one that has ended is asked once more for its hello.
    for (int round = 0; round < 2; ++round)
      for (const Executions::Verdict& verdict :
           m_executions.judge(std::chrono::steady_clock::now() + std::chrono::hours(1))) {
        m_answered += verdict.sessionId == "shell" ? 1 : 0;
        if (!verdict.program.why().empty())
          lines.push_back(verdict.program.program() + (verdict.toldByItself ? " itself: " : ": ") +
                          verdict.program.why());
      }
    return lines;
  }

  const pid_t m_pid = endedProcess();
  Executions m_executions;
  int m_answered = 0;  ///< Verdicts for the session.
};

TEST_F(ExecutionsTest, OfAnEndedProgramSayWhatIsKnown) {
  ASSERT_TRUE(m_executions.add(executed()));
  EXPECT_THAT(said(), ElementsAre("/no/such/program: it ended before heaptap's library was loaded"));
  EXPECT_EQ(m_answered, 1);
  EXPECT_FALSE(m_executions.any());
}

TEST_F(ExecutionsTest, CountARefusalAndItsExecutionOnceInEitherOrder) {
  m_executions.refused(m_pid, "/bin/a", kWhy, "shell");
  ASSERT_TRUE(m_executions.add(executed()));
  EXPECT_THAT(said(), ElementsAre("/bin/a itself: its limit is too low"));
  ASSERT_TRUE(m_executions.add(executed()));
  m_executions.refused(m_pid, "/bin/a", kWhy, "shell");
  EXPECT_THAT(said(), ElementsAre("/bin/a itself: its limit is too low"));
  EXPECT_EQ(m_answered, 4) << "each was awaited for itself";
}

// It waits two seconds for the relay, which may have no time on a busy machine.
TEST_F(ExecutionsTest, TakeTheWordOfAProcessThatEndedBeforeItWasRead) {
  m_executions.refused(m_pid, {}, kWhy, std::nullopt);
  ASSERT_TRUE(m_executions.add(executed()));
  EXPECT_THAT(said(), ElementsAre("/no/such/program itself: its limit is too low"));
  ASSERT_TRUE(m_executions.add(executed()));
  m_executions.refused(m_pid, {}, kWhy, std::nullopt);
  EXPECT_THAT(said(), ElementsAre("/no/such/program itself: its limit is too low"));
  EXPECT_EQ(m_answered, 2);
}

TEST_F(ExecutionsTest, TakeNoWordOfAProcessThatNoRecordedOneHasStarted) {
  m_executions.refused(m_pid, {}, kWhy, std::nullopt);
  EXPECT_THAT(said(), IsEmpty());
  EXPECT_EQ(m_answered, 0);
  EXPECT_FALSE(m_executions.any());
}

TEST_F(ExecutionsTest, AreNotReportedOnceMoreWhenNoticedLate) {
  for (const bool inPlace : {false, true}) {
    m_executions.refused(m_pid, "/bin/a", kWhy, "shell");
    EXPECT_THAT(said(), ElementsAre("/bin/a itself: its limit is too low"));
    EXPECT_FALSE(m_executions.add(executed(inPlace))) << "it was judged";
    EXPECT_THAT(said(), IsEmpty());
    ASSERT_TRUE(m_executions.add(executed(inPlace))) << "another process may get its id";
    EXPECT_EQ(said().size(), 1U);
  }
}

TEST_F(ExecutionsTest, OfAProgramThatIsRecordedAreNotReported) {
  ASSERT_TRUE(m_executions.add(executed()));
  EXPECT_THAT(m_executions.recorded(m_pid), ElementsAre("shell"));
  EXPECT_THAT(said(), IsEmpty());
  EXPECT_FALSE(m_executions.add(executed())) << "its word came before its parent's";
}

}  // namespace
}  // namespace heaptap::relay
