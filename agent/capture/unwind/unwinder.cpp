// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/unwind/unwinder.h"

#include "agent/capture/unwind/dwarf_expression.h"
#include "agent/capture/unwind/stack_memory.h"

namespace heaptap::capture {
namespace {

using arch::Registers;
using Kind = RegisterRule::Kind;

enum class Step : std::uint8_t { Caller, Outermost, Lost };

std::optional<std::uint64_t> canonicalFrameAddress(const UnwindRow& row, const Registers& registers,
                                                   const StackMemory& memory) {
  if (row.cfaIsExpression) {
    return evaluate(row.cfaExpression, row.cfaExpressionBytes, registers, memory, std::nullopt);
  }
  if (!registers.has(row.cfaRegister)) return std::nullopt;
  return registers.value[row.cfaRegister] + static_cast<std::uint64_t>(row.cfaOffset);
}

std::optional<std::uint64_t> callersValue(const RegisterRule& rule, unsigned number, std::uint64_t cfa,
                                          const Registers& registers, const StackMemory& memory) {
  const std::uint64_t atOffset = cfa + static_cast<std::uint64_t>(rule.offset);
  switch (rule.kind) {
    case Kind::SameValue:
      return registers.has(number) ? std::optional(registers.value[number]) : std::nullopt;
    case Kind::Undefined: return std::nullopt;
    case Kind::AtCfa: return memory.read(atOffset);
    case Kind::IsCfa: return atOffset;
    case Kind::InRegister: {
      const auto other = static_cast<unsigned>(rule.offset);
      return registers.has(other) ? std::optional(registers.value[other]) : std::nullopt;
    }
    case Kind::AtExpression: {
      const auto at = evaluate(rule.expression, rule.expressionBytes, registers, memory, cfa);
      return at ? memory.read(*at) : std::nullopt;
    }
    case Kind::IsExpression: return evaluate(rule.expression, rule.expressionBytes, registers, memory, cfa);
  }
  return std::nullopt;
}

// Applies `row`: from the registers of a frame to those of its caller.
Step stepByRow(const UnwindRow& row, const Registers& current, const StackMemory& memory, Registers& caller) {
  const unsigned ra = row.returnAddressRegister;
  if (ra >= arch::kRegisterCount) return Step::Lost;
  if (row.rules[ra].kind == Kind::Undefined) return Step::Outermost;
  const auto cfa = canonicalFrameAddress(row, current, memory);
  if (!cfa) return Step::Lost;
  caller.known = 0;
  for (unsigned n = 0; n < arch::kRegisterCount; ++n) {
    // What a call may clobber is the caller's only where a rule says so.
    const bool clobbered = row.rules[n].kind == Kind::SameValue && (arch::kPreserved >> n & 1) == 0;
    if (clobbered && !row.signalFrame) continue;
    if (const auto value = callersValue(row.rules[n], n, *cfa, current, memory)) caller.set(n, *value);
  }
  if (row.rules[arch::kStackPointer].kind == Kind::SameValue) caller.set(arch::kStackPointer, *cfa);
  if (!caller.has(ra) || !caller.has(arch::kStackPointer)) return Step::Lost;
  caller.set(arch::kReturnAddress, caller.value[ra]);
  if (caller.value[ra] == 0) return Step::Outermost;
  // Stacks grow down, so every caller is higher up; only a signal frame can lead to another stack.
  const bool outward = caller.value[arch::kStackPointer] > current.value[arch::kStackPointer];
  return outward || row.signalFrame ? Step::Caller : Step::Lost;
}

// Without CFI: perhaps the function keeps a frame pointer (System V AMD64 ABI, figure 3.3).
Step stepByFramePointer(const Registers& current, const StackMemory& memory, Registers& caller) {
  if (!current.has(arch::kFramePointer)) return Step::Lost;
  const std::uint64_t frame = current.value[arch::kFramePointer];
  if (frame == 0) return Step::Outermost;  // The ABI's mark of the outermost frame.
  if (frame % 8 != 0 || frame < current.value[arch::kStackPointer]) return Step::Lost;
  const auto callersFrame = memory.read(frame);
  const auto returnAddress = memory.read(arch::FrameRecord::returnAddressPlace(frame));
  if (!callersFrame || !returnAddress) return Step::Lost;
  if (*returnAddress == 0) return Step::Outermost;
  caller.known = 0;
  caller.set(arch::kFramePointer, *callersFrame);
  caller.set(arch::kStackPointer, frame + arch::FrameRecord::kBytes);
  caller.set(arch::kReturnAddress, *returnAddress);
  return Step::Caller;
}

/// How much one walk may look for frames that neither unwind information nor a frame pointer leads to.
constexpr unsigned kMostWords = 4096;
constexpr unsigned kMostLinks = 1024;

class Walker {
 public:
  Walker(UnwindScratch& scratch, ModuleTable& modules, const WalkLimits& limits)
      : m_scratch(scratch),
        m_modules(modules),
        m_innermostSp(limits.innermostSp),
        m_own(limits.own),
        m_memory(limits.own) {}

