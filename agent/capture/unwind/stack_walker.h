// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "agent/capture/unwind/call_site.h"
#include "agent/capture/unwind/path_cache.h"
#include "agent/capture/unwind/rule_cache.h"
#include "agent/capture/unwind/stack_memo.h"
#include "agent/capture/unwind/stack_table.h"
#include "agent/capture/unwind/unwinder.h"

namespace heaptap::capture {

/// What walks share: rules, modules, stored stacks.
struct WalkTables {
  RuleCache& rules;
  ModuleTable& modules;
  StackTable& stacks;
  PathCache& paths;
};

/// Work space of one lane of one thread. The arrays belong to the thread's context; they are large and
/// sparse, as only deep stacks touch more of them.
struct WalkerSpace {
  StackMemo memo;
  std::uint32_t generation = 0;         ///< Of the rules that the memo was walked with.
  std::uint32_t capacity = 0;           ///< In frames: deeper stacks need a larger room, …
  std::uint32_t most = 0;               ///< … up to this; still deeper ones are cut off at the outer end.
  FreshFrame* fresh = nullptr;          ///< Frames of the walk under way, innermost first.
  WalkedFrame* walked = nullptr;        ///< The same room, for the thorough walk.
  void* grown = nullptr;                ///< The room, where it is not the first one.
  std::atomic<void*>* spare = nullptr;  ///< One for `most` frames, for when no memory can be got.
  UnwindScratch scratch;                ///< For what is walked thoroughly.
};

/// A room for stacks of that many frames.
static_assert(sizeof(WalkedFrame) <= sizeof(FreshFrame));
constexpr std::size_t roomBytes(std::uint32_t frames) {
  return frames * (sizeof(FramePlace) + sizeof(FrameDetail) + sizeof(FreshFrame));
}
/// Lets the space use it; what was remembered is forgotten.
void openRoom(WalkerSpace& space, void* room, std::uint32_t frames);

/// Storage behind a WalkerSpace for stacks of up to `N` frames; deeper ones get a larger room elsewhere.
template <std::uint32_t N>
struct WalkerRoom {
  alignas(64) unsigned char bytes[roomBytes(N)];

  /// Stacks of more than `most` frames are cut off. A space that has grown keeps its room.
  void openFor(WalkerSpace& space, std::uint32_t most = N) {
    space.most = most;
    if (space.grown == nullptr)
      openRoom(space, bytes, N);
    else
      openRoom(space, space.grown, space.capacity);
  }
};

/// Of a stack that is deeper than `capacity`, so many of the innermost frames are there at least.
constexpr std::uint32_t leastOfCut(std::uint32_t capacity) { return capacity / 32; }

/// The stack id of the code at `site`, which is a frame of the calling thread's present stack: the fast way,
/// by cached rules and by what the previous walk of this lane can still vouch for. Equal to
/// `tables.stacks.intern(walkStack(…))` for every stack that has room; where the fast way cannot follow, that
/// is what it does. Of a stack that was too deep, and of those that it returns to and that still have the
/// place where it was cut, the outer end is left out and marked. `own`: the thread's stack. Threads: any,
/// each with a space of its own; allocates nothing but cache tables, takes no lock.
std::uint32_t currentStack(WalkerSpace& space, const WalkTables& tables, const CallSite& site, OwnStack& own);

}  // namespace heaptap::capture
