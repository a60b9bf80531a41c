// SPDX-License-Identifier: Apache-2.0
#include "collector/query/stack_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "tests/collector/query/view_of.h"

namespace heaptap::query {
namespace {

using testing::ElementsAre;

std::vector<std::string> functions(const std::vector<v1::StackLine>& lines) {
  std::vector<std::string> names;
  for (const auto& line : lines) names.push_back(line.function());
  return names;
}

std::vector<v1::StackLine> linesOf(const model::Definitions& definitions, model::StackId stack) {
  return stackLines(definitions.now(), model::FrameNames(definitions.now()), stack);
}

std::vector<std::string> linesOf(test::RecordedProgram& program, std::uint32_t stack) {
  const SharedView view = viewOf(program);
  return functions(stackLines(view->definitions, model::FrameNames(view->definitions),
                              static_cast<model::StackId>(stack)));
}

std::vector<std::string> shown(const std::vector<std::string>& stack) {
  test::RecordedProgram program;
  const auto id = program.stack(stack);
  return linesOf(program, id);
}

TEST(StackLines, innermostComesFirst) {
  EXPECT_THAT(shown({"parse", "load", "main"}), ElementsAre("parse", "load", "main"));
}

TEST(StackLines, theAllocatorsLeadingFramesAreLeftOut) {
  EXPECT_THAT(shown({"malloc", "operator new(unsigned long)", "parse", "main"}),
              ElementsAre("parse", "main"));
}

TEST(StackLines, whatFollowsTheProgramsFirstFrameStays) {
  EXPECT_THAT(shown({"malloc", "hook", "realloc", "main"}), ElementsAre("hook", "realloc", "main"));
}

TEST(StackLines, aStackOfAllocatorFramesOnlyIsShownWhole) {
  EXPECT_THAT(shown({"malloc", "calloc"}), ElementsAre("malloc", "calloc"));
}

TEST(StackLines, inlinedLinesComeBeforeTheirCaller) {
  model::Definitions definitions;
  definitions.add(model::Module{.path = "/bin/a"});
  definitions.add(model::Frame{.pc = 0x10, .module = 1});
  definitions.add(model::StackNode{.parent = model::StackId{0}, .frame = model::FrameId{1}});
  const auto inner = definitions.addText("inner"), outer = definitions.addText("outer");
  const auto file = definitions.addText("a.cpp");
  definitions.name(model::FrameId{1},
                   std::array{model::SymbolLine{.function = inner, .file = file, .line = 3, .inlined = true},
                              model::SymbolLine{.function = outer, .file = file, .line = 8}});
  const auto lines = linesOf(definitions, model::StackId{1});
  EXPECT_THAT(functions(lines), ElementsAre("inner", "outer"));
  EXPECT_TRUE(lines[0].inlined());
  EXPECT_FALSE(lines[1].inlined());
  EXPECT_EQ(lines[1].line(), 8U);
  EXPECT_EQ(lines[1].file(), "a.cpp");
  EXPECT_EQ(lines[1].module(), "/bin/a");
}

TEST(StackLines, anUnknownFunctionIsEmptyAndKeepsItsAddress) {
  model::Definitions definitions;
  definitions.add(model::Module{.path = "/bin/stripped"});
  definitions.add(model::Frame{.pc = 0x1234, .module = 1, .flags = v1::FRAME_GUESSED});
  definitions.add(model::StackNode{.parent = model::StackId{0}, .frame = model::FrameId{1}});
  const auto lines = linesOf(definitions, model::StackId{1});
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].function(), "");
  EXPECT_EQ(lines[0].pc(), 0x1234U);
  EXPECT_EQ(lines[0].module(), "/bin/stripped");
  EXPECT_TRUE(lines[0].guessed());
}

TEST(StackLines, anUnfinishedStackSaysSo) {
  test::RecordedProgram program;
  const auto inner = program.frame("parse");
  const auto deeper = program.frame("deeper", v1::FRAME_TRUNCATED);
  const auto stack = program.stackOf({inner, deeper});
  EXPECT_THAT(linesOf(program, stack), ElementsAre("parse", "[outer frames: deeper than heaptap walks]"));
}

TEST(StackLines, theEmptyStackHasNone) {
  EXPECT_TRUE(linesOf(model::Definitions{}, model::StackId{0}).empty());
}

TEST(StackLines, anAbsurdDepthStaysBounded) {
  model::Definitions definitions;
  definitions.add(model::Frame{.pc = 1});
  for (std::uint32_t i = 0; i < 3 * kMaxStackLines; ++i) {
    definitions.add(model::StackNode{.parent = model::StackId{i}, .frame = model::FrameId{1}});
  }
  EXPECT_EQ(linesOf(definitions, model::StackId{3 * kMaxStackLines}).size(), kMaxStackLines);
}

}  // namespace
}  // namespace heaptap::query
