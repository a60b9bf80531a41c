// SPDX-License-Identifier: Apache-2.0
//
// A daemon that cannot write any more: the target is unharmed, the numbers are exact, the loss is told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/daemon.h"
#include "tests/e2e/recording.h"
#include "tests/support/spelled_out.h"

namespace heaptap::test {
namespace {

using testing::HasSubstr;

const std::vector<std::string> kChurn{recordedProgram("counted_churn"), "400000"};

TEST(FullCollector, KeepsTheNumbersAndServesTheOthers) {
  Daemon daemon({}, "ulimit -f 2048");  // Of 512 bytes: no file above 1 MiB.
  const Outcome run = runProcess(daemon.recording(kChurn));
  EXPECT_EQ(run.status, 0);
  const OwnCounts own = ownCounts(run.out);
  const auto sessions = daemon.list();
  ASSERT_EQ(sessions.size(), 1U);
  const auto report = daemon.report(*sessions.begin());
  expectConservation(report);
  expectOwnCounts(report, own);
  EXPECT_EQ(report["summary"].value("state", ""), "complete");
  EXPECT_GT(report["summary"].value("eventsNotStored", 0), 0);
  EXPECT_THAT(report["summary"]["notes"].dump(), HasSubstr("the disk was full"));

  EXPECT_EQ(runProcess(daemon.recording({recordedProgram("ends")})).status, 4);
  EXPECT_EQ(daemon.list().size(), 2U);
  const Outcome end = daemon.stop();
  EXPECT_THAT(end.err, HasSubstr("only the numbers are stored"));
  // Either the last numbers still found room, or the line says that they did not.
  EXPECT_THAT(end.err, testing::AnyOf(HasSubstr("events are counted, but not kept one by one"),
                                      HasSubstr(".heaptap: cannot be written")));
  // Without the daemon, from the file.
  for (const auto& file : std::filesystem::directory_iterator(daemon.sessions())) {
    if (file.path().extension() != ".heaptap") continue;
    const Outcome stored = runProcess({.argv = {HEAPTAP_COMMAND, "report", "--json", file.path()}});
    ASSERT_EQ(stored.status, 0) << stored.err;
    expectConservation(reportIn(stored.out));
  }
}

TEST(FullCollector, WithoutRoomForASessionSaysSoAndLetsTheTargetRun) {
  Daemon daemon({}, "ulimit -f 8");
  const Outcome run = runProcess(daemon.recording(kChurn));
  EXPECT_EQ(run.status, 0);
  EXPECT_GT(ownCounts(run.out).allocations, 0);
  EXPECT_THAT(run.err, HasSubstr("the collector refused the session"));
  EXPECT_TRUE(daemon.list().empty());
  const Outcome end = daemon.stop();
  EXPECT_EQ(end.status, 0);
  EXPECT_THAT(end.err, HasSubstr(".heaptap: "));
}

}  // namespace
}  // namespace heaptap::test