  Walk run(WalkedFrame* frames, std::size_t capacity) {
    Walk walk;
    bool inside = true;
    std::uint32_t flags = wire::kFrameExactPc;  // The innermost pc is where we are.
    for (;;) {
      const std::uint64_t pc = m_scratch.current.value[arch::kReturnAddress];
      const bool exact = (flags & wire::kFrameExactPc) != 0;
      const bool found = locate(exact ? pc : pc - 1);
      inside = inside && m_scratch.current.value[arch::kStackPointer] < m_innermostSp;
      // A guess that lands outside of all code was none.
      if (!found && (flags & wire::kFrameGuessed) != 0) return ended(walk, WalkEnd::Lost);
      const std::uint32_t module = found ? m_module : wire::kNoModule;
      if (!inside && (!found || !m_modules.isAgent(m_object))) {
        if (walk.frames == capacity) return ended(walk, WalkEnd::Truncated);
        frames[walk.frames++] = frameIn(m_object, module, pc, flags);
      }
      switch (step(pc, exact, flags)) {
        case Step::Outermost: return ended(walk, WalkEnd::Complete);
        case Step::Lost: return ended(walk, WalkEnd::Lost);
        case Step::Caller: m_scratch.current = m_scratch.caller; break;
      }
    }
  }

 private:
  static Walk ended(Walk walk, WalkEnd end) {
    walk.end = end;
    return walk;
  }

  // Consecutive frames often lie in the same binary.
  bool locate(std::uint64_t pc) {
    if (m_object.covers(pc)) return true;
    if (!findLoadedObject(pc, m_object)) return false;
    m_module = m_modules.indexOf(m_object, {m_scratch.path, m_own.mayAsk()});
    return true;
  }

  Step step(std::uint64_t pc, bool exact, std::uint32_t& flags) {
    m_memory.enterFrame(m_scratch.current.value[arch::kStackPointer]);
    LoadedObject object = m_object;
    switch (lookUpRow(pc, exact, object, m_scratch.cfi, m_scratch.row)) {
      case RowLookup::Found:
        flags = m_scratch.row.signalFrame ? wire::kFrameExactPc : 0;
        return stepByRow(m_scratch.row, m_scratch.current, m_memory, m_scratch.caller);
      case RowLookup::HandMade: return Step::Outermost;
      case RowLookup::NoRules: flags = wire::kFrameGuessed; return guess(true);
      case RowLookup::NoObject: flags = wire::kFrameGuessed; return guess(false);
    }
    return Step::Lost;
  }

  // Code without unwind information: made by the program itself (a JIT compiler, an interpreter), or
  // assembly. By the frame pointer, as long as it leads to code of a binary; made code between is passed
  // over. Where it does not hold, by the next word of the thread's own stack that can only be a return
  // address. `inObject`: as the ABI says of such code, a frame pointer of zero is the outermost frame's.
  Step guess(bool inObject) {
    const Registers& current = m_scratch.current;
    Registers& caller = m_scratch.caller;
    Step step = stepByFramePointer(current, m_memory, caller);
    if (step == Step::Outermost && inObject) return step;
    const bool isMarked = step == Step::Outermost;
    for (unsigned links = 0; step == Step::Caller && links < kMostLinks; ++links) {
      const std::uint64_t pc = caller.value[arch::kReturnAddress];
      if (m_guessed.covers(pc - 1) || findLoadedObject(pc - 1, m_guessed)) {
        if (canReturnTo(pc)) return step;
        break;  // A word that is no return address: the frame pointer was something else.
      }
      m_scratch.beyond = caller;
      step = stepByFramePointer(m_scratch.beyond, m_memory, caller);
    }
    if (scan()) return Step::Caller;
    return isMarked ? Step::Outermost : Step::Lost;
  }

  // Whether `pc`, in the binary m_guessed, is where a call returns to. Of code that has no unwind
  // information, too, nothing is known: there it may be.
  bool canReturnTo(std::uint64_t pc) {
    LoadedObject object = m_guessed;
    const RowLookup lookup = lookUpRow(pc, false, object, m_scratch.cfi, m_scratch.row);
    return lookup != RowLookup::Found || !m_own.mayAsk() || isBehindCall(pc);
  }

  static const std::uint8_t* codeAt(std::uint64_t pc) { return reinterpret_cast<const std::uint8_t*>(pc); }

  bool isBehindCall(std::uint64_t pc) {
    return mayReadCodeBefore(pc) &&
           (arch::followsDirectCall(codeAt(pc)) || arch::followsIndirectCall(codeAt(pc)));
  }

  // Whether the call before `pc`, in the binary m_guessed, may have entered code that has no unwind
  // information. That is where most words that earlier calls have left behind are known from the one that is
  // looked for: made code is called by its address, and a described function that is called directly is
  // another one.
  bool isBehindCallOfUndescribed(std::uint64_t pc) {
    if (!mayReadCodeBefore(pc)) return false;
    if (arch::followsIndirectCall(codeAt(pc))) return true;
    if (!arch::followsDirectCall(codeAt(pc))) return false;
    const std::uint64_t own = m_scratch.current.value[arch::kReturnAddress];
    if (m_guessed.covers(own)) return !hasUnwindInformation(m_guessed, arch::targetOfDirectCall(codeAt(pc)));
    LoadedObject object;
    return findLoadedObject(own, object);  // By way of the procedure linkage table.
  }

