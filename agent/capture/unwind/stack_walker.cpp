// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/unwind/stack_walker.h"

#include "agent/capture/memory/own_memory.h"

namespace heaptap::capture {
namespace {

enum class Outcome : std::uint8_t { Complete, Met, Lost, TooDeep };

class FastWalk {
 public:
  FastWalk(WalkerSpace& space, const WalkTables& tables, OwnStack& own)
      : m_space(space), m_memo(space.memo), m_tables(tables), m_own(own), m_memory(own) {}

  // Walks outward until the outermost frame or until the memo vouches for the rest.
  Outcome walk(const CallSite& site) {
    m_state = {site.pc, site.sp, site.fp, false};
    m_candidate = m_memo.reusable();
    for (;;) {
      m_memory.enterFrame(m_state.sp);
      if (meet()) return Outcome::Met;
      const Outcome outcome = step();
      if (outcome != Outcome::Met) return outcome;
    }
  }

  // True when there are more frames than the space has room for.
  [[nodiscard]] bool isTooDeep(Outcome outcome) const {
    return outcome == Outcome::TooDeep ||
           (outcome == Outcome::Met && m_candidate + m_freshCount > m_space.capacity);
  }

  // Puts the fresh frames on top of what is kept of the memo, and returns the whole stack's id.
  std::uint32_t remember(Outcome outcome) {
    if (isTooDeep(outcome)) return rememberCut();
    m_memo.forgetFrom(outcome == Outcome::Met ? m_candidate : 0);
    Outside outside;
    if (m_memo.count() > 0) {
      const MemoFrame& anchor = m_memo[m_memo.count() - 1];
      outside = {anchor.node, anchor.path, anchor.fpNeeded};
    }
    return m_freshCount == 0 ? outside.node : rememberFresh(outside);
  }

 private:
  /// What lies outside of the fresh frames.
  struct Outside {
    std::uint32_t node = wire::kRootNode;
    std::uint64_t path = 0;
    bool fpNeeded = false;
  };

  // The stack has more frames than there is room for: leaves out so many that the thread may call and return
  // for long before that has to be done again. To leave out one at a time would be a long walk for each.
  std::uint32_t rememberCut() {
    const std::uint32_t kept = 2 * leastOfCut(m_space.capacity);
    // What was met, if anything, follows the fresh frames.
    while (m_freshCount < kept) m_space.fresh[m_freshCount++] = m_memo[--m_candidate];
    m_freshCount = kept;
    m_memo.beginCut();
    const std::uint64_t path = PathCache::extend(0, wire::kTruncatedFrame);
    return rememberFresh({m_tables.stacks.childOf({}, wire::kTruncatedFrame, path).id, path, false});
  }

  // Returns: the id of the stack of the fresh frames and what lies outside.
  std::uint32_t rememberFresh(const Outside& outside) {
    nameFresh(outside);
    bool fpNeeded = outside.fpNeeded;
    for (std::uint32_t i = m_freshCount; i-- > 0;) {
      MemoFrame& frame = m_space.fresh[i];
      fpNeeded = frame.rule.needsFramePointer(fpNeeded);
      frame.fpNeeded = fpNeeded;
      m_memo.push(frame, frame.rule.kind != FrameRule::Kind::Hard);
    }
    return m_space.fresh[0].node;
  }

  // Finds the nodes of the fresh frames: by the path as a whole where that is known, else one by one.
  void nameFresh(const Outside& outside) {
    std::uint64_t path = outside.path;
    for (std::uint32_t i = m_freshCount; i-- > 0;) {
      MemoFrame& frame = m_space.fresh[i];
      if (frame.frame != 0) path = PathCache::extend(path, frame.frame);
      frame.path = path;
    }
    if (m_tables.paths.find(path, [&](std::uint32_t node) { return namedBy(node, outside.node); })) return;
    // All paths are known beforehand, so that the cache misses of one level do not wait for those of another.
    for (std::uint32_t i = m_freshCount; i-- > 0;) m_tables.stacks.prefetch(m_space.fresh[i].path);
    StackTable::Node node{outside.node};
    for (std::uint32_t i = m_freshCount; i-- > 0;) {
      MemoFrame& frame = m_space.fresh[i];
      if (frame.frame != 0) node = m_tables.stacks.childOf(node, frame.frame, frame.path);
      frame.node = node.id;
    }
    if (node.id != wire::kOverflowNode) m_tables.paths.insert(path, node.id);
  }

