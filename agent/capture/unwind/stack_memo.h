// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "agent/capture/unwind/frame_rule.h"
#include "agent/capture/unwind/path_cache.h"
#include "agent/capture/unwind/stack_memory.h"
#include "agent/capture/unwind/stack_table.h"

namespace heaptap::capture {

/// Where a frame of a remembered walk is: all that most proofs need, so that four of them share a cache line.
struct FramePlace {
  std::uint64_t pc;
  std::uint64_t word;  ///< marks:8 | sp:56; of addresses only the kernel's have more bits.

  static constexpr std::uint64_t kMarked = 1ULL << 63;  ///< There are other marks.
  static constexpr std::uint64_t kMoreToProve = 1ULL
                                                << 62;  ///< More has led to the caller than a return address.
  static constexpr std::uint64_t kFpNeeded = 1ULL << 61;  ///< The walk from here outward depends on fp.
  static constexpr std::uint64_t kExact = 1ULL << 60;     ///< pc is an interrupted instruction.
  static constexpr std::uint64_t kSp = (1ULL << 56) - 1;

  static std::uint64_t wordOf(std::uint64_t sp, bool exact) {
    return (sp & kSp) | (exact ? kExact | kMarked : 0);
  }
  [[nodiscard]] bool isMarked() const { return (word & kMarked) != 0; }
  [[nodiscard]] std::uint64_t sp() const { return word & kSp; }
  [[nodiscard]] bool isExact() const { return (word & kExact) != 0; }
  [[nodiscard]] bool fpNeeded() const { return (word & kFpNeeded) != 0; }
  [[nodiscard]] bool hasMoreToProve() const { return (word & kMoreToProve) != 0; }
};
static_assert(sizeof(FramePlace) == 16);

/// What else is remembered of it.
struct FrameDetail {
  KnownFrame known;
  std::uint64_t fp;    ///< Meaningless unless fpNeeded().
  std::uint64_t path;  ///< PathCache's hash of the stack up to and including this frame.
  std::uint32_t node;  ///< The stack up to and including this frame.
};
static_assert(sizeof(FrameDetail) == 32);

/// A frame of the walk under way.
struct FreshFrame {
  std::uint64_t pc;
  std::uint64_t word;  ///< FramePlace::wordOf().
  KnownFrame known;
  std::uint64_t fp;
};
static_assert(sizeof(FreshFrame) == 32);

/// The thread's previous walk. Unwinding is a function of the start state, the rules and the words it reads,
/// so when a new walk reaches a remembered state, and every word that the old walk read from there outward is
/// unchanged, the old result is the result.
///
/// What led from a frame to its caller is told by the two: the caller's pc lay where the rules put a return
/// address, below the caller's sp; its fp, where it is needed and was saved, where the frame's rule says.
///
/// Frames are kept outermost first: a new walk replaces the inner end. Only the `reusable` outermost frames
/// may be met: further in, a frame was walked by a rule whose reads are not remembered.
/// Owns: two arrays in the thread's context. Threads: one.
class StackMemo {
 public:
  StackMemo(FramePlace* places, FrameDetail* details, std::uint32_t capacity)
      : m_places(places), m_details(details), m_capacity(capacity) {}
  StackMemo() = default;

  [[nodiscard]] std::uint32_t count() const { return m_count; }
  [[nodiscard]] std::uint32_t reusable() const { return m_reusable; }
  [[nodiscard]] const FramePlace& place(std::uint32_t i) const { return m_places[i]; }
  [[nodiscard]] const FrameDetail& detail(std::uint32_t i) const { return m_details[i]; }
  [[nodiscard]] FreshFrame frame(std::uint32_t i) const {
    return {m_places[i].pc, m_places[i].word, m_details[i].known, m_details[i].fp};
  }

  /// Of the outermost `count` frames, those that are not further in than `sp`.
  [[nodiscard]] std::uint32_t notBelow(std::uint64_t sp, std::uint32_t count) const {
    const FramePlace* const places = m_places;
    while (count > 0 && places[count - 1].sp() < sp) --count;
    return count;
  }

  /// Whether a walk that is in this state, at the sp of frame `i`, goes on as the old one did from there.
  [[nodiscard]] bool holds(std::uint32_t i, std::uint64_t pc, std::uint64_t fp, bool exact) const {
    const FramePlace& place = m_places[i];
    return place.pc == pc && place.isExact() == exact && (!place.fpNeeded() || m_details[i].fp == fp);
  }

  static constexpr std::uint32_t kAll = ~std::uint32_t{0};
  /// From frame `i` outward, the first one from which other words may lead on than before; kAll: there is
  /// none. They may be read: the thread is in frame `i`, and then in each whose inner words vouch for it, so
  /// that this walk would read the same ones.
  [[nodiscard]] std::uint32_t unchangedUpTo(std::uint32_t i) const {
    const FramePlace* place = m_places + i;
    for (;; --place) {
      if (!place->isMarked() && !place[-1].isMarked()) [[likely]] {
        if (word(arch::returnAddressPlace(place[-1].word)) == place[-1].pc) continue;
        return static_cast<std::uint32_t>(place - m_places);
      }
      i = static_cast<std::uint32_t>(place - m_places);
      if (!unchanged(i)) return i;
      if (i == 0) return kAll;
    }
  }
  /// The same where such words must be known to be there.
  [[nodiscard]] std::uint32_t unchangedUpTo(std::uint32_t i, StackMemory& memory) const {
    while (mayRead(i, memory) && unchanged(i))
      if (i-- == 0) return kAll;
    return i;
  }

