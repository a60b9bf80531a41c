// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <map>

#include "tests/e2e/recording.h"

namespace heaptap::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

/// What was allocated in a function: by entry point, how often.
std::map<std::string, int> entryPointsIn(const Report& report, std::string_view function) {
  std::map<std::string, int> found;
  for (const json& site : report.sitesIn(function))
    for (const json& entryPoint : site.at("entryPoints"))
      found[entryPoint.get<std::string>()] += site.at("allocations").get<int>();
  return found;
}

using Counts = std::map<std::string, int>;

/// Everything that `operators` does is there, once, by the name of what it called.
void expectAllOperators(const Recording& recording) {
  EXPECT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  EXPECT_EQ(recording.outcome().out, "thrown\n");
  recording.expectConservation();
  EXPECT_TRUE(recording.report().at("findings").empty()) << recording.report().at("findings").dump(1);
  EXPECT_EQ(entryPointsIn(recording, "single"), (Counts{{"operator new", 9}}));
  EXPECT_EQ(entryPointsIn(recording, "array"), (Counts{{"operator new[]", 9}}));
  EXPECT_EQ(entryPointsIn(recording, "::aligned()"), (Counts{{"aligned operator new", 9}}));
  EXPECT_EQ(entryPointsIn(recording, "alignedArray"), (Counts{{"aligned operator new[]", 9}}));
  EXPECT_EQ(entryPointsIn(recording, "giveUp"), (Counts{{"malloc", 2}}));
  EXPECT_EQ(entryPointsIn(recording, "tooLarge"), (Counts{{"malloc", 1}}));
  EXPECT_EQ(recording.siteIn("leak").at("bytes"), 1001);
}

TEST(Operators, AreAllEntryPointsOfTheirOwn) {
  expectAllOperators(Recording({recordedProgram("operators")}));
}

TEST(Operators, OfAnAllocatorCountOnceWithWhatTheyCall) {
  expectAllOperators(Recording({recordedProgram("operators_of_a_library")}));
}

TEST(Operators, ThatTheProgramHasReplacedLeaveTheCountsRight) {
  const Recording recording({recordedProgram("replaced_operators")});
  EXPECT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  recording.expectConservation();
  EXPECT_TRUE(recording.report().at("findings").empty()) << recording.report().at("findings").dump(1);
  EXPECT_EQ(recording["allocations"], baseline()["allocations"] + 15);
  EXPECT_EQ(recording["allocatedBytes"], baseline()["allocatedBytes"] + 5 * (100 + 200 + 300 + 3 * 16));
}

TEST(Operators, LinkedIntoTheProgramAreNoMismatch) {
  const Recording recording({recordedProgram("operators_linked_in")});
  EXPECT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  EXPECT_EQ(recording.outcome().out, "thrown\n");
  recording.expectConservation();
  EXPECT_TRUE(recording.report().at("findings").empty()) << recording.report().at("findings").dump(1);
  EXPECT_EQ(recording.siteIn("leak").at("bytes"), 1001);
}

TEST(Operators, KnowTheOverAllocation) {
  const Recording recording({recordedProgram("operators")});
  const json leak = recording.siteIn("leak");
  EXPECT_EQ(leak.at("liveOverAllocatedBytes"), 15) << "glibc's chunk for 1,001 bytes holds 1,016";
}

}  // namespace
}  // namespace heaptap::test
