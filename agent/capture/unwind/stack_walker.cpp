// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/unwind/stack_walker.h"

#include "agent/capture/memory/own_memory.h"

namespace heaptap::capture {
namespace {

enum class Outcome : std::uint8_t { Complete, Met, Lost, TooDeep };

class FastWalk {
 public:
  FastWalk(WalkerSpace& space, const WalkTables& tables, const RuleCache::View& rules, OwnStack& own)
      : m_space(space), m_memo(space.memo), m_tables(tables), m_rules(rules), m_own(own), m_memory(own) {}

  // Walks outward until the outermost frame or until the memo vouches for the rest.
  Outcome walk(const CallSite& site) {
    std::uint32_t count = 0;  // Of fresh frames: in a register, as long as the walk is under way.
    const Outcome outcome = walk(site, count);
    m_freshCount = count;
    return outcome;
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
      const FrameDetail& anchor = m_memo.detail(m_memo.count() - 1);
      outside = {anchor.node, anchor.path};
    }
    return m_freshCount == 0 ? outside.node : rememberFresh(outside);
  }

 private:
  /// What lies outside of the fresh frames.
  struct Outside {
    std::uint32_t node = wire::kRootNode;
    std::uint64_t path = 0;
  };

  // The stack has more frames than there is room for: leaves out so many that the thread may call and return
  // for long before that has to be done again. To leave out one at a time would be a long walk for each.
  [[gnu::noinline, gnu::cold]] std::uint32_t rememberCut() {
    const std::uint32_t kept = 2 * leastOfCut(m_space.capacity);
    // What was met, if anything, follows the fresh frames.
    while (m_freshCount < kept) m_space.fresh[m_freshCount++] = m_memo.frame(--m_candidate);
    m_freshCount = kept;
    m_memo.beginCut();
    const std::uint64_t path = PathCache::extend(0, wire::kTruncatedFrame);
    return rememberFresh({m_tables.stacks.childOf({}, wire::kTruncatedFrame, path).id, path});
  }

  // Returns: the id of the stack of the fresh frames and what lies outside.
  [[gnu::noinline]] std::uint32_t rememberFresh(const Outside& outside) {
    const std::uint32_t first = m_memo.count();
    const std::uint64_t path = m_memo.push(m_space.fresh, m_freshCount, outside.path);
    return nameFrom(first, path, outside.node);
  }

  // Finds the nodes of the remembered frames from `first` on: by the path as a whole where that is known,
  // else one by one. Returns: that of the innermost.
  [[gnu::always_inline]] std::uint32_t nameFrom(std::uint32_t first, std::uint64_t path,
                                                std::uint32_t outside) {
    const StackTable::Nodes nodes = m_tables.stacks.nodes();
    const std::uint32_t count = m_memo.count();
    if (m_tables.paths.find(path,
                            [&](std::uint32_t node) { return m_memo.name(nodes, node, first, outside); }))
      return m_memo.detail(count - 1).node;
    // All paths are known beforehand, so that the cache misses of one level do not wait for those of another.
    for (std::uint32_t i = first; i < count; ++i) m_tables.stacks.prefetch(m_memo.detail(i).path);
    StackTable::Node node{outside};
    for (std::uint32_t i = first; i < count; ++i) {
      const FrameDetail& detail = m_memo.detail(i);
      if (const std::uint32_t frame = detail.known.frame(); frame != 0)
        node = m_tables.stacks.childOf(node, frame, detail.path);
      m_memo.setNode(i, node.id);
    }
    if (node.id != wire::kOverflowNode) m_tables.paths.insert(path, node.id);
    return node.id;
  }

  /// Where the walk has got to. A pc of 0: it does not go on.
  struct State {
    std::uint64_t pc = 0;
    std::uint64_t sp = 0;
    std::uint64_t fp = 0;
    bool exact = false;        ///< pc is an interrupted instruction.
    bool isOutermost = false;  ///< Where it does not go on: the stack ends here.
  };

