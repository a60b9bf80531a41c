// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace heaptap::capture::arch {

/// So many bytes before a return address can belong to the call.
inline constexpr std::size_t kLongestCall = 7;

/// Whether the instruction right before `returnAddress` can be `call there` (`E8` and a distance; Intel SDM,
/// volume 2, CALL). The kLongestCall bytes before it may be read; so they may for the others here.
inline bool followsDirectCall(const std::uint8_t* returnAddress) { return returnAddress[-5] == 0xE8; }

/// What that call has called.
inline std::uint64_t targetOfDirectCall(const std::uint8_t* returnAddress) {
  std::int32_t distance = 0;
  __builtin_memcpy(&distance, returnAddress - 4, sizeof distance);
  return reinterpret_cast<std::uintptr_t>(returnAddress) + static_cast<std::uint64_t>(std::int64_t{distance});
}

/// Whether it can be a call through a register or a word in memory: `FF /2` with any operand.
inline bool followsIndirectCall(const std::uint8_t* returnAddress) {
  for (std::size_t length = 2; length <= kLongestCall; ++length) {
    const std::uint8_t* const call = returnAddress - length;
    if (call[0] != 0xFF || (call[1] >> 3 & 7) != 2) continue;
    const unsigned mode = call[1] >> 6;
    const unsigned operand = call[1] & 7U;
    const bool hasIndex = mode != 3 && operand == 4;
    std::size_t needed = hasIndex ? 3 : 2;
    if (mode == 1) needed += 1;
    if (mode == 2) needed += 4;
    if (mode == 0 && (operand == 5 || (hasIndex && length > 2 && (call[2] & 7) == 5))) needed += 4;
    if (needed == length) return true;
  }
  return false;
}

}  // namespace heaptap::capture::arch
