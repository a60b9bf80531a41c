// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/stack_walker.h"

namespace heaptap::capture {
namespace {

enum class Outcome : std::uint8_t { Complete, Met, Lost, TooDeep };

class FastWalk {
 public:
  FastWalk(WalkerSpace& space, const WalkTables& tables, std::uint64_t stackEnd)
      : m_space(space), m_memo(space.memo), m_tables(tables), m_memory(stackEnd) {}

  // Walks outward until the outermost frame or until the memo vouches for the rest.
  Outcome walk() {
    const arch::Registers& start = m_space.scratch.current;
    m_state.pc = start.value[arch::kReturnAddress];
    m_state.sp = start.value[arch::kStackPointer];
    m_state.fp = start.value[arch::kFramePointer];
    m_state.exact = true;  // Where the walk starts we are; all outer pcs are return addresses.
    m_candidate = m_memo.reusable();
    for (;;) {
      m_memory.enterFrame(m_state.sp);
      if (meet()) return Outcome::Met;
      const Outcome outcome = step();
      if (outcome != Outcome::Met) return outcome;
    }
  }

  // Puts the fresh frames on top of what is kept of the memo, and returns the whole stack's id.
  std::uint32_t remember(Outcome outcome) {
    m_memo.forgetFrom(outcome == Outcome::Met ? m_candidate : 0);
    std::uint32_t node = wire::kRootNode;
    bool fpNeeded = false;
    if (m_memo.count() > 0) {
      node = m_memo[m_memo.count() - 1].node;
      fpNeeded = m_memo[m_memo.count() - 1].fpNeeded;
    }
    while (m_freshCount > 0) {
      MemoFrame& frame = m_space.fresh[--m_freshCount];
      if (frame.frame != 0) node = m_tables.stacks.childOf(node, frame.frame);
      frame.node = node;
      fpNeeded = frame.rule.needsFramePointer(fpNeeded);
      frame.fpNeeded = fpNeeded;
      m_memo.push(frame, frame.rule.kind != FrameRule::Kind::Hard);
    }
    return node;
  }

 private:
  // Whether the state is one that the memo holds and vouches for; then m_candidate frames are kept. Where
  // only a part is unchanged, that part is taken over as walked and the walk goes on behind it.
  bool meet() {
    while (m_candidate > 0 && m_memo[m_candidate - 1].sp < m_state.sp) --m_candidate;
    if (m_candidate == 0) return false;
    std::uint32_t i = m_candidate - 1;
    const MemoFrame& known = m_memo[i];
    if (known.sp != m_state.sp || known.pc != m_state.pc || known.exact != m_state.exact) return false;
    if (known.fpNeeded && known.fp != m_state.fp) return false;
    while (m_memo.unchanged(i, m_memory)) {
      if (i == 0) return true;
      --i;
    }
    // The state carries on with the frame whose words have changed. Its registers are followed anew: frame
    // pointers that nobody needed may be outdated in the memo.
    for (std::uint32_t taken = m_candidate - 1; taken > i; --taken) {
      if (m_freshCount == m_space.capacity || !takeOver(m_memo[taken])) break;
    }
    m_candidate = i;
    return false;
  }

  bool takeOver(const MemoFrame& known) {
    const MemoFrame before = m_state;
    if (!followRule(known.rule)) {
      m_state = before;
      return false;
    }
    MemoFrame& frame = m_space.fresh[m_freshCount++];
    frame = before;
    frame.rule = known.rule;
    frame.frame = known.frame;
    return true;
  }

  // The words were checked to be readable, by the walk before or by this one.
  static std::uint64_t word(std::uint64_t at) { return *reinterpret_cast<const std::uint64_t*>(at); }

  // From the state in a frame to the state in its caller; false when a word may not be read.
  bool followRule(const FrameRule& rule) {
    const auto fpOffset = static_cast<std::uint64_t>(std::int64_t{rule.framePointerOffset});
    const auto cfaOffset = static_cast<std::uint64_t>(std::int64_t{rule.cfaOffset});
    std::uint64_t cfa = 0;
    std::uint64_t fpAt = 0;
    switch (rule.kind) {
      case FrameRule::Kind::FromStackPointer: cfa = m_state.sp + cfaOffset; break;
      case FrameRule::Kind::FromFramePointer: cfa = m_state.fp + cfaOffset; break;
      default:
        if (!m_memory.readable(m_state.fp + cfaOffset, 8) || !m_memory.readable(m_state.fp, 8)) return false;
        cfa = word(m_state.fp + cfaOffset);
        fpAt = m_state.fp;
        break;
    }
    if (rule.framePointerOffset != FrameRule::kNotSaved) fpAt = cfa + fpOffset;
    if (cfa <= m_state.sp || !m_memory.readable(cfa - 8, 8)) return false;
    if (fpAt != 0) {
      if (!m_memory.readable(fpAt, 8)) return false;
      m_state.fp = word(fpAt);
    }
    m_state.pc = word(cfa - 8);
    m_state.sp = cfa;
    m_state.exact = false;
    return m_state.pc != 0;
  }

