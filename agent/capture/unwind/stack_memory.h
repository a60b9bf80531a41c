// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>

#include "agent/capture/system/own_stack.h"

namespace heaptap::capture {

/// Which memory a walk may read. A wrong rule (hand-written assembly, a JIT, damaged unwind information) must
/// not make the target crash:
/// - on the thread's own stack: from the frame's stack pointer to the stack's end, which costs nothing;
/// - on any other (a fiber's, a signal stack): kForeignWindow bytes from the stack pointer on, as far as the
///   kernel has said in this walk that their pages may be read. What it said in an earlier walk does not
///   count: the stack may have been unmapped, and another one made at its place.
/// Threads: one walk.
class StackMemory {
 public:
  explicit StackMemory(OwnStack& own) : m_own(own) {}

  /// Moves on to the frame whose stack pointer is `sp`.
  void enterFrame(std::uint64_t sp) {
    m_sp = sp;
    if (!m_own.contains(sp)) return enterElsewhere(sp);
    m_low = OwnStack::pageOf(sp);
    m_high = m_own.end();
    m_words = wordsWithin(m_low, m_high);
    m_isOwn = true;
  }
  /// The same after a step outward, to a frame that lies further out. Hot path.
  void enterCaller(std::uint64_t sp) {
    if (!m_isOwn || sp >= m_high) return enterFrame(sp);
    m_sp = sp;
    m_low = OwnStack::pageOf(sp);
    m_words = wordsWithin(m_low, m_high);
  }

  /// Returns true when the frame is on the thread's own stack.
  [[nodiscard]] bool isOwn() const { return m_isOwn; }

  [[nodiscard]] bool readable(std::uint64_t address, std::size_t bytes) const {
    return (address >= m_low && address <= m_high && bytes <= m_high - address) ||
           readableElsewhere(address, bytes);
  }

  /// The same for a word: one comparison on the thread's own stack. Hot path.
  [[nodiscard]] bool mayReadWord(std::uint64_t address) const {
    return address - m_low < m_words || readableElsewhere(address, sizeof(std::uint64_t));
  }

  /// The aligned or unaligned word at `address`; nothing when it may not be read.
  [[nodiscard]] std::optional<std::uint64_t> read(std::uint64_t address, std::size_t bytes = 8) const {
    if (!readable(address, bytes)) return std::nullopt;
    std::uint64_t value = 0;
    std::memcpy(&value, reinterpret_cast<const void*>(address), bytes);
    return value;
  }

 private:
  static constexpr std::uint64_t kForeignWindow = 1ULL << 20;
  static constexpr std::uint64_t kRedZone = 128;  // Below the stack pointer a leaf may still keep registers.

  static std::uint64_t wordsWithin(std::uint64_t low, std::uint64_t high) {
    return high - low -
           (sizeof(std::uint64_t) - 1);  // A stack ends at a multiple of 8, and does not begin there.
  }
  void enterElsewhere(std::uint64_t sp);
  bool readableElsewhere(std::uint64_t address, std::size_t bytes) const;
  bool isProven(std::uint64_t page) const;

  OwnStack& m_own;
  std::uint64_t m_sp = 0;
  std::uint64_t m_low = 0;  // [m_low, m_high) may be read without asking.
  std::uint64_t m_high = 0;
  std::uint64_t m_words = 0;  // At so many places from m_low on a word lies within.
  bool m_isOwn = false;
  // Pages that the kernel has said may be read, in this walk: neighbours.
  mutable std::uint64_t m_provenLow = 0;
  mutable std::uint64_t m_provenHigh = 0;
};

}  // namespace heaptap::capture
