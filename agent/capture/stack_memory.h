// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>

#include "agent/capture/arch/arch.h"

namespace heaptap::capture {

/// Which memory a walk may read. A wrong rule (hand-written assembly, a JIT) must not make the target
/// crash, so addresses are checked against the stack that the walk is on:
/// - on the thread's own stack: from the frame's stack pointer to the stack's known end;
/// - on any other (a fiber's, a signal stack): the next kForeignWindow bytes only.
class StackMemory {
 public:
  /// `ownEnd`: end of the thread's own stack, 0 when unknown.
  explicit StackMemory(std::uint64_t ownEnd) : m_ownEnd(ownEnd) {}

  /// Moves on to the frame whose stack pointer is `sp`.
  void enterFrame(std::uint64_t sp) {
    m_low = sp - kRedZone;
    const bool own = sp < m_ownEnd && m_ownEnd - sp <= kLargestOwnStack;
    m_high = own ? m_ownEnd : sp + kForeignWindow;
  }

  [[nodiscard]] bool readable(std::uint64_t address, std::size_t bytes) const {
    return address >= m_low && address <= m_high && bytes <= m_high - address;
  }

  /// The aligned or unaligned word at `address`; nothing when it may not be read.
  [[nodiscard]] std::optional<std::uint64_t> read(std::uint64_t address, std::size_t bytes = 8) const {
    if (!readable(address, bytes)) return std::nullopt;
    std::uint64_t value = 0;
    std::memcpy(&value, reinterpret_cast<const void*>(address), bytes);
    return value;
  }

 private:
  // Far more than any default; what is further away is another mapping.
  static constexpr std::uint64_t kLargestOwnStack = 64ULL << 20;
  static constexpr std::uint64_t kForeignWindow = 1ULL << 20;
  static constexpr std::uint64_t kRedZone = 128;  // Below the stack pointer a leaf may still keep registers.

  std::uint64_t m_ownEnd;
  std::uint64_t m_low = 0;
  std::uint64_t m_high = 0;
};

}  // namespace heaptap::capture
