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

std::vector<std::string> shown(const std::vector<std::string>& stack) {
  test::RecordedProgram program;
  const auto id = program.stack(stack);
  return functions(stackLines(viewOf(program)->record, static_cast<model::StackId>(id)));
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
  model::SessionRecord record;
  record.modules.push_back({.path = "/bin/a"});
  record.frames.add({.pc = 0x10, .module = 1});
  record.stacks.add({.parent = model::StackId{0}, .frame = model::FrameId{1}}, 0);
  const auto inner = record.symbols.addText("inner"), outer = record.symbols.addText("outer");
  const auto file = record.symbols.addText("a.cpp");
  record.symbols.name(
      model::FrameId{1},
      std::array{model::SymbolLine{.function = inner, .file = file, .line = 3, .inlined = true},
                 model::SymbolLine{.function = outer, .file = file, .line = 8}});
  const auto lines = stackLines(record, model::StackId{1});
  EXPECT_THAT(functions(lines), ElementsAre("inner", "outer"));
  EXPECT_TRUE(lines[0].inlined());
  EXPECT_FALSE(lines[1].inlined());
  EXPECT_EQ(lines[1].line(), 8U);
  EXPECT_EQ(lines[1].file(), "a.cpp");
  EXPECT_EQ(lines[1].module(), "/bin/a");
}

TEST(StackLines, anUnknownFunctionIsEmptyAndKeepsItsAddress) {
  model::SessionRecord record;
  record.modules.push_back({.path = "/bin/stripped"});
  record.frames.add({.pc = 0x1234, .module = 1, .flags = v1::FRAME_GUESSED});
  record.stacks.add({.parent = model::StackId{0}, .frame = model::FrameId{1}}, v1::FRAME_GUESSED);
  const auto lines = stackLines(record, model::StackId{1});
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
  EXPECT_THAT(functions(stackLines(viewOf(program)->record, static_cast<model::StackId>(stack))),
              ElementsAre("parse", "[outer frames: deeper than heaptap walks]"));
}

TEST(StackLines, theEmptyStackHasNone) {
  EXPECT_TRUE(stackLines(model::SessionRecord{}, model::StackId{0}).empty());
}

TEST(StackLines, anAbsurdDepthStaysBounded) {
  model::SessionRecord record;
  record.frames.add({.pc = 1});
  for (std::uint32_t i = 0; i < 3 * kMaxStackLines; ++i) {
    record.stacks.add({.parent = model::StackId{i}, .frame = model::FrameId{1}}, 0);
  }
  EXPECT_EQ(stackLines(record, model::StackId{3 * kMaxStackLines}).size(), kMaxStackLines);
}

}  // namespace
}  // namespace heaptap::query