  // Walks one frame. Met means: go on.
  Outcome step() {
    if (m_freshCount == m_space.capacity) return Outcome::TooDeep;
    const std::uint64_t key = m_tables.rules.keyOf(m_state.pc, m_state.exact);
    KnownFrame known = m_tables.rules.find(key);
    if (known.rule.kind == FrameRule::Kind::Unknown) {
      if (!learn(known)) return Outcome::Lost;
      m_tables.rules.insert(key, known);
    }
    MemoFrame& frame = m_space.fresh[m_freshCount++];
    frame = m_state;
    frame.rule = known.rule;
    frame.frame = known.frame;
    switch (known.rule.kind) {
      case FrameRule::Kind::Outermost: return Outcome::Complete;
      case FrameRule::Kind::Hard: return hardStep();
      default: return followRule(known.rule) ? Outcome::Met : Outcome::Lost;
    }
  }

  // Finds out about a pc for the first time. False when no binary covers it, or a table is full: then the
  // thorough walk decides.
  bool learn(KnownFrame& known) {
    LoadedObject object;
    const RowLookup lookup = findRow(object);
    if (lookup == RowLookup::NoObject) return false;
    known.rule.kind = FrameRule::Kind::Hard;
    if (lookup == RowLookup::Found) known.rule = compress(m_space.scratch.row);
    if (lookup == RowLookup::HandMade) known.rule.kind = FrameRule::Kind::Outermost;
    const bool own = m_tables.modules.isAgent(object);
    const std::uint32_t flags = m_state.exact ? wire::kFrameExactPc : 0;
    known.frame = own ? 0 : m_tables.stacks.frameId({m_state.pc, m_tables.modules.indexOf(object), flags});
    return own || known.frame != 0;
  }

  RowLookup findRow(LoadedObject& object) {
    return lookUpRow(m_state.pc, m_state.exact, object, m_space.scratch.cfi, m_space.scratch.row);
  }

  // A signal frame or another rule that needs the whole row. Only sp, fp and pc are followed here, which is
  // what signal frames restore everything from. Met means: go on.
  Outcome hardStep() {
    LoadedObject object;
    UnwindScratch& scratch = m_space.scratch;
    if (findRow(object) != RowLookup::Found) {
      // No unwind information: the outermost frame if the ABI's mark says so, else for the thorough walk.
      return m_state.fp == 0 ? Outcome::Complete : Outcome::Lost;
    }
    scratch.current.known = 0;
    scratch.current.set(arch::kReturnAddress, m_state.pc);
    scratch.current.set(arch::kStackPointer, m_state.sp);
    scratch.current.set(arch::kFramePointer, m_state.fp);
    if (!stepToCaller(scratch.row, scratch.current, m_memory, scratch.caller)) return Outcome::Lost;
    if (!scratch.caller.has(arch::kFramePointer)) return Outcome::Lost;
    m_state.pc = scratch.caller.value[arch::kReturnAddress];
    m_state.sp = scratch.caller.value[arch::kStackPointer];
    m_state.fp = scratch.caller.value[arch::kFramePointer];
    m_state.exact = scratch.row.signalFrame;
    // Another stack may lie anywhere, so what was passed over may be met again.
    m_candidate = m_memo.reusable();
    return Outcome::Met;
  }

  WalkerSpace& m_space;
  StackMemo& m_memo;
  const WalkTables& m_tables;
  StackMemory m_memory;
  MemoFrame m_state{};
  std::uint32_t m_candidate = 0;  // Remembered frames from here inward are passed.
  std::uint32_t m_freshCount = 0;
};

}  // namespace

std::uint32_t currentStack(WalkerSpace& space, const WalkTables& tables, std::uint64_t stackEnd) {
  if (space.generation != tables.rules.generation()) {
    space.memo.forgetFrom(0);
    space.generation = tables.rules.generation();
  }
  const arch::Registers start = space.scratch.current;
  FastWalk walk(space, tables, stackEnd);
  const Outcome outcome = walk.walk();
  if (outcome == Outcome::Complete || outcome == Outcome::Met) return walk.remember(outcome);
  space.memo.forgetFrom(0);
  space.scratch.current = start;
  const Walk thorough = walkStack(space.scratch, tables.modules, stackEnd, space.walked, space.capacity);
  return tables.stacks.intern(space.walked, thorough);
}

}  // namespace heaptap::capture