  // Whether `node` is the innermost of the fresh frames: compares all of them, and notes their nodes.
  bool namedBy(std::uint32_t node, std::uint32_t outside) {
    for (std::uint32_t i = 0; i < m_freshCount; ++i) {
      MemoFrame& frame = m_space.fresh[i];
      frame.node = node;
      if (frame.frame == 0) continue;
      const std::uint64_t entry = m_tables.stacks.entry(node);
      if (wire::NodeEntry::frame(entry) != frame.frame) return false;
      node = wire::NodeEntry::parent(entry);
    }
    return node == outside;
  }

  /// Where the walk has got to.
  struct State {
    std::uint64_t pc = 0;
    std::uint64_t sp = 0;
    std::uint64_t fp = 0;
    bool exact = false;  ///< pc is an interrupted instruction.
  };

  // Whether the state is one that the memo holds and vouches for; then m_candidate frames are kept. Where
  // only a part is unchanged, that part is taken over as walked and the walk goes on behind it.
  bool meet() {
    while (m_candidate > 0 && m_memo[m_candidate - 1].sp < m_state.sp) --m_candidate;
    if (m_candidate == 0) return false;
    if (m_memo.isCut() && m_candidate + m_freshCount < leastOfCut(m_space.capacity)) return false;
    std::uint32_t i = m_candidate - 1;
    const MemoFrame& known = m_memo[i];
    if (known.sp != m_state.sp || known.pc != m_state.pc || known.exact != m_state.exact) return false;
    if (known.fpNeeded && known.fp != m_state.fp) return false;
    while (isUnchanged(i)) {
      if (i == 0) return true;
      --i;
    }
    // The state carries on with the frame whose words have changed. Its registers are followed anew: frame
    // pointers that were not needed may be outdated in the memo.
    for (std::uint32_t taken = m_candidate - 1; taken > i; --taken) {
      if (m_freshCount == m_space.capacity || !takeOver(m_memo[taken])) break;
    }
    m_candidate = i;
    return false;
  }

  // On another stack than the thread's own, even the words of a frame that the thread is in must be known to
  // be there: they are where a wrong rule, too, may have sent an earlier walk.
  bool isUnchanged(std::uint32_t i) {
    if (!m_memory.isOwn() && !m_memo.mayRead(i, m_memory)) return false;
    return m_memo.unchanged(i);
  }

  bool takeOver(const MemoFrame& known) {
    const State before = m_state;
    m_memory.enterFrame(m_state.sp);
    if (!followRule(known.rule)) {
      m_state = before;
      return false;
    }
    note(before, known.rule, known.frame);
    return true;
  }

  void note(const State& state, const FrameRule& rule, std::uint32_t frame) {
    MemoFrame& fresh = m_space.fresh[m_freshCount++];
    fresh.pc = state.pc;
    fresh.sp = state.sp;
    fresh.fp = state.fp;
    fresh.exact = state.exact;
    fresh.rule = rule;
    fresh.frame = frame;
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
    const std::uint64_t returnAt = arch::returnAddressPlace(cfa);
    if (cfa <= m_state.sp || !m_memory.readable(returnAt, sizeof(std::uint64_t))) return false;
    if (fpAt != 0) {
      if (!m_memory.readable(fpAt, 8)) return false;
      m_state.fp = word(fpAt);
    }
    m_state.pc = word(returnAt);
    m_state.sp = cfa;
    m_state.exact = false;
    return m_state.pc != 0;
  }

  // Walks one frame. Met means: go on.
  Outcome step() {
    if (m_freshCount == m_space.capacity) return Outcome::TooDeep;
    const std::uint64_t key = m_tables.rules.keyOf(m_state.pc, m_state.exact);
    const KnownFrame* known = m_tables.rules.find(key);
    if (known == nullptr) {
      if (!learn(m_space.learned)) return Outcome::Lost;
      m_tables.rules.insert(key, m_space.learned);
      known = &m_space.learned;
    }
    note(m_state, known->rule, known->frame);
    switch (known->rule.kind) {
      case FrameRule::Kind::Outermost: return Outcome::Complete;
      case FrameRule::Kind::Hard: return hardStep();
      default: return followRule(known->rule) ? Outcome::Met : Outcome::Lost;
    }
  }

