// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <filesystem>
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

/// In which of `crosses_operators`' functions wrong frees were found, how often.
std::map<std::string, int> wrongFreesIn(const Recording& recording) {
  std::map<std::string, int> found;
  for (const json& finding : recording.report().at("findings")) {
    EXPECT_EQ(finding.at("kind"), "mismatchedFree");
    for (const char* const stack : {"allocationStack", "freeStack"})
      for (const json& frame : finding.at(stack)) {
        const std::string function = frame.at("function").is_null() ? "" : frame.at("function");
        if (function.starts_with("wrong") || function.starts_with("right"))
          found[function.substr(0, function.find('('))] += stack == std::string("freeStack") ? 1 : 0;
      }
  }
  return found;
}

const Counts kWrong = {{"wrongInProgram", 1}, {"wrongInLibrary", 1}, {"wrongOfLibrary", 1}, {"wrongForm", 1}};
/// Without names, operators delete and delete[] cannot be told apart.
const Counts kWrongWithoutNames = {{"wrongInProgram", 1}, {"wrongInLibrary", 1}, {"wrongOfLibrary", 1}};

/// What a call by pointer has led to, which ends in a jump, nothing tells.
const Counts kWrongBesidePointers = {{"wrongInProgram", 1}, {"wrongInLibrary", 1}};

class OwnOperators : public testing::TestWithParam<const char*> {};

TEST_P(OwnOperators, OfALibraryGoWithThoseOfOthers) {
  const std::string library = recordedProgram(std::string("lib") + GetParam() + ".so");
  if (!std::filesystem::exists(library)) GTEST_SKIP() << "clang is not installed";
  const Recording recording({recordedProgram("crosses_operators"), library});
  EXPECT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  recording.expectConservation();
  EXPECT_EQ(wrongFreesIn(recording), kWrongBesidePointers);
}

INSTANTIATE_TEST_SUITE_P(Of, OwnOperators,
                         testing::Values("own_operators_named", "own_operators_stripped", "own_defined",
                                         "own_defined_stripped", "own_noplt_stripped", "own_clang",
                                         "own_clang_stripped"),
                         [](const auto& test) { return std::string(test.param); });

TEST(OwnOperatorsOfALinkedLibrary, GoWithThoseOfOthers) {
  const Recording named({recordedProgram("crosses_operators_named")});
  EXPECT_EQ(wrongFreesIn(named), kWrong);
  const Recording stripped({recordedProgram("crosses_operators_stripped")});
  EXPECT_EQ(wrongFreesIn(stripped), kWrongWithoutNames);
}

TEST(Operators, KnowTheOverAllocation) {
  const Recording recording({recordedProgram("operators")});
  const json leak = recording.siteIn("leak");
  EXPECT_EQ(leak.at("liveOverAllocatedBytes"), 15) << "glibc's chunk for 1,001 bytes holds 1,016";
}

}  // namespace
}  // namespace heaptap::test
