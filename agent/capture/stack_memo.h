// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "agent/capture/frame_rule.h"
#include "agent/capture/stack_memory.h"

namespace heaptap::capture {

/// One frame of a remembered walk: the state in it, the words that were read to leave it, and its stack id.
struct MemoFrame {
  std::uint64_t pc;
  std::uint64_t sp;
  std::uint64_t fp;  ///< Meaningless unless fpNeeded.
  FrameRule rule;
  std::uint32_t frame;  ///< Id in the frame table, 0 for the agent's own code.
  std::uint32_t node;   ///< The stack up to and including this frame.
  bool exact;           ///< pc is an interrupted instruction.
  bool fpNeeded;        ///< The walk from here outward depends on fp.
};

/// The thread's previous walk. Unwinding is a function of the start state, the rules and the words it reads,
/// so when a new walk reaches a remembered state, and every word that the old walk read from there outward is
/// unchanged, the old result is the result.
///
/// Frames are kept outermost first: a new walk replaces the inner end. Only the `reusable` outermost frames
/// may be met: further in, a frame was walked by a rule whose reads are not remembered.
/// Owns: two arrays in the thread's context. Threads: one.
class StackMemo {
 public:
  StackMemo(MemoFrame* frames, std::uint32_t capacity) : m_frames(frames), m_capacity(capacity) {}
  StackMemo() = default;

  [[nodiscard]] std::uint32_t count() const { return m_count; }
  [[nodiscard]] std::uint32_t reusable() const { return m_reusable; }
  [[nodiscard]] std::uint32_t capacity() const { return m_capacity; }
  [[nodiscard]] const MemoFrame& operator[](std::uint32_t i) const { return m_frames[i]; }

  /// Whether the words that led from frame `i` to its caller still say the same.
  [[nodiscard]] bool unchanged(std::uint32_t i, const StackMemory& memory) const;

  void forgetFrom(std::uint32_t count) {
    m_count = count;
    if (m_reusable > count) m_reusable = count;
  }
  /// Adds the next inner frame. `reusable`: it and all outer ones may be met again.
  bool push(const MemoFrame& frame, bool reusable) {
    if (m_count == m_capacity) return false;
    if (reusable && m_reusable == m_count) ++m_reusable;
    m_frames[m_count++] = frame;
    return true;
  }

 private:
  MemoFrame* m_frames = nullptr;
  std::uint32_t m_capacity = 0;
  std::uint32_t m_count = 0;
  std::uint32_t m_reusable = 0;
};

inline bool StackMemo::unchanged(std::uint32_t i, const StackMemory& memory) const {
  const MemoFrame& frame = m_frames[i];
  if (frame.rule.kind == FrameRule::Kind::Outermost) return true;
  if (i == 0) return false;
  const MemoFrame& caller = m_frames[i - 1];
  const auto holds = [&memory](std::uint64_t at, std::uint64_t value) {
    return memory.readable(at, 8) && *reinterpret_cast<const std::uint64_t*>(at) == value;
  };
  if (!holds(caller.sp - 8, caller.pc)) return false;
  if (frame.rule.kind == FrameRule::Kind::Realigned) {
    const auto offset = static_cast<std::uint64_t>(std::int64_t{frame.rule.cfaOffset});
    return holds(frame.fp + offset, caller.sp) && (!caller.fpNeeded || holds(frame.fp, caller.fp));
  }
  if (frame.rule.framePointerOffset == FrameRule::kNotSaved || !caller.fpNeeded) return true;
  return holds(caller.sp + static_cast<std::uint64_t>(std::int64_t{frame.rule.framePointerOffset}),
               caller.fp);
}

}  // namespace heaptap::capture
