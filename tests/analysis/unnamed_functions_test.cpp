// SPDX-License-Identifier: Apache-2.0
#include "analysis/comparison/unnamed_functions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/analysis/made_run.h"

namespace heaptap::analysis {
namespace {

using test::MadeRun;
using testing::ElementsAre;
using testing::IsEmpty;

/// A lambda of main, and what it leaves.
struct Left {
  std::string name;
  std::uint32_t line;
  std::uint64_t bytes;
};

ComparedRun runWith(const std::vector<Left>& lambdas) {
  MadeRun run;
  const auto main = run.builder().frame("main");
  for (const Left& lambda : lambdas)
    run.leavesAt(
        lambda.bytes,
        run.builder().stackOf({run.builder().place({{.function = "main::" + lambda.name + "::operator()()",
                                                     .file = lambda.line == 0 ? "" : "/src/a.cpp",
                                                     .line = lambda.line}}),
                               main}));
  return run.done();
}

/// `+5 main::{lambda#2}::operator()()`, in order.
std::vector<std::string> changesOf(const std::vector<Left>& before, const std::vector<Left>& after) {
  const Comparison comparison = compare({runWith(before)}, {runWith(after)}, client::Cost::LiveBytes);
  std::vector<std::string> all;
  for (const FunctionChange& row : comparison.functions)
    if (row.self.magnitude() != 0)
      all.push_back((row.self.grew() ? "+" : "-") + std::to_string(row.self.magnitude()) + " " +
                    comparison.stacks.functions()[row.function].name);
  return all;
}

TEST(UnnamedFunctions, AreTheSameByTheirOrderWhateverTheirLines) {
  EXPECT_THAT(changesOf({{"{lambda()#1}", 10, 100}, {"{lambda()#2}", 12, 200}},
                        {{"{lambda()#1}", 75, 100}, {"{lambda()#2}", 80, 260}}),
              ElementsAre("+60 main::{lambda#2}::operator()()"));
  EXPECT_THAT(changesOf({{"{lambda()#1}", 10, 100}, {"{lambda()#2}", 12, 200}},
                        {{"{lambda()#2}", 80, 200}, {"{lambda()#1}", 75, 100}}),
              IsEmpty());
}

TEST(UnnamedFunctions, AreTheSameInBuildsOfTwoCompilers) {
  EXPECT_THAT(
      changesOf({{"{lambda()#9}", 0, 100}, {"{lambda()#10}", 0, 200}}, {{"$_4", 0, 100}, {"$_7", 0, 250}}),
      ElementsAre("+50 main::{lambda#2}::operator()()"));
}

TEST(UnnamedFunctions, OfOtherSignaturesAreInTheOrderOfTheirLines) {
  EXPECT_THAT(changesOf({{"{lambda(int)#1}", 10, 100}, {"{lambda()#1}", 12, 200}},
                        {{"$_0", 31, 150}, {"$_1", 33, 200}}),
              ElementsAre("+50 main::{lambda#1}::operator()()"));
}

TEST(UnnamedFunctions, WhoseOrderIsNotKnownAreOneFunction) {
  EXPECT_THAT(
      changesOf({{"{lambda(int)#1}", 0, 100}, {"{lambda()#1}", 0, 200}}, {{"$_0", 0, 150}, {"$_1", 0, 200}}),
      ElementsAre("+50 main::{lambda}::operator()()"));
}

TEST(UnnamedFunctions, OfWhichOneSideHasMoreAreOneFunction) {
  EXPECT_THAT(changesOf({{"{lambda#1}", 10, 100}, {"{lambda#2}", 12, 200}},
                        {{"{lambda#1}", 8, 1}, {"{lambda#2}", 10, 100}, {"{lambda#3}", 12, 200}}),
              ElementsAre("+1 main::{lambda}::operator()()"));
}

TEST(UnnamedFunctions, AreCountedForThemselvesByNamesOfSymbolsAndOfDebugInformation) {
  // The same two, called and inlined.
  const std::vector<Left> both{
      {"{lambda()#1}", 10, 1}, {"{lambda()#2}", 12, 2}, {"{lambda#1}", 10, 3}, {"{lambda#2}", 12, 4}};
  std::vector<Left> more = both;
  more[1].bytes += 5;
  EXPECT_THAT(changesOf(both, more), ElementsAre("+5 main::{lambda#2}::operator()()"));
}

}  // namespace
}  // namespace heaptap::analysis
