// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace heaptap::relay {

/// One live block, as the matcher must remember it: an allocation of the session, or one that the process
/// got from the process it was forked from. Everything else is what its pair says.
struct Block {
  static constexpr std::uint64_t kInherited = ~std::uint64_t{0};

  std::uint64_t address = 0;  ///< 48 bits, and not 0.
  std::uint64_t number = 0;   ///< Counts the allocations of the session: 0, 1, 2, …; or kInherited.
  std::uint64_t timeNs = 0;   ///< Session time of the allocation. Of an inherited block: its size instead.
  std::uint32_t pair = 0;

  static Block inherited(std::uint64_t address, std::uint64_t bytes) {
    return {address, kInherited, bytes, 0};
  }
  [[nodiscard]] bool isInherited() const { return number == kInherited; }
  /// Only when inherited.
  [[nodiscard]] std::uint64_t inheritedBytes() const { return timeNs; }

  friend bool operator==(const Block&, const Block&) = default;
};

}  // namespace heaptap::relay
