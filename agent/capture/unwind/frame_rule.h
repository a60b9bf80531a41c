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
  std::int32_t cfaOffset = 0;
  std::int32_t framePointerOffset = kNotSaved;  ///< The caller's fp is saved at CFA + this (never 0 there).

  /// Whether the result depends on the frame's own fp, when the caller's does (`callersNeeded`).
  [[nodiscard]] bool needsFramePointer(bool callersNeeded) const {
    if (kind == Kind::FromFramePointer || kind == Kind::Realigned) return true;
    return kind == Kind::FromStackPointer && framePointerOffset == kNotSaved && callersNeeded;
  }
};

/// The small form of `row`; Hard when it has none.
FrameRule compress(const UnwindRow& row);

}  // namespace heaptap::capture
