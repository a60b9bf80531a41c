// SPDX-License-Identifier: Apache-2.0
//
// Programs that the kernel kills for a system call, or for a look at the time.
#include <gtest/gtest.h>

#include <csignal>
#include <ostream>

#include "tests/e2e/live_recording.h"
#include "tests/e2e/recording.h"

namespace heaptap::test {
namespace {

constexpr long kRounds = 20'000;
constexpr long kMoreThanThePool = 3'200'000;

struct Sandbox {
  const char* way;
  int churns;  ///< Threads that allocate for ROUNDS.
  // NOLINTNEXTLINE(readability-identifier-naming): GoogleTest looks for it.
  friend void PrintTo(const Sandbox& sandbox, std::ostream* out) { *out << sandbox.way; }
};

std::int64_t allocationsIn(const Report& report, std::string_view function) {
  std::int64_t allocations = 0;
  for (const auto& site : report.sitesIn(function)) allocations += site.at("allocations").get<std::int64_t>();
  return allocations;
}

class Sandboxes : public testing::TestWithParam<Sandbox> {};

TEST_P(Sandboxes, AreRecordedToTheLastEvent) {
  LiveRecording live({recordedProgram("sandboxed"), GetParam().way, std::to_string(kRounds)});
  live.waitFor("ready");
  live.tell("go");
  live.waitFor("done");
  live.tell("end");
  EXPECT_EQ(live.finish().status, 5);
  const Report report(live.file());
  report.expectConservation();
  EXPECT_EQ(allocationsIn(report, "churn"), GetParam().churns * kRounds);
  EXPECT_EQ(report.siteIn("leak").value("blocks", 0), 7);
  EXPECT_EQ(report.siteIn("leak").value("bytes", 0), 7 * 700);
  EXPECT_EQ(report["threads"], GetParam().churns);
}

std::string nameOf(const testing::TestParamInfo<Sandbox>& sandbox) {
  std::string name = sandbox.param.way;
  std::erase(name, '-');
  return name;
}

INSTANTIATE_TEST_SUITE_P(ByEveryWayIn, Sandboxes,
                         testing::Values(Sandbox{"strict", 1}, Sandbox{"strict-by-number", 1},
                                         Sandbox{"no-counter", 1}, Sandbox{"filter", 1},
                                         Sandbox{"filter-by-number", 1}, Sandbox{"all-threads", 3},
                                         Sandbox{"new-threads", 3}),
                         nameOf);

class SandboxesWithoutARelay : public Sandboxes {};

TEST_P(SandboxesWithoutARelay, DropAndCountWhatAStoppedRelayHasNoRoomFor) {
  const long rounds = kMoreThanThePool / GetParam().churns;
  LiveRecording live({recordedProgram("sandboxed"), GetParam().way, std::to_string(rounds)});
  live.waitFor("ready");
  const pid_t relay = live.relay();
  ASSERT_GT(relay, 0);
  ASSERT_EQ(kill(relay, SIGSTOP), 0);
  live.tell("go");
  live.waitFor("done");  // It did not hang, nor was it killed.
  ASSERT_EQ(kill(relay, SIGCONT), 0);
  live.tell("end");
  EXPECT_EQ(live.finish().status, 5);
  const Report report(live.file());
  const std::int64_t made = GetParam().churns * rounds + 7;
  const std::int64_t others =
      report["allocations"] - allocationsIn(report, "churn") - allocationsIn(report, "leak");
  EXPECT_GT(report["droppedAllocations"], 0);
  report.expectDropsOnlyOf("sandbox");
  EXPECT_EQ(report["allocations"] - others + report["droppedAllocations"], made);
  EXPECT_GE(report["frees"] + report["droppedFrees"], made - 7);
}

INSTANTIATE_TEST_SUITE_P(ByEveryWayIn, SandboxesWithoutARelay,
                         testing::Values(Sandbox{"strict", 1}, Sandbox{"filter", 1},
                                         Sandbox{"all-threads", 3}),
                         nameOf);

}  // namespace
}  // namespace heaptap::test