  // Code may be executable and not readable.
  bool mayReadCodeBefore(std::uint64_t pc) {
    for (const std::uint64_t at : {pc - arch::kLongestCall, pc - 1}) {
      const std::uint64_t page = OwnStack::pageOf(at);
      if (page == m_readableCode) continue;
      if (!m_own.isReadable(page)) return false;
      m_readableCode = page;
    }
    return true;
  }

  // Finds a frame on the thread's own stack by its return address: behind a call, in a function with unwind
  // information, which leads to another such place. For code only: a pc where there is nothing is no frame's.
  bool scan() {
    if (!m_memory.isOwn() || !m_own.mayAsk()) return false;
    if (!m_own.isReadable(m_scratch.current.value[arch::kReturnAddress] - 1)) return false;
    const std::uint64_t sp = m_scratch.current.value[arch::kStackPointer];
    for (std::uint64_t at = (sp + 7) & ~std::uint64_t{7}; m_words < kMostWords; at += 8, ++m_words) {
      const auto word = m_memory.read(at);
      if (!word) return false;
      if (isReturnAddress(*word) && leadsOn(at, *word)) return true;
    }
    return false;
  }

  bool isReturnAddress(std::uint64_t word) {
    if (word < OwnStack::kPage || word >> 47 != 0 || m_own.contains(word)) return false;
    if (!m_guessed.covers(word - 1) && !findLoadedObject(word - 1, m_guessed)) return false;
    // The cheaper ones first.
    if (!hasUnwindInformation(m_guessed, word - 1) || !isBehindCallOfUndescribed(word)) return false;
    LoadedObject object = m_guessed;
    return lookUpRow(word, false, object, m_scratch.cfi, m_scratch.row) == RowLookup::Found;
  }

  // Whether the frame that `returnAddress`, found at `at`, would return to has a caller. m_scratch.row is its
  // row.
  bool leadsOn(std::uint64_t at, std::uint64_t returnAddress) {
    Registers& caller = m_scratch.caller;
    caller.known = 0;
    caller.set(arch::kReturnAddress, returnAddress);
    caller.set(arch::kStackPointer, arch::cfaOfReturnAddress(at));
    // What is called saves the frame pointer first, mostly. It is one only where it points outward on this
    // stack.
    const auto saved = m_memory.read(arch::FrameRecord::ofReturnAddress(at));
    const bool hasPointer = saved && *saved > at && *saved % 8 == 0 && m_own.contains(*saved);
    if (hasPointer) caller.set(arch::kFramePointer, *saved);
    // The outermost function calls no made code: such a word is one that the start of the program has left.
    if (stepByRow(m_scratch.row, caller, m_memory, m_scratch.beyond) != Step::Caller) return false;
    const std::uint64_t beyond = m_scratch.beyond.value[arch::kReturnAddress];
    if (!isBehindCall(beyond)) return false;
    LoadedObject object;  // None: made code again.
    return !findLoadedObject(beyond - 1, object) ||
           lookUpRow(beyond, false, object, m_scratch.cfi, m_scratch.row) == RowLookup::Found;
  }

  UnwindScratch& m_scratch;
  ModuleTable& m_modules;
  const std::uint64_t m_innermostSp;
  const OwnStack& m_own;
  StackMemory m_memory;
  LoadedObject m_object;
  std::uint32_t m_module = wire::kNoModule;
  // Of guesses only.
  LoadedObject m_guessed;            // Where the last one has landed.
  std::uint64_t m_readableCode = 0;  // A page of code that may be read.
  unsigned m_words = 0;              // That were looked at.
};

}  // namespace

RowLookup lookUpRow(std::uint64_t pc, bool exact, LoadedObject& object, CfiScratch& scratch, UnwindRow& row) {
  const auto findAt = [&](std::uint64_t at) {
    if (!object.covers(at) && !findLoadedObject(at, object)) return RowLookup::NoObject;
    return findUnwindRow(object, at, scratch, row) ? RowLookup::Found : RowLookup::NoRules;
  };
  if (exact) return findAt(pc);
  const RowLookup found = findAt(pc - 1);
  return found == RowLookup::NoRules && findAt(pc) == RowLookup::Found ? RowLookup::HandMade : found;
}

bool stepToCaller(const UnwindRow& row, const arch::Registers& current, const StackMemory& memory,
                  arch::Registers& caller) {
  return stepByRow(row, current, memory, caller) == Step::Caller;
}

Walk walkStack(UnwindScratch& scratch, ModuleTable& modules, const WalkLimits& limits, WalkedFrame* frames,
               std::size_t capacity) {
  return Walker(scratch, modules, limits).run(frames, capacity);
}

}  // namespace heaptap::capture