  // Finds out about a pc for the first time. False when no binary covers it, or a table is full: then the
  // thorough walk decides.
  bool learn(KnownFrame& known) {
    LoadedObject object;
    const RowLookup lookup = findRow(object);
    if (lookup == RowLookup::NoObject) return false;
    known.rule = {FrameRule::Kind::Hard, 0, 0};
    if (lookup == RowLookup::Found) known.rule = compress(m_space.scratch.row);
    if (lookup == RowLookup::HandMade) known.rule.kind = FrameRule::Kind::Outermost;
    const bool own = m_tables.modules.isAgent(object);
    const std::uint32_t flags = m_state.exact ? wire::kFrameExactPc : 0;
    known.frame = 0;
    if (own) return true;
    const std::uint32_t module = m_tables.modules.indexOf(object, {m_space.scratch.path, m_own.mayAsk()});
    known.frame = m_tables.stacks.frameId(frameIn(object, module, m_state.pc, flags));
    return known.frame != 0;
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
  const OwnStack& m_own;
  StackMemory m_memory;
  State m_state;
  std::uint32_t m_candidate = 0;  // Remembered frames from here inward are passed.
  std::uint32_t m_freshCount = 0;
};

// Gets a larger room. False: there is none, and what does not fit is cut off. The frames are where the old
// one was read and written, so it is given back only when nothing of it is needed any more.
bool growRoom(WalkerSpace& space, const OwnStack& own) {
  if (space.capacity >= space.most) return false;
  const bool mayCall = own.mayAsk();
  void* room = space.spare != nullptr ? space.spare->exchange(nullptr, std::memory_order_acq_rel) : nullptr;
  const std::uint32_t larger = space.capacity * 4;
  const std::uint32_t frames = room != nullptr || larger > space.most ? space.most : larger;
  if (room == nullptr && mayCall) room = takeOwnMemory(roomBytes(frames));
  if (room == nullptr) return false;
  if (space.grown != nullptr && mayCall) giveOwnMemoryBack(space.grown, roomBytes(space.capacity));
  space.grown = room;
  openRoom(space, room, frames);
  return true;
}

// From here, as other registers than those of `site` may be needed; what lies inside of `site` is left out.
[[gnu::noinline]] std::uint32_t thoroughStack(WalkerSpace& space, const WalkTables& tables,
                                              const CallSite& site, OwnStack& own) {
  for (;;) {
    arch::captureHere(space.scratch.current);
    const Walk walk = walkStack(space.scratch, tables.modules, {site.sp, own}, space.walked, space.capacity);
    if (walk.end != WalkEnd::Truncated || !growRoom(space, own))
      return tables.stacks.intern(space.walked, walk);
  }
}

}  // namespace

std::uint32_t currentStack(WalkerSpace& space, const WalkTables& tables, const CallSite& site,
                           OwnStack& own) {
  if (space.generation != tables.rules.generation()) {
    space.memo.forgetFrom(0);
    space.generation = tables.rules.generation();
  }
  for (;;) {
    FastWalk walk(space, tables, own);
    const Outcome outcome = walk.walk(site);
    if (outcome == Outcome::Lost) break;
    if (!walk.isTooDeep(outcome) || !growRoom(space, own)) return walk.remember(outcome);
  }
  space.memo.forgetFrom(0);
  return thoroughStack(space, tables, site, own);
}

void openRoom(WalkerSpace& space, void* room, std::uint32_t frames) {
  // The two arrays of frames first: they are aligned alike.
  auto* const remembered = static_cast<MemoFrame*>(room);
  space.fresh = remembered + frames;
  space.walked = reinterpret_cast<WalkedFrame*>(space.fresh);
  space.memo = StackMemo(remembered, reinterpret_cast<FrameProof*>(space.fresh + frames), frames);
  space.capacity = frames;
}

}  // namespace heaptap::capture
