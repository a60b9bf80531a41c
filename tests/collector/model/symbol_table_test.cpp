// SPDX-License-Identifier: Apache-2.0
#include "collector/model/symbol_table.h"

#include <gtest/gtest.h>

#include <array>

namespace heaptap::model {
namespace {

TEST(SymbolTable, aFrameHasItsLinesInnermostFirst) {
  SymbolTable symbols;
  const TextId inner = symbols.addText("inner"), outer = symbols.addText("outer");
  const std::array lines = {SymbolLine{.function = inner, .line = 7, .inlined = true},
                            SymbolLine{.function = outer, .line = 9}};
  symbols.name(FrameId{5}, lines);
  ASSERT_EQ(symbols.lines(FrameId{5}).size(), 2U);
  EXPECT_EQ(symbols.text(symbols.lines(FrameId{5})[0].function), "inner");
  EXPECT_EQ(symbols.text(symbols.lines(FrameId{5})[1].function), "outer");
}

TEST(SymbolTable, anUnnamedFrameHasNoLines) {
  SymbolTable symbols;
  symbols.name(FrameId{5}, std::array{SymbolLine{.line = 1}});
  EXPECT_TRUE(symbols.lines(FrameId{4}).empty());
  EXPECT_TRUE(symbols.lines(FrameId{500}).empty());
  EXPECT_EQ(symbols.text(TextId{0}), "");
}

TEST(SymbolTable, aSecondNameReplacesTheFirst) {
  SymbolTable symbols;
  symbols.name(FrameId{1}, std::array{SymbolLine{.line = 1}, SymbolLine{.line = 2}});
  symbols.name(FrameId{1}, std::array{SymbolLine{.line = 3}});
  ASSERT_EQ(symbols.lines(FrameId{1}).size(), 1U);
  EXPECT_EQ(symbols.lines(FrameId{1})[0].line, 3U);
}

}  // namespace
}  // namespace heaptap::model
