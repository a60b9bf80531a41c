// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

namespace heaptap::columns {

/// How far a block of `size` bytes reaches in glibc's heap, its header included. `slackPlus1`: what the block
/// has beyond them, plus 1; 0: unknown. Where another allocator made it, no more than a number that blocks of
/// one size have in common. Part of the format: addresses are guessed by it (AddressGuesses).
constexpr std::uint32_t chunkBytes(std::uint64_t size, std::uint64_t slackPlus1) {
  constexpr std::uint64_t kHeader = 8, kAlign = 16, kLeast = 32, kMost = 0xFFFF'FFF0;
  const std::uint64_t usable = size + (slackPlus1 == 0 ? 0 : slackPlus1 - 1);
  if (usable < size || usable >= kMost - kHeader - kAlign) return kMost;
  return static_cast<std::uint32_t>(std::max((usable + kHeader + kAlign - 1) / kAlign * kAlign, kLeast));
}

}  // namespace heaptap::columns
