// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "agent/capture/system/arch/arch.h"
#include "agent/capture/tables/module_table.h"
#include "agent/capture/unwind/cfi.h"
#include "agent/capture/unwind/stack_memory.h"

namespace heaptap::capture {

/// One frame of a walk.
struct WalkedFrame {
  std::uint64_t pc = 0;      ///< See wire::FrameEntry.
  std::uint32_t module = 0;  ///< Index in the module table, or wire::kNoModule, kModuleBeyond.
  std::uint32_t flags = 0;   ///< wire::kFrameExactPc, wire::kFrameGuessed.
};

/// How a walk ended.
enum class WalkEnd : std::uint8_t {
  Complete,   ///< At the outermost frame.
  Truncated,  ///< There was no more room in the array.
  Lost,       ///< Neither CFI nor the frame pointer led on.
};

struct Walk {
  std::size_t frames = 0;
  WalkEnd end = WalkEnd::Complete;
};

/// Memory that a walk needs besides its result; lives in the thread's context, as signal stacks are small.
struct UnwindScratch {
  CfiScratch cfi;
  UnwindRow row;
  arch::Registers current;
  arch::Registers caller;
  PathRoom path;           ///< For the module table.
  arch::Registers beyond;  ///< Where a guess would lead to.
};

/// Which part of the stack a walk is about.
struct WalkLimits {
  std::uint64_t innermostSp;  ///< Frames whose stack pointer is below are walked and left out.
  OwnStack& own;              ///< The thread's.
};

/// The frame at `pc` in `object`, whose index in the module table is `module`.
inline WalkedFrame frameIn(const LoadedObject& object, std::uint32_t module, std::uint64_t pc,
                           std::uint32_t flags) {
  return {module == wire::kModuleBeyond || module == wire::kNoModule ? pc : pc - object.bias, module, flags};
}

/// Walks the stack by `.eh_frame`, one frame after the other.
/// Starts at `scratch.current` (see arch::captureHere) and writes the callers' frames, innermost first, into
/// `frames`. Frames of the agent's own code are left out (ModuleTable::isAgent).
/// Threads: any, signal handlers too; allocates nothing, takes no lock (glibc >= 2.35).
Walk walkStack(UnwindScratch& scratch, ModuleTable& modules, const WalkLimits& limits, WalkedFrame* frames,
               std::size_t capacity);

/// How the rules for a frame were found.
enum class RowLookup : std::uint8_t {
  Found,
  NoObject,  ///< No loaded binary covers the pc.
  NoRules,   ///< The binary has no unwind information there.
  HandMade,  ///< The return address is a function's very first byte, which no call leaves behind: makecontext
             ///< and the like put it there, and nothing lies beyond.
};

/// Fills `row` for a frame at `pc`. A return address is looked up one byte earlier, as the call may have been
/// its function's last instruction; an `exact` pc, an interrupted instruction, as it is.
RowLookup lookUpRow(std::uint64_t pc, bool exact, LoadedObject& object, CfiScratch& scratch, UnwindRow& row);

/// One step of such a walk: applies `row` to the registers of a frame. False at the outermost frame, and
/// where something that is needed is not known or may not be read.
bool stepToCaller(const UnwindRow& row, const arch::Registers& current, const StackMemory& memory,
                  arch::Registers& caller);

}  // namespace heaptap::capture
