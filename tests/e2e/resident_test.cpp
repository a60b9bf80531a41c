// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <chrono>
#include <cstdio>
#include <thread>

#include "tests/e2e/live_recording.h"
#include "tests/e2e/recording.h"

namespace heaptap::test {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kMiB = 1 << 20;

/// What a program says of itself: "resident: BYTES now, BYTES at most".
struct Resident {
  long now = 0;
  long most = 0;
};
Resident residentIn(const std::string& line) {
  Resident said;
  EXPECT_EQ(std::sscanf(line.c_str(), "resident: %ld now, %ld at most", &said.now, &said.most), 2) << line;
  return said;
}

const std::vector<std::string> kOrders{"touch 48", "resident"};

/// The same without heaptap.
Resident plain() {
  std::string input;
  for (const std::string& order : kOrders) input += order + "\n";
  const Outcome outcome = runProcess({.argv = {recordedProgram("obeys")}}, input);
  return residentIn(outcome.out.substr(outcome.out.find("resident: ")));
}

TEST(Resident, IsWhatTheProgramWouldHaveWithoutHeaptap) {
  LiveRecording live({recordedProgram("obeys")});
  int told = 0;
  for (const std::string& order : kOrders) {
    live.tell(order);
    live.waitFor("ok " + std::to_string(++told) + "\n");
  }
  const Resident said = residentIn(live.saidLast("resident: "));
  // The last look at the program may have been before it took the memory: the next comes soon.
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_EQ(live.finish().status, 0);
  const Report report(live.file());
  const auto own = report.report().at("summary").at("ownCost").at("maxResidentBytes");
  ASSERT_TRUE(own.is_number()) << report.report().at("summary");
  // With heaptap's share: what the program itself has seen, but for what it has touched since, and for what
  // the kernel's counts of running threads are apart from each other.
  EXPECT_NEAR(static_cast<double>(report["maxResidentBytesWithHeaptap"]), static_cast<double>(said.most),
              kMiB);
  // Without: what it has on its own, but for the pages of heaptap's two libraries and of what a thread needs
  // to walk its stack.
  EXPECT_NEAR(static_cast<double>(report["maxResidentBytes"]), static_cast<double>(plain().most), 2.0 * kMiB);
  EXPECT_GT(own.get<std::int64_t>(), 0);
  EXPECT_GE(report["maxResidentBytes"] + own.get<std::int64_t>() + kMiB, said.now);
}

TEST(Resident, TheCostOfRecordingIsInEveryReport) {
  LiveRecording live({recordedProgram("obeys")});
  live.tell("churn 3000000");  // Long enough to be looked at, on a busy machine too.
  live.waitFor("ok 1\n");
  EXPECT_EQ(live.finish().status, 0);
  const Report report(live.file());
  const auto& cost = report.report().at("summary").at("ownCost");
  for (const char* part : {"agentCpuSeconds", "relayCpuSeconds", "collectorCpuSeconds"}) {
    ASSERT_TRUE(cost.at(part).is_number()) << part;
    EXPECT_GT(cost.at(part).get<double>(), 0) << part;
  }
  EXPECT_EQ(cost.at("droppedEvents"), report["droppedEvents"]);
  EXPECT_EQ(cost.at("truncatedStacks"), 0);
  EXPECT_EQ(cost.at("overflowedStacks"), 0);
  const Outcome text = runProcess({.argv = {HEAPTAP_COMMAND, "report", live.file()}});
  EXPECT_THAT(text.out, HasSubstr("own cost"));
  EXPECT_THAT(text.out, HasSubstr("resident"));
}

TEST(Resident, EachProcessOfATreeHasItsOwn) {
  const std::string busy = recordedProgram("samples") + " 4 >/dev/null";
  const Recording recording({"sh", "-c", busy + " & " + busy + "; wait"});
  int known = 0;
  for (const Report& report : reportsIn(recording.folder())) {
    const auto& most = report.report().at("summary").at("maxResidentBytes");
    if (most.is_null()) continue;  // Gone before anybody could look.
    ++known;
    EXPECT_GT(most.get<std::int64_t>(), 0);
  }
  EXPECT_GT(known, 0);
}

}  // namespace
}  // namespace heaptap::test
