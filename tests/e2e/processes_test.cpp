// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/e2e/recording.h"
#include "tests/support/spelled_out.h"

namespace heaptap::test {
namespace {

struct End {
  const char* way;
  int status;
  const char* text;
};

class EndsOfAProcess : public testing::TestWithParam<End> {};

TEST_P(EndsOfAProcess, KeepEverythingRecordedUpToThen) {
  const Recording recording({recordedProgram("ends"), GetParam().way});
  EXPECT_EQ(recording.outcome().status, GetParam().status);
  EXPECT_EQ(recording["exitStatus"], GetParam().status);
  EXPECT_EQ(recording.report().at("summary").value("end", ""), GetParam().text);
  recording.expectConservation();
  EXPECT_EQ(recording.siteIn("main").value("blocks", 0), 7);
  if (GetParam().way == std::string("quick_exit")) {
    EXPECT_EQ(recording.siteIn("lastWords").value("blocks", 0), 1);
  }
}

INSTANTIATE_TEST_SUITE_P(ByEveryWay, EndsOfAProcess,
                         testing::Values(End{"return", 4, "exited 4"}, End{"_exit", 3, "exited 3"},
                                         End{"_Exit", 6, "exited 6"}, End{"quick_exit", 7, "exited 7"},
                                         End{"abort", 134, "killed by signal 6"},
                                         End{"kill", 137, "killed by signal 9"},
                                         End{"segv", 139, "killed by signal 11"}),
                         [](const auto& end) {
                           const std::string way = end.param.way;
                           return way == "_exit" ? "exit" : way == "_Exit" ? "Exit" : way;
                         });

TEST(Processes, AForkedChildLeavesItsParentsNumbersAlone) {
  const Recording recording({recordedProgram("forks")});
  EXPECT_EQ(recording.outcome().status, 0);
  recording.expectConservation();
  EXPECT_EQ(recording["allocations"], baseline()["allocations"] + 5);
  EXPECT_EQ(recording["leakedBytes"], baseline()["leakedBytes"] + 5000);
}

// It would only repeat what its parent had at the fork (docs/limits.md).
TEST(Processes, AForkedChildWithoutAnEventHasNoSession) {
  const auto sessionsOf = [](const Recording& recording) {
    return std::count_if(std::filesystem::directory_iterator(recording.folder()), {},
                         [](const auto& entry) { return entry.path().extension() == ".heaptap"; });
  };
  EXPECT_EQ(sessionsOf(Recording({recordedProgram("forks")})), 2);
  EXPECT_EQ(sessionsOf(Recording({recordedProgram("forks"), "silent"})), 1);
}

TEST(Processes, EachExecutedProgramHasASessionOfItsOwn) {
  const Recording recording(
      {"/bin/sh", "-c", recordedProgram("known_heap") + "; " + recordedProgram("ends")});
  EXPECT_EQ(recording.outcome().status, 4);
  int sessions = 0;
  std::int64_t ten = 0;
  for (const auto& entry : std::filesystem::directory_iterator(recording.folder())) {
    if (entry.path().extension() != ".heaptap") continue;
    ++sessions;
    const Outcome outcome = runProcess({.argv = {HEAPTAP_COMMAND, "report", "--json", entry.path()}});
    const auto report = reportIn(outcome.out);
    ASSERT_FALSE(report.is_discarded()) << outcome.err;
    for (const auto& site : report.at("sites")) {
      if (site.at("stack").dump().find("leakTen") != std::string::npos)
        ten += site.at("blocks").get<std::int64_t>();
    }
  }
  EXPECT_EQ(sessions, 3);
  EXPECT_EQ(ten, 10);
}

}  // namespace
}  // namespace heaptap::test
