// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "agent/capture/record/block_tags.h"
#include "agent/capture/record/open_calls.h"
#include "agent/capture/unwind/call_site.h"
#include "agent/wire/layout.h"

/// Puts events together: which thread, which stack, when. The hooks' way into capture.
/// Threads: any, signal handlers too. Hot path: no lock, no heap; errno kept.
/// Errors:  what cannot be written is counted in the thread's wire::DropCounters.
namespace heaptap::capture {

struct Allocation {
  void* block;
  std::size_t size;                  ///< As requested, in bytes.
  std::size_t (*usableSize)(void*);  ///< Null: unknown.
  unsigned alignLog2;
  wire::Origin origin;
};

struct Deallocation {
  const void* block;
  std::size_t declared;  ///< Bytes, where wire::declaresSize(origin).
  wire::Origin origin;
  unsigned alignLog2 = 0;  ///< As declared, where wire::declaresAlign(origin).
};

/// After the real allocation, before its address is returned to anyone.
void recordAllocation(const Allocation& allocation, const CallSite& site);

/// Before the real free: afterwards another thread may own the address. The stack is only taken when
/// something seems wrong, or the user wants all of them.
void recordFree(const Deallocation& deallocation, const CallSite& site);

/// What lies between the begin of a realloc and its end.
struct ReallocToken {
  OpenToken call;
  BlockTags::Tag tag = 0;  ///< The old block's, for when the realloc fails.

  [[nodiscard]] std::uint64_t packed() const { return std::uint64_t{tag} << 32 | call.packed(); }
  static ReallocToken unpacked(std::uint64_t word) {
    return {OpenToken::unpacked(static_cast<std::uint32_t>(word)), static_cast<BlockTags::Tag>(word >> 32)};
  }
};

/// Before a real realloc. The result goes to recordReallocEnd.
ReallocToken recordReallocBegin(const Deallocation& old, const CallSite& site);

/// After it; `now.block` is null when it failed and `old` is still live.
void recordReallocEnd(const ReallocToken& token, const void* old, const Allocation& now,
                      const CallSite& site);

/// The program names this moment, and may want to see the heap as it is now. `length`: at most
/// wire::kMaxMarkBytes.
void recordMark(const char* name, std::size_t length, bool snapshot);

/// A span begins, or the question of this number (wire::Question) is asked. False: there was no room.
[[nodiscard]] bool recordSpan(std::uint32_t number);
[[nodiscard]] bool recordQuestion(std::uint32_t number);
/// Whether the calling thread has not given them up (heaptap_restrict()).
[[nodiscard]] bool mayMakeSystemCalls();

/// In the thread that is about to fork: the heap of the child begins as it is here. See
/// wire::RareKind::Fork.
void recordFork(std::uint32_t number);

}  // namespace heaptap::capture