  /// Whether the words that led from frame `i` to its caller still say the same.
  [[nodiscard]] bool unchanged(std::uint32_t i) const {
    const KnownFrame known = m_details[i].known;
    const FrameRule::Kind kind = known.kind();
    if (kind == FrameRule::Kind::Outermost || (i == 0 && m_isCut)) return true;
    if (i == 0 || !isRead(kind)) return false;
    const FramePlace& caller = m_places[i - 1];
    const std::uint64_t cfa = caller.sp();
    if (word(arch::returnAddressPlace(cfa)) != caller.pc) return false;
    const std::uint64_t fp = m_details[i].fp;
    const bool isRealigned = kind == FrameRule::Kind::Realigned;
    if (isRealigned && word(fp + known.cfaOffset()) != cfa) return false;
    if (!caller.fpNeeded() || !(isRealigned || known.savesFramePointer())) return true;
    return word(isRealigned ? fp : cfa + known.framePointerOffset()) == m_details[i - 1].fp;
  }

  /// Whether all words that unchanged() reads of frame `i` may be read.
  [[nodiscard]] bool mayRead(std::uint32_t i, StackMemory& memory) const {
    memory.enterFrame(m_places[i].sp());
    const KnownFrame known = m_details[i].known;
    if (i == 0 || !isRead(known.kind())) return true;
    const FramePlace& caller = m_places[i - 1];
    if (!memory.mayReadWord(arch::returnAddressPlace(caller.sp()))) return false;
    if (known.kind() == FrameRule::Kind::Realigned)
      return memory.mayReadWord(m_details[i].fp + known.cfaOffset()) && memory.mayReadWord(m_details[i].fp);
    return !known.savesFramePointer() || !caller.fpNeeded() ||
           memory.mayReadWord(caller.sp() + known.framePointerOffset());
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

  /// Adds frames, which come innermost first; those without room are left out. They may be met again up to
  /// the first whose reads are not known. `path`: the hash of what is there. Returns: of all.
  std::uint64_t push(const FreshFrame* frames, std::uint32_t count, std::uint64_t path) {
    FramePlace* const places = m_places;
    FrameDetail* const details = m_details;
    bool fpNeeded = m_count > 0 && places[m_count - 1].fpNeeded();
    const bool isReusable = m_reusable == m_count;
    const std::uint32_t kept = count < m_capacity - m_count ? count : m_capacity - m_count;
    const FreshFrame* const innermost = frames + (count - kept);
    std::uint32_t reusable = m_count + kept;
    std::uint32_t at = m_count;
    for (const FreshFrame* frame = frames + count; frame-- != innermost; ++at) {
      const KnownFrame known = frame->known;
      if (known.frame() != 0) path = PathCache::extend(path, known.frame());
      std::uint64_t word = frame->word & ~(FramePlace::kMoreToProve | FramePlace::kFpNeeded);
      // Mostly there is nothing to mark.
      if (known.kind() != FrameRule::Kind::FromStackPointer || fpNeeded || at == 0) [[unlikely]] {
        if (!isProvenByReturnAddress(at, known, fpNeeded))
          word |= FramePlace::kMoreToProve | FramePlace::kMarked;
        fpNeeded = known.needsFramePointer(fpNeeded);
        if (fpNeeded) word |= FramePlace::kFpNeeded | FramePlace::kMarked;
        if (known.kind() == FrameRule::Kind::Hard && at < reusable) reusable = at;
      }
      places[at].pc = frame->pc;
      places[at].word = word;
      details[at].known = known;
      details[at].fp = frame->fp;
      details[at].path = path;
    }
    if (isReusable) m_reusable = reusable;
    m_count = at;
    return path;
  }

  /// Says that the stack up to and including frame `i` is `node`.
  void setNode(std::uint32_t i, std::uint32_t node) { m_details[i].node = node; }
  /// The same for all from the innermost to `first`, if `node` is the innermost one and `outside` what lies
  /// outside of `first`. False: it is another one, and their nodes are still to be found.
  bool name(const StackTable::Nodes& nodes, std::uint32_t node, std::uint32_t first, std::uint32_t outside) {
    FrameDetail* const begin = m_details + first;
    for (FrameDetail* detail = m_details + m_count; detail != begin;) {
      --detail;
      detail->node = node;
      const std::uint32_t frame = detail->known.frame();
      if (frame == 0) continue;
      const std::uint64_t entry = nodes.entry(node);
      if (wire::NodeEntry::frame(entry) != frame) return false;
      node = wire::NodeEntry::parent(entry);
    }
    return node == outside;
  }

 private:
  static std::uint64_t word(std::uint64_t at) { return *reinterpret_cast<const std::uint64_t*>(at); }

  static bool isSimple(FrameRule::Kind kind) {
    return kind == FrameRule::Kind::FromStackPointer || kind == FrameRule::Kind::FromFramePointer;
  }
  static bool isRead(FrameRule::Kind kind) { return isSimple(kind) || kind == FrameRule::Kind::Realigned; }
  static bool isProvenByReturnAddress(std::uint32_t i, KnownFrame known, bool callersNeeded) {
    return i > 0 && isSimple(known.kind()) && !(known.savesFramePointer() && callersNeeded);
  }

  FramePlace* m_places = nullptr;
  FrameDetail* m_details = nullptr;
  std::uint32_t m_capacity = 0;
  std::uint32_t m_count = 0;
  std::uint32_t m_reusable = 0;
  bool m_isCut = false;  ///< There are frames outside of the outermost one, and they do not matter.
};

}  // namespace heaptap::capture
