// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "agent/capture/record/block_tags.h"
#include "agent/capture/record/landmark.h"
#include "agent/capture/unwind/call_site.h"

namespace heaptap::capture {

/// Names a call whose begin is in a stream, for its end.
class OpenToken {
 public:
  constexpr OpenToken() = default;
  constexpr OpenToken(std::uint32_t slot, std::uint32_t lane, std::uint32_t level)
      : m_word(slot << 6 | level << 2 | lane << 1 | 1) {}
  static constexpr OpenToken unpacked(std::uint32_t word) {
    OpenToken token;
    token.m_word = word;
    return token;
  }
  /// Not 0 when the begin was recorded.
  [[nodiscard]] constexpr std::uint32_t packed() const { return m_word; }
  [[nodiscard]] constexpr bool isRecorded() const { return m_word != 0; }
  [[nodiscard]] constexpr std::uint32_t lane() const { return m_word >> 1 & 1; }
  [[nodiscard]] constexpr std::uint32_t level() const { return m_word >> 2 & 0xF; }
  [[nodiscard]] constexpr std::uint32_t slot() const { return m_word >> 6; }

 private:
  std::uint32_t m_word = 0;  // slot:26 | level:4 | lane:1 | 1
};

/// The calls that a thread is in the middle of, of which the begin and the end are events: reallocs, and what
/// changes mappings. A signal handler may run inside one and begin another, so they have levels, by which the
/// relay matches begins and ends. One that a jump has left is found out by its frame: see Landmark.
/// Threads: one.
struct OpenCalls {
  static constexpr std::uint32_t kMost = 15;  // Levels have four bits.
  enum class Kind : std::uint8_t { Realloc, Unmap, Move };
  struct Call {
    Kind kind;
    std::uint8_t lane;      ///< Whose stream has its begin.
    BlockTags::Tag tag;     ///< What the old block's was.
    std::uint64_t address;  ///< Of the old block.
    Landmark frame;         ///< The entry point's return address, which is there until it returns.
  };

  std::uint32_t count = 0;
  Call calls[kMost] = {};

  /// At level `count`.
  void begin(const Call& call) { calls[count++] = call; }
  /// The call at `level` has ended, and with it what was left inside of it.
  void endFrom(std::uint32_t level) {
    if (level < count) count = level;
  }
};

}  // namespace heaptap::capture
