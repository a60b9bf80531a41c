// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "agent/capture/unwind/frame_rule.h"
#include "agent/capture/unwind/stack_memory.h"

namespace heaptap::capture {

/// One frame of a remembered walk: the state in it and the stack that it stands for.
struct MemoFrame {
  std::uint64_t pc;
  std::uint64_t sp;
  std::uint64_t fp;    ///< Meaningless unless fpNeeded.
  std::uint64_t path;  ///< PathCache's hash of the stack up to and including this frame.
  FrameRule rule;
  std::uint32_t frame;  ///< Id in the frame table, 0 for the agent's own code.
  std::uint32_t node;   ///< The stack up to and including this frame.
  bool exact;           ///< pc is an interrupted instruction.
  bool fpNeeded;        ///< The walk from here outward depends on fp.
};

/// The words that led from one frame to its caller: where they lie, and what they said. The second is the
/// first again where only the return address was read.
struct FrameProof {
  std::uint64_t at[2];  ///< Zero in at[0]: not to be proved this way, see StackMemo::unchanged.
  std::uint64_t said[2];
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
  StackMemo(MemoFrame* frames, FrameProof* proofs, std::uint32_t capacity)
      : m_frames(frames), m_proofs(proofs), m_capacity(capacity) {}
  StackMemo() = default;

  [[nodiscard]] std::uint32_t count() const { return m_count; }
  [[nodiscard]] std::uint32_t reusable() const { return m_reusable; }
  [[nodiscard]] const MemoFrame& operator[](std::uint32_t i) const { return m_frames[i]; }

  /// Whether the words that led from frame `i` to its caller still say the same.
  /// They may be read: the thread is in frame `i`, as the walk has met it or as all inner words vouch for it,
  /// so this walk would read the same ones.
  [[nodiscard]] bool unchanged(std::uint32_t i) const {
    const FrameProof& proof = m_proofs[i];
    if (proof.at[0] == 0) return unchangedElsewise(i);
    return ((word(proof.at[0]) ^ proof.said[0]) | (word(proof.at[1]) ^ proof.said[1])) == 0;  // One branch.
  }

  /// Whether all words that unchanged() reads of frame `i` may be read.
  [[nodiscard]] bool mayRead(std::uint32_t i, StackMemory& memory) const {
    const MemoFrame& frame = m_frames[i];
    memory.enterFrame(frame.sp);
    const auto mayReadWord = [&](std::uint64_t at) { return memory.readable(at, sizeof(std::uint64_t)); };
    const FrameProof& proof = m_proofs[i];
    if (proof.at[0] != 0) return mayReadWord(proof.at[0]) && mayReadWord(proof.at[1]);
    if (i == 0 || frame.rule.kind != FrameRule::Kind::Realigned) return true;
    return mayReadWord(arch::returnAddressPlace(m_frames[i - 1].sp)) &&
           mayReadWord(frame.fp + offset(frame.rule.cfaOffset)) && mayReadWord(frame.fp);
  }

  /// Forgets everything. What is pushed next is where a stack was cut: its rest is not looked at.
  void beginCut() {
    forgetFrom(0);
    m_isCut = true;
  }
  [[nodiscard]] bool isCut() const { return m_isCut; }
  void forgetFrom(std::uint32_t count) {
    if (count == 0) m_isCut = false;
    m_count = count;
    if (m_reusable > count) m_reusable = count;
  }
  /// Adds the next inner frame. `reusable`: it and all outer ones may be met again.
  void push(const MemoFrame& frame, bool reusable) {
    if (m_count == m_capacity) return;
    if (reusable && m_reusable == m_count) ++m_reusable;
    // Member by member: the frame has just been written so, and a wider load would have to wait for it.
    MemoFrame& kept = m_frames[m_count];
    kept.pc = frame.pc;
    kept.sp = frame.sp;
    kept.fp = frame.fp;
    kept.path = frame.path;
    kept.rule.kind = frame.rule.kind;
    kept.rule.cfaOffset = frame.rule.cfaOffset;
    kept.rule.framePointerOffset = frame.rule.framePointerOffset;
    kept.frame = frame.frame;
    kept.node = frame.node;
    kept.exact = frame.exact;
    kept.fpNeeded = frame.fpNeeded;
    m_proofs[m_count] = proofOf(m_count);
    ++m_count;
  }

 private:
  static std::uint64_t word(std::uint64_t at) { return *reinterpret_cast<const std::uint64_t*>(at); }
  static std::uint64_t offset(std::int32_t bytes) { return static_cast<std::uint64_t>(std::int64_t{bytes}); }

  [[nodiscard]] FrameProof proofOf(std::uint32_t i) const {
    const FrameRule& rule = m_frames[i].rule;
    const bool simple =
        rule.kind == FrameRule::Kind::FromStackPointer || rule.kind == FrameRule::Kind::FromFramePointer;
    if (i == 0 || !simple) return {};
    const MemoFrame& caller = m_frames[i - 1];
    const std::uint64_t returnAt = arch::returnAddressPlace(caller.sp);
    FrameProof proof{{returnAt, returnAt}, {caller.pc, caller.pc}};
    if (rule.framePointerOffset != FrameRule::kNotSaved && caller.fpNeeded) {
      proof.at[1] = caller.sp + offset(rule.framePointerOffset);
      proof.said[1] = caller.fp;
    }
    return proof;
  }

  [[nodiscard]] bool unchangedElsewise(std::uint32_t i) const {
    const MemoFrame& frame = m_frames[i];
    if (frame.rule.kind == FrameRule::Kind::Outermost || (i == 0 && m_isCut)) return true;
    if (i == 0 || frame.rule.kind != FrameRule::Kind::Realigned) return false;
    const MemoFrame& caller = m_frames[i - 1];
    return word(arch::returnAddressPlace(caller.sp)) == caller.pc &&
           word(frame.fp + offset(frame.rule.cfaOffset)) == caller.sp &&
           (!caller.fpNeeded || word(frame.fp) == caller.fp);
  }

  MemoFrame* m_frames = nullptr;
  FrameProof* m_proofs = nullptr;
  std::uint32_t m_capacity = 0;
  std::uint32_t m_count = 0;
  std::uint32_t m_reusable = 0;
  bool m_isCut = false;  ///< There are frames outside of the outermost one, and they do not matter.
};

}  // namespace heaptap::capture
