// SPDX-License-Identifier: Apache-2.0
#include "collector/model/frame_names.h"

#include <gtest/gtest.h>

#include <array>

namespace heaptap::model {
namespace {

class FrameNamesTest : public testing::Test {
 protected:
  FrameNamesTest() {
    for (std::uint64_t pc = 1; pc <= 3; ++pc) definitions.add(Frame{.pc = pc});
  }
  Definitions definitions;
};

TEST_F(FrameNamesTest, aFrameHasItsLinesInnermostFirst) {
  const TextId inner = definitions.addText("inner"), outer = definitions.addText("outer");
  definitions.name(FrameId{2}, std::array{SymbolLine{.function = inner, .line = 7, .inlined = true},
                                          SymbolLine{.function = outer, .line = 9}});
  const DefinitionsView view = definitions.view();
  const auto lines = FrameNames(view).of(FrameId{2});
  ASSERT_EQ(lines.count, 2U);
  EXPECT_EQ(view.texts[index(view.lines[lines.first].function)], "inner");
  EXPECT_EQ(view.texts[index(view.lines[lines.first + 1].function)], "outer");
}

TEST_F(FrameNamesTest, anUnnamedFrameHasNoLines) {
  definitions.name(FrameId{2}, std::array{SymbolLine{.line = 1}});
  const FrameNames names(definitions.now());
  EXPECT_EQ(names.of(FrameId{1}).count, 0U);
  EXPECT_EQ(names.of(FrameId{500}).count, 0U);
  EXPECT_EQ(definitions.now().texts[0], "");
}

TEST_F(FrameNamesTest, theLastNameCountsAndAViewKeepsItsOwn) {
  FrameNames names;
  definitions.name(FrameId{1}, std::array{SymbolLine{.line = 1}, SymbolLine{.line = 2}});
  const DefinitionsView before = definitions.view();
  names.extend(before);
  EXPECT_EQ(names.of(FrameId{1}).count, 2U);
  definitions.name(FrameId{1}, std::array{SymbolLine{.line = 3}});
  definitions.add(Frame{.pc = 4});
  names.extend(definitions.now());
  ASSERT_EQ(names.of(FrameId{1}).count, 1U);
  EXPECT_EQ(definitions.now().lines[names.of(FrameId{1}).first].line, 3U);
  EXPECT_EQ(before.lines.size(), 2U);
  EXPECT_EQ(before.frames.size(), 4U) << "the one that stands for none included";
}

}  // namespace
}  // namespace heaptap::model