  [[gnu::always_inline]] Outcome walk(const CallSite& site, std::uint32_t& count) {
    FreshFrame* const frames = m_space.fresh;
    const std::uint32_t capacity = m_space.capacity;
    State at{site.pc, site.sp, site.fp};
    lookAt(m_memo.reusable());
    m_memory.enterFrame(at.sp);
    std::uint32_t takenOver = 0;  // Remembered frames, from m_candidate on, whose rules are as remembered.
    for (;;) {
      if (takenOver == 0 && at.sp >= m_candidateSp) {
        const Meeting meeting = meet(at, count);
        if (meeting.isComplete) return Outcome::Met;
        takenOver = meeting.takenOver;
      }
      if (count == capacity) return Outcome::TooDeep;
      const KnownFrame known = takenOver != 0 ? m_memo.detail(m_candidate + --takenOver).known : lookUp(at);
      if (!known.isKnown()) return Outcome::Lost;
      FreshFrame& fresh = frames[count++];
      if (known.isFollowed()) [[likely]] {
        const State caller = followRule(at, known);
        m_tables.rules.prefetch(m_rules, caller.pc);  // While this frame is noted.
        note(fresh, at, known);
        at = caller;
        if (at.pc == 0) return Outcome::Lost;
        m_memory.enterCaller(at.sp);
      } else {
        note(fresh, at, known);
        if (known.kind() == FrameRule::Kind::Outermost) return Outcome::Complete;
        at = hardStep(at);
        if (at.pc == 0) return at.isOutermost ? Outcome::Complete : Outcome::Lost;
        m_memory.enterFrame(at.sp);
        // Another stack may lie anywhere, so what was passed over may be met again.
        lookAt(m_memo.reusable());
      }
    }
  }

  /// What the memo says of a state: it vouches for all from here outward, or it knows the rules of so many
  /// frames from here outward, up to the one whose words have changed.
  struct Meeting {
    bool isComplete = false;
    std::uint32_t takenOver = 0;
  };

  void lookAt(std::uint32_t candidate) {
    m_candidate = candidate;
    m_candidateSp = candidate == 0 ? ~std::uint64_t{0} : m_memo.place(candidate - 1).sp();
  }

  // Whether the state is one that the memo holds and vouches for; then m_candidate frames are kept. Where
  // only a part is unchanged, the walk follows its rules, and those of the frame whose words have changed:
  // its registers are followed anew, as frame pointers that were not needed may be outdated in the memo.
  Meeting meet(const State& at, std::uint32_t freshCount) {
    lookAt(m_memo.notBelow(at.sp, m_candidate));
    if (m_candidateSp != at.sp) return {};
    if (m_memo.isCut() && m_candidate + freshCount < leastOfCut(m_space.capacity)) return {};
    const std::uint32_t innermost = m_candidate - 1;
    if (!m_memo.holds(innermost, at.pc, at.fp, at.exact)) return {};
    // On another stack than the thread's own, even the words of a frame that the thread is in must be known
    // to be there: they are where a wrong rule, too, may have sent an earlier walk.
    std::uint32_t kept = 0;
    if (m_memory.isOwn()) [[likely]] {
      kept = m_memo.unchangedUpTo(innermost);
    } else {
      kept = m_memo.unchangedUpTo(innermost, m_memory);
      m_memory.enterFrame(at.sp);
    }
    if (kept == StackMemo::kAll) return {true, 0};
    lookAt(kept);
    return {false, innermost + 1 - kept};
  }

  static void note(FreshFrame& fresh, const State& at, KnownFrame known) {
    fresh.pc = at.pc;
    fresh.word = FramePlace::wordOf(at.sp, at.exact);
    fresh.known = known;
    fresh.fp = at.fp;
  }

  // The words were checked to be readable, by the walk before or by this one.
  static std::uint64_t word(std::uint64_t at) { return *reinterpret_cast<const std::uint64_t*>(at); }

  // From the state in a frame to the state in its caller; pc 0 when a word may not be read.
  [[gnu::always_inline]] State followRule(const State& at, KnownFrame rule) const {
    std::uint64_t cfa = at.sp + rule.cfaOffset();
    std::uint64_t fpAt = 0;
    if (rule.kind() != FrameRule::Kind::FromStackPointer) {
      cfa = at.fp + rule.cfaOffset();
      if (rule.kind() == FrameRule::Kind::Realigned) {
        if (!m_memory.mayReadWord(cfa) || !m_memory.mayReadWord(at.fp)) return {};
        cfa = word(cfa);
        fpAt = at.fp;
      }
    }
    if (rule.savesFramePointer()) fpAt = cfa + rule.framePointerOffset();
    const std::uint64_t returnAt = arch::returnAddressPlace(cfa);
    if (cfa <= at.sp || !m_memory.mayReadWord(returnAt)) return {};
    std::uint64_t fp = at.fp;
    if (fpAt != 0) {
      if (!m_memory.mayReadWord(fpAt)) return {};
      fp = word(fpAt);
    }
    return {word(returnAt), cfa, fp, false, false};
  }

