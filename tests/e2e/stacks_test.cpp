// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "tests/e2e/live_recording.h"
#include "tests/e2e/recording.h"

namespace heaptap::test {
namespace {

void expectLine(const nlohmann::json& line, std::string_view function, int number) {
  EXPECT_NE(line.value("function", "").find(function), std::string::npos) << line;
  EXPECT_EQ(line.value("line", 0), number) << line;
}

TEST(Stacks, NameFunctionFileAndLineOfEachCall) {
  const Recording recording({recordedProgram("known_heap")});
  const auto ten = recording.siteIn("shop::leakTen");
  ASSERT_GE(ten.at("stack").size(), 3U);
  expectLine(ten["stack"][0], "shop::leakTen()", lineOf("known_heap", "ten"));
  EXPECT_TRUE(ten["stack"][0].at("file").get<std::string>().ends_with("targets/known_heap.cpp"));
  EXPECT_TRUE(ten["stack"][0].at("module").get<std::string>().ends_with("recorded/known_heap"));
  EXPECT_NE(ten["stack"][1].value("function", "").find("main"), std::string::npos);
  const auto three = recording.siteIn("shop::Stock::leakThree");
  expectLine(three.at("stack").at(0), "shop::Stock::leakThree()", lineOf("known_heap", "three"));
}

TEST(Stacks, HaveTheirNamesWhileTheProgramRuns) {
  using Clock = std::chrono::steady_clock;
  LiveRecording live({recordedProgram("crowds"), "one-by-one", "3"});
  live.waitFor("done");
  const auto deadline = Clock::now() + std::chrono::seconds(60);
  // The first looks may come before the file has anything, or before its frames have names.
  const auto hasNames = [&] {
    const Outcome look = runProcess({.argv = {HEAPTAP_COMMAND, "report", live.file()}});
    return look.out.find("crowds.cpp:") != std::string::npos;
  };
  while (!hasNames() && Clock::now() < deadline) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  const Report report(live.file());
  EXPECT_FALSE(report.sitesIn("work").empty());
  EXPECT_EQ(report.text("end"), "not yet: it is being recorded");
  EXPECT_EQ(report.text("state"), "recording");
  EXPECT_THAT(runProcess({.argv = {HEAPTAP_COMMAND, "ls", live.file()}}).out,
              testing::HasSubstr(" recording "));
  live.tell("end");
  EXPECT_EQ(live.finish().status, 0);
  // And what came after, at the end of the program, has names too.
  for (const auto& site : Report(live.file()).sitesIn("crowds.cpp"))
    for (const auto& line : site.at("stack")) EXPECT_NE(line.value("function", ""), "") << line;
}

TEST(Stacks, ReachTheOutermostFrame) {
  const Recording recording({recordedProgram("known_heap")});
  const auto stack = recording.siteIn("shop::leakTen").at("stack");
  ASSERT_FALSE(stack.empty());
  EXPECT_EQ(stack.back().value("function", ""), "_start");
}

TEST(Stacks, ShowInlinedCallersInOrder) {
  const Recording recording({recordedProgram("inlined_callers")});
  const auto stack = recording.siteIn("innermost").at("stack");
  ASSERT_GE(stack.size(), 4U);
  expectLine(stack[0], "innermost", lineOf("inlined_callers", "innermost"));
  expectLine(stack[1], "middle", lineOf("inlined_callers", "middle"));
  expectLine(stack[2], "outer", lineOf("inlined_callers", "outer"));
  expectLine(stack[3], "main", lineOf("inlined_callers", "main"));
  EXPECT_TRUE(stack[0].at("inlined").get<bool>());
  EXPECT_TRUE(stack[1].at("inlined").get<bool>());
  EXPECT_FALSE(stack[2].at("inlined").get<bool>());
}

TEST(Stacks, OfDeepRecursionAreWhole) {
  const Recording recording({recordedProgram("deep_recursion")});
  EXPECT_EQ(recording.outcome().status, 0);
  const auto site = recording.siteIn("descend");
  EXPECT_EQ(site.value("bytes", 0), 4321);
  EXPECT_GE(site.at("stack").size(), 5001U);
  EXPECT_EQ(site["stack"].back().value("function", ""), "_start");
}

TEST(Stacks, LeadFromASignalHandlerToTheInterruptedCode) {
  const Recording recording({recordedProgram("signals_and_fibers")});
  recording.expectConservation();
  const auto site = recording.siteIn("handleSignal");
  EXPECT_EQ(site.value("bytes", 0), 1001);
  const std::string text = site.at("stack").dump();
  EXPECT_NE(text.find("raiseOnSignalStack"), std::string::npos) << text;
  EXPECT_NE(text.find("main"), std::string::npos) << text;
}

TEST(Stacks, OfAFiberEndWhereItStarted) {
  const Recording recording({recordedProgram("signals_and_fibers")});
  const auto site = recording.siteIn("runFiber");
  EXPECT_EQ(site.value("bytes", 0), 2002);
  EXPECT_LE(site.at("stack").size(), 3U);
}

}  // namespace
}  // namespace heaptap::test
