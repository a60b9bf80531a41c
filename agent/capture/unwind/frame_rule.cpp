// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/unwind/frame_rule.h"

namespace heaptap::capture {
namespace {

using Rule = RegisterRule::Kind;

// What KnownFrame has room for. Frames are smaller, and save the frame pointer among the first registers;
// whatever is beyond takes the thorough way.
constexpr std::int64_t kLargestOffset = (1 << 27) - 8;
constexpr std::int64_t kLargestFramePointerOffset = 127 * 8;

bool fits(std::int64_t offset, std::int64_t largest) {
  return offset >= -largest && offset <= largest && offset % 8 == 0;
}

// GCC's form of a realigned frame: CFA = *(fp + offset), that is DW_OP_breg<fp> offset; DW_OP_deref, with a
// one-byte offset, and the caller's fp at *(fp), DW_OP_breg<fp> 0.
bool isRealigned(const UnwindRow& row, std::int32_t& offset) {
  constexpr std::uint8_t kBregFp = 0x70 + arch::kFramePointer;
  constexpr std::uint8_t kDeref = 0x06;
  const std::uint8_t* e = row.cfaExpression;
  if (row.cfaExpressionBytes != 3 || e[0] != kBregFp || (e[1] & 0x80) != 0 || e[2] != kDeref) return false;
  const RegisterRule& fp = row.rules[arch::kFramePointer];
  const bool savedAtFp = fp.kind == Rule::AtExpression && fp.expressionBytes == 2 &&
                         fp.expression[0] == kBregFp && fp.expression[1] == 0;
  offset = (e[1] & 0x40) != 0 ? e[1] - 0x80 : e[1];
  return savedAtFp;
}

}  // namespace

FrameRule compress(const UnwindRow& row) {
  constexpr FrameRule kHard{FrameRule::Kind::Hard, 0, 0};
  if (row.signalFrame || row.returnAddressRegister != arch::kReturnAddress) return kHard;
  const RegisterRule& ra = row.rules[arch::kReturnAddress];
  if (ra.kind == Rule::Undefined) return {FrameRule::Kind::Outermost, 0, 0};
  if (ra.kind != Rule::AtCfa || ra.offset != arch::kReturnAddressFromCfa) return kHard;
  if (row.rules[arch::kStackPointer].kind != Rule::SameValue) return kHard;
  std::int32_t realignOffset = 0;
  if (row.cfaIsExpression) {
    if (!isRealigned(row, realignOffset) || !fits(realignOffset, kLargestOffset)) return kHard;
    return {FrameRule::Kind::Realigned, realignOffset, 0};
  }
  if (!fits(row.cfaOffset, kLargestOffset)) return kHard;
  FrameRule rule;
  rule.cfaOffset = static_cast<std::int32_t>(row.cfaOffset);
  if (row.cfaRegister == arch::kStackPointer) {
    rule.kind = FrameRule::Kind::FromStackPointer;
  } else if (row.cfaRegister == arch::kFramePointer) {
    rule.kind = FrameRule::Kind::FromFramePointer;
  } else {
    return kHard;
  }
  const RegisterRule& fp = row.rules[arch::kFramePointer];
  if (fp.kind == Rule::AtCfa && fits(fp.offset, kLargestFramePointerOffset) &&
      fp.offset != FrameRule::kNotSaved) {
    rule.framePointerOffset = static_cast<std::int32_t>(fp.offset);
  } else if (fp.kind != Rule::SameValue) {
    return kHard;
  }
  return rule;
}

}  // namespace heaptap::capture