  // The rule for a frame; nothing where the thorough walk must decide.
  [[gnu::always_inline]] KnownFrame lookUp(const State& at) {
    const std::uint64_t key = m_rules.keyOf(at.pc, at.exact);
    const KnownFrame known = m_tables.rules.find(m_rules, key);
    return known.isKnown() ? known : learn(at, key);
  }

  // Finds out about a pc for the first time. Nothing when no binary covers it, or a table is full.
  [[gnu::noinline, gnu::cold]] KnownFrame learn(const State at, std::uint64_t key) {
    LoadedObject object;
    const RowLookup lookup = findRow(at, object);
    if (lookup == RowLookup::NoObject) return {};
    FrameRule rule{FrameRule::Kind::Hard, 0, 0};
    if (lookup == RowLookup::Found) rule = compress(m_space.scratch.row);
    if (lookup == RowLookup::HandMade) rule.kind = FrameRule::Kind::Outermost;
    std::uint32_t frame = 0;
    if (!m_tables.modules.isAgent(object)) {
      const std::uint32_t flags = at.exact ? wire::kFrameExactPc : 0;
      const std::uint32_t module = m_tables.modules.indexOf(object, {m_space.scratch.path, m_own.mayAsk()});
      frame = m_tables.stacks.frameId(frameIn(object, module, at.pc, flags));
      if (frame == 0 || frame > KnownFrame::kMaxFrame) return {};
    }
    const KnownFrame known(rule, frame);
    m_tables.rules.insert(key, known);
    return known;
  }

  RowLookup findRow(const State& at, LoadedObject& object) {
    return lookUpRow(at.pc, at.exact, object, m_space.scratch.cfi, m_space.scratch.row);
  }

  // A signal frame or another rule that needs the whole row. Only sp, fp and pc are followed here, which is
  // what signal frames restore everything from.
  [[gnu::noinline, gnu::cold]] State hardStep(const State at) {
    LoadedObject object;
    UnwindScratch& scratch = m_space.scratch;
    if (findRow(at, object) != RowLookup::Found) {
      // No unwind information: the outermost frame if the ABI's mark says so, else for the thorough walk.
      return {0, 0, 0, false, at.fp == 0};
    }
    scratch.current.known = 0;
    scratch.current.set(arch::kReturnAddress, at.pc);
    scratch.current.set(arch::kStackPointer, at.sp);
    scratch.current.set(arch::kFramePointer, at.fp);
    if (!stepToCaller(scratch.row, scratch.current, m_memory, scratch.caller)) return {};
    if (!scratch.caller.has(arch::kFramePointer)) return {};
    return {scratch.caller.value[arch::kReturnAddress], scratch.caller.value[arch::kStackPointer],
            scratch.caller.value[arch::kFramePointer], scratch.row.signalFrame, false};
  }

  WalkerSpace& m_space;
  StackMemo& m_memo;
  const WalkTables& m_tables;
  const RuleCache::View& m_rules;
  const OwnStack& m_own;
  StackMemory m_memory;
  std::uint32_t m_candidate = 0;    // Remembered frames from here inward are passed.
  std::uint64_t m_candidateSp = 0;  // Of the next one; beyond all where there is none.
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
  const RuleCache::View rules = tables.rules.view();
  if (space.generation != rules.generation()) {
    space.memo.forgetFrom(0);
    space.generation = rules.generation();
  }
  for (;;) {
    FastWalk walk(space, tables, rules, own);
    const Outcome outcome = walk.walk(site);
    if (outcome == Outcome::Lost) break;
    if (!walk.isTooDeep(outcome) || !growRoom(space, own)) return walk.remember(outcome);
  }
  space.memo.forgetFrom(0);
  return thoroughStack(space, tables, site, own);
}

void openRoom(WalkerSpace& space, void* room, std::uint32_t frames) {
  // What is written together for a frame has a piece of its own each, all of them lines of the cache.
  auto* const places = static_cast<FramePlace*>(room);
  auto* const details = reinterpret_cast<FrameDetail*>(places + frames);
  space.fresh = reinterpret_cast<FreshFrame*>(details + frames);
  space.walked = reinterpret_cast<WalkedFrame*>(space.fresh);
  space.memo = StackMemo(places, details, frames);
  space.capacity = frames;
}

}  // namespace heaptap::capture
