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
  EXPECT_TRUE(KnownFrame(rule, 1).needsFramePointer(true));
  EXPECT_FALSE(KnownFrame(rule, 1).needsFramePointer(false));
}

TEST(FrameRule, OfAFunctionThatSavesTheFramePointerDoesNotNeedItsOwn) {
  const FrameRule rule = compress(withSavedFramePointer(usual(arch::kStackPointer, 48), -16));
  EXPECT_EQ(rule.framePointerOffset, -16);
  EXPECT_FALSE(KnownFrame(rule, 1).needsFramePointer(true));
}

TEST(FrameRule, OfAFunctionWithAFramePointerNeedsIt) {
  const FrameRule rule = compress(withSavedFramePointer(usual(arch::kFramePointer, 16), -16));
  EXPECT_EQ(rule.kind, FrameKind::FromFramePointer);
  EXPECT_TRUE(KnownFrame(rule, 1).needsFramePointer(false));
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
  EXPECT_TRUE(KnownFrame(rule, 1).needsFramePointer(false));
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
  constexpr std::int64_t kBeyond = std::int64_t{1} << 27;
  for (const std::int64_t offset : {kBeyond, std::int64_t{1} << 40, -kBeyond, std::int64_t{12}}) {
    EXPECT_EQ(compress(usual(arch::kStackPointer, offset)).kind, FrameKind::Hard) << offset;
    EXPECT_EQ(compress(withSavedFramePointer(usual(arch::kStackPointer, 8), offset)).kind, FrameKind::Hard);
  }
  EXPECT_EQ(compress(usual(arch::kStackPointer, kBeyond - 8)).kind, FrameKind::FromStackPointer);
  EXPECT_EQ(compress(withSavedFramePointer(usual(arch::kStackPointer, 8), -1024)).kind, FrameKind::Hard);
}

TEST(KnownFrame, IsWhatItWasMadeOf) {
  EXPECT_FALSE(KnownFrame().isKnown());
  for (const auto kind : {FrameKind::FromStackPointer, FrameKind::FromFramePointer, FrameKind::Realigned,
                          FrameKind::Outermost, FrameKind::Hard}) {
    for (const std::int32_t cfa : {0, 8, -8, 48, (1 << 27) - 8, -(1 << 27) + 8}) {
      for (const std::int32_t fp : {FrameRule::kNotSaved, -16, 8, -1016, 1016}) {
        for (const std::uint32_t frame : {0U, 1U, KnownFrame::kMaxFrame}) {
          const KnownFrame known({kind, cfa, fp}, frame);
          EXPECT_TRUE(known.isKnown());
          EXPECT_EQ(known.kind(), kind);
          EXPECT_EQ(static_cast<std::int64_t>(known.cfaOffset()), cfa);
          EXPECT_EQ(static_cast<std::int64_t>(known.framePointerOffset()), fp);
          EXPECT_EQ(known.savesFramePointer(), fp != FrameRule::kNotSaved);
          EXPECT_EQ(known.frame(), frame);
        }
      }
    }
  }
}

}  // namespace
}  // namespace heaptap::capture
