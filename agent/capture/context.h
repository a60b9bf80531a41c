// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "agent/capture/event_stream.h"
#include "agent/capture/stack_walker.h"
#include "agent/include/heaptap/abi.h"
#include "agent/wire/layout.h"

namespace heaptap::capture {

/// An allocator that the thread is in, called by an entry point of ours which answers for it.
struct CalledLayer {
  const heaptap_layer* code;  ///< Null: not known.
  std::uint64_t sp, pc;       ///< Where the program called that entry point. `sp` 0: it is in none.
};

/// What one thread needs to record: two lanes, so that a signal handler which allocates while the thread is
/// inside the hook has a stream and a work space of its own. A third level is dropped and counted.
struct ThreadContext {
  std::uint32_t slotIndex;
  std::uint32_t depth;         ///< How many hooks are active on this thread, signal handlers included.
  CalledLayer called;          ///< The outermost: it reports for those inside.
  std::uint32_t reallocLevel;  ///< Reallocs under way (a signal handler may run inside one).
  std::uint64_t stackEnd;      ///< End of the thread's own stack, 0 when unknown.
  std::atomic<std::uint32_t>* restrictions;  ///< The slot's.
  std::uint64_t stampFloor;  ///< The last time that the thread could see before it lost its clock.
  StallClock stall;
  EventStream streams[wire::kStreamsPerThread];
  WalkerSpace walkers[wire::kStreamsPerThread];
  WalkerRoom<32 * 1024> room;       ///< Lane 0: deep recursion; touched only as needed.
  WalkerRoom<2 * 1024> nestedRoom;  ///< Lane 1.
};

/// The only thread-local variable: static TLS is scarce in libraries that are loaded late.
extern constinit thread_local ThreadContext* t_context;

/// The calling thread's context; null before its first event.
inline ThreadContext* existingContext() { return t_context; }

/// Makes it. Null when there is no slot or no memory left.
ThreadContext* makeContext();

/// The calling thread's context: made at its first event, used again by a later thread when the relay has
/// seen this one end. Null when there is no slot or no memory left.
/// Threads: any; no lock, at most an mmap, a gettid and a prctl, and none of them where threads are
/// restricted.
inline ThreadContext* contextOfThisThread() { return t_context != nullptr ? t_context : makeContext(); }

/// The calling thread has named itself. Without a context, its name is read when that is made.
void noteThreadName(const char* name);

/// In a forked child: the only thread lets go of the context that belongs to its parent's thread.
void forgetContext();

}  // namespace heaptap::capture
