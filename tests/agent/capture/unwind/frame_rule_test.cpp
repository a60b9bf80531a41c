// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/unwind/frame_rule.h"

#include <gtest/gtest.h>

namespace heaptap::capture {
namespace {

using FrameKind = FrameRule::Kind;
using Saved = RegisterRule::Kind;

/// The row of a usual function: the CFA is a register and an offset, the return address lies where a call
/// puts it.
UnwindRow usual(unsigned cfaRegister, std::int64_t cfaOffset) {
  UnwindRow row;
  row.cfaRegister = cfaRegister;
  row.cfaOffset = cfaOffset;
  row.rules[arch::kReturnAddress].kind = Saved::AtCfa;
  row.rules[arch::kReturnAddress].offset = arch::kReturnAddressFromCfa;
  return row;
}

UnwindRow withSavedFramePointer(UnwindRow row, std::int64_t offset) {
  row.rules[arch::kFramePointer].kind = Saved::AtCfa;
  row.rules[arch::kFramePointer].offset = offset;
  return row;
}

TEST(FrameRule, OfAFunctionWithoutAFramePointerNeedsTheCallersOnlyIfTheCallerDoes) {
  const FrameRule rule = compress(usual(arch::kStackPointer, 48));
  EXPECT_EQ(rule.kind, FrameKind::FromStackPointer);
  EXPECT_EQ(rule.cfaOffset, 48);
  EXPECT_EQ(rule.framePointerOffset, FrameRule::kNotSaved);
  EXPECT_TRUE(rule.needsFramePointer(true));
  EXPECT_FALSE(rule.needsFramePointer(false));
}

TEST(FrameRule, OfAFunctionThatSavesTheFramePointerDoesNotNeedItsOwn) {
  const FrameRule rule = compress(withSavedFramePointer(usual(arch::kStackPointer, 48), -16));
  EXPECT_EQ(rule.framePointerOffset, -16);
  EXPECT_FALSE(rule.needsFramePointer(true));
}

TEST(FrameRule, OfAFunctionWithAFramePointerNeedsIt) {
  const FrameRule rule = compress(withSavedFramePointer(usual(arch::kFramePointer, 16), -16));
  EXPECT_EQ(rule.kind, FrameKind::FromFramePointer);
  EXPECT_TRUE(rule.needsFramePointer(false));
}

TEST(FrameRule, OfARealignedFrameReadsTheCfa) {
  static constexpr std::uint8_t kCfa[] = {0x70 + arch::kFramePointer, 0x78 /* -8 */, 0x06 /* DW_OP_deref */};
  static constexpr std::uint8_t kFp[] = {0x70 + arch::kFramePointer, 0};
  UnwindRow row = usual(0, 0);
  row.cfaIsExpression = true;
  row.cfaExpression = kCfa;
  row.cfaExpressionBytes = sizeof kCfa;
  row.rules[arch::kFramePointer].kind = Saved::AtExpression;
  row.rules[arch::kFramePointer].expression = kFp;
  row.rules[arch::kFramePointer].expressionBytes = sizeof kFp;
  const FrameRule rule = compress(row);
  EXPECT_EQ(rule.kind, FrameKind::Realigned);
  EXPECT_EQ(rule.cfaOffset, -8);
  EXPECT_TRUE(rule.needsFramePointer(false));
  row.cfaExpressionBytes = 2;  // Without the read.
  EXPECT_EQ(compress(row).kind, FrameKind::Hard);
}

TEST(FrameRule, OfTheOutermostFunctionEndsTheStack) {
  UnwindRow row = usual(arch::kStackPointer, 8);
  row.rules[arch::kReturnAddress].kind = Saved::Undefined;
  EXPECT_EQ(compress(row).kind, FrameKind::Outermost);
}

TEST(FrameRule, IsHardForWhateverIsUnusual) {
  UnwindRow row = usual(arch::kStackPointer, 8);
  row.signalFrame = true;
  EXPECT_EQ(compress(row).kind, FrameKind::Hard) << "a signal frame";

  row = usual(arch::kRbx, 8);
  EXPECT_EQ(compress(row).kind, FrameKind::Hard) << "the CFA from another register";

  row = usual(arch::kStackPointer, 8);
  row.rules[arch::kReturnAddress].offset = 0;
  EXPECT_EQ(compress(row).kind, FrameKind::Hard) << "the return address elsewhere";

  row = usual(arch::kStackPointer, 8);
  row.rules[arch::kReturnAddress].kind = Saved::InRegister;
  EXPECT_EQ(compress(row).kind, FrameKind::Hard) << "the return address in a register";

  row = usual(arch::kStackPointer, 8);
  row.rules[arch::kStackPointer].kind = Saved::AtCfa;
  EXPECT_EQ(compress(row).kind, FrameKind::Hard) << "another stack";

  row = usual(arch::kStackPointer, 8);
  row.rules[arch::kFramePointer].kind = Saved::Undefined;
  EXPECT_EQ(compress(row).kind, FrameKind::Hard) << "the frame pointer is lost";

  EXPECT_EQ(compress(withSavedFramePointer(usual(arch::kStackPointer, 8), 0)).kind, FrameKind::Hard)
      << "saved where `not saved` would be meant";
}

TEST(FrameRule, IsHardForOffsetsThatDoNotFit) {
  for (const std::int64_t offset : {std::int64_t{1} << 27, std::int64_t{1} << 40, -(std::int64_t{1} << 27)}) {
    EXPECT_EQ(compress(usual(arch::kStackPointer, offset)).kind, FrameKind::Hard) << offset;
    EXPECT_EQ(compress(withSavedFramePointer(usual(arch::kStackPointer, 8), offset)).kind, FrameKind::Hard);
  }
  EXPECT_EQ(compress(usual(arch::kStackPointer, (1 << 27) - 1)).kind, FrameKind::FromStackPointer);
}

}  // namespace
}  // namespace heaptap::capture
