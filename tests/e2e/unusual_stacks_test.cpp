// SPDX-License-Identifier: Apache-2.0
//
// Programs that leave their stacks by exceptions and jumps, look at them, or make code of their own: each
// allocation has exactly the callers that it had, and the program notices nothing.
#include <gmock/gmock.h>

#include <algorithm>

#include "tests/e2e/recording.h"

namespace heaptap::test {
namespace {

using Functions = std::vector<std::string>;

/// "(anonymous namespace)::Guard::~Guard()" is Guard::~Guard.
std::string shortName(std::string name) {
  const std::string unnamed = "(anonymous namespace)::";
  while (name.starts_with(unnamed)) name.erase(0, unnamed.size());
  return name.substr(0, name.find('('));
}

/// A site's functions up to main; "?" where the code belongs to no function.
Functions callersOf(const nlohmann::json& site) {
  Functions names;
  for (const auto& line : site.at("stack")) {
    const auto& function = line.at("function");
    names.push_back(function.is_string() ? shortName(function.get<std::string>()) : "?");
    if (names.back() == "main") break;
  }
  return names;
}

void expectOneSite(const Recording& recording, std::string_view function, const Functions& callers,
                   int allocations) {
  const auto site = recording.siteIn(function);
  EXPECT_EQ(callersOf(site), callers);
  EXPECT_EQ(site.value("allocations", 0), allocations) << function;
}

TEST(UnusualStacks, OfExceptionsAreExactAtEveryStation) {
  const Recording recording({recordedProgram("thrown_stacks")});
  EXPECT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  recording.expectConservation();
  const Functions outer{"catchAndRethrow", "catchAll", "main"};
  const auto below = [&outer](Functions inner) {
    inner.insert(inner.end(), outer.begin(), outer.end());
    return inner;
  };
  expectOneSite(recording, "beforeThrow",
                below({"beforeThrow", "throwFrom", "throwFrom", "throwFrom", "throwFrom"}), 10);
  expectOneSite(recording, "inHandler", below({"inHandler"}), 10);
  expectOneSite(recording, "afterRethrow", {"afterRethrow", "catchAll", "main"}, 10);
  // One destructor for each frame that is left: by then the frames inside of it are gone.
  std::vector<Functions> found;
  for (const auto& site : recording.sitesIn("inDestructor")) {
    found.push_back(callersOf(site));
    EXPECT_EQ(site.value("allocations", 0), 10);
  }
  std::vector<Functions> expected;
  Functions frames{"inDestructor", "Guard::~Guard"};
  for (int i = 0; i < 4; ++i) {
    frames.emplace_back("throwFrom");
    expected.push_back(below(frames));
  }
  EXPECT_THAT(found, testing::UnorderedElementsAreArray(expected));
}

TEST(UnusualStacks, OfLongjmpAreExactBeforeAndAfter) {
  const Recording recording({recordedProgram("thrown_stacks")});
  expectOneSite(recording, "beforeJump",
                {"beforeJump", "jumpFrom", "jumpFrom", "jumpFrom", "jumpFrom", "jump", "main"}, 10);
  expectOneSite(recording, "afterJump", {"afterJump", "jump", "main"}, 10);
}

TEST(UnusualStacks, LookTheSameToAProgramThatWalksThemItself) {
  const Outcome alone = runProcess({.argv = {recordedProgram("walks_itself")}});
  const Recording recording({recordedProgram("walks_itself")});
  EXPECT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  EXPECT_EQ(recording.outcome().out, alone.out);
  // Seven frames of the program: look, six times lookFrom, and main.
  EXPECT_EQ(std::count(alone.out.begin(), alone.out.end(), '\n'), 51);
  EXPECT_GE(std::count(alone.out.begin(), alone.out.begin() + alone.out.find('\n'), ' '), 8);
  recording.expectConservation();
}

TEST(UnusualStacks, LeadThroughCodeThatTheProgramHasMade) {
  const Recording recording({recordedProgram("just_in_time")});
  if (recording.outcome().status == 77)
    GTEST_SKIP() << "memory that can be written and run is forbidden here";
  EXPECT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  recording.expectConservation();
  expectOneSite(recording, "calledBack", {"calledBack", "?", "runMadeCode", "main"}, 10);
  // From the handler through the kernel's frame to the interrupted code, which no file knows.
  const auto interrupted = callersOf(recording.siteIn("interruptedBy"));
  ASSERT_GE(interrupted.size(), 4U);
  EXPECT_EQ(interrupted[interrupted.size() - 3], "?");
  EXPECT_EQ(interrupted[interrupted.size() - 2], "runMadeCode");
  EXPECT_EQ(interrupted.back(), "main");
}

TEST(Calls, KeepAllRegistersThatTheCallerRelyOn) {
  const Recording recording({recordedProgram("registers")});
  EXPECT_EQ(recording.outcome().status, 0) << recording.outcome().out;
  EXPECT_EQ(recording.outcome().out, "intact 2200\n");
  recording.expectConservation();
  EXPECT_GE(recording["allocations"], 100 * (11 + 5));
}

}  // namespace
}  // namespace heaptap::test
