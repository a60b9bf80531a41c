// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "agent/capture/unwind/cfi.h"

namespace heaptap::capture {

/// The usual forms of an UnwindRow, small enough to be cached: what the walk needs to get from one frame to
/// the next when only pc, stack pointer and frame pointer are followed.
struct FrameRule {
  /// Of the first three the return address is at arch::returnAddressPlace(CFA).
  enum class Kind : std::uint8_t {
    FromStackPointer,  ///< CFA = sp + cfaOffset.
    FromFramePointer,  ///< CFA = fp + cfaOffset.
    Realigned,         ///< CFA = *(fp + cfaOffset); the caller's fp at *fp.
    Outermost,         ///< The stack ends here.
    Hard,              ///< Everything else: a signal frame, other registers, no unwind information at all.
  };
  /// framePointerOffset when the frame pointer is still the caller's.
  static constexpr std::int32_t kNotSaved = 0;

  Kind kind = Kind::Hard;
  std::int32_t cfaOffset = 0;                   ///< Units: bytes, like the next; both are multiples of 8.
  std::int32_t framePointerOffset = kNotSaved;  ///< The caller's fp is saved at CFA + this (never 0 there).
};

/// The small form of `row`; Hard when it has none, or when KnownFrame has no room for its offsets.
FrameRule compress(const UnwindRow& row);

/// What is known of one pc: the rule, and the frame's id in the shared frame table, which is 0 for the
/// agent's own code, as that is not shown. One word: walks look up many of them, and mostly find that the
/// program has pushed them out of the processor's cache.
class KnownFrame {
 public:
  using Kind = FrameRule::Kind;
  static constexpr std::uint32_t kMaxFrame = (1U << 28) - 1;

  /// Nothing is known.
  KnownFrame() = default;
  /// `rule`: from compress(). `frame`: at most kMaxFrame.
  KnownFrame(const FrameRule& rule, std::uint32_t frame)
      : m_word(part(rule.cfaOffset) << kCfaShift | (part(rule.framePointerOffset) & kFpMask) << kFpShift |
               (std::uint64_t{static_cast<std::uint8_t>(rule.kind)} + 1) << kKindShift | frame) {}

  [[nodiscard]] bool isKnown() const { return m_word != 0; }
  [[nodiscard]] std::uint32_t frame() const { return static_cast<std::uint32_t>(m_word) & kMaxFrame; }
  [[nodiscard]] Kind kind() const { return static_cast<Kind>((m_word >> kKindShift & kKindMask) - 1); }
  // Both to be added to addresses.
  [[nodiscard]] std::uint64_t cfaOffset() const { return bytes(m_word, kCfaBits); }
  [[nodiscard]] std::uint64_t framePointerOffset() const { return bytes(m_word << kCfaBits, kFpBits); }
  /// Whether the kind alone, and one of the offsets above, lead to the caller.
  [[nodiscard]] bool isFollowed() const { return kind() <= Kind::Realigned; }
  [[nodiscard]] bool savesFramePointer() const { return (m_word >> kFpShift & kFpMask) != 0; }

  /// Whether the result depends on the frame's own fp, when the caller's does (`callersNeeded`).
  [[nodiscard]] bool needsFramePointer(bool callersNeeded) const {
    const Kind rule = kind();
    if (rule == Kind::FromFramePointer || rule == Kind::Realigned) return true;
    return rule == Kind::FromStackPointer && !savesFramePointer() && callersNeeded;
  }

 private:
  // cfaOffset / 8 : 25, signed | framePointerOffset / 8 : 8, signed | kind + 1 : 3 | frame : 28
  static constexpr unsigned kKindShift = 28, kFpShift = 31, kFpBits = 8, kCfaShift = 39, kCfaBits = 25;
  static constexpr std::uint64_t kKindMask = 7, kFpMask = 0xFF;

  static std::uint64_t part(std::int32_t offset) {
    return static_cast<std::uint64_t>(std::int64_t{offset / 8});
  }
  // Of a number in the upper bits of a word: eight times that.
  static std::uint64_t bytes(std::uint64_t word, unsigned bits) {
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(word) >> (64 - bits)) * 8;
  }

  std::uint64_t m_word = 0;
};
static_assert(sizeof(KnownFrame) == 8);

}  // namespace heaptap::capture
