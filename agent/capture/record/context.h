// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "agent/capture/record/event_stream.h"
#include "agent/capture/record/landmark.h"
#include "agent/capture/record/open_calls.h"
#include "agent/capture/record/sampler.h"
#include "agent/capture/record/seldom_stamps.h"
#include "agent/capture/system/own_stack.h"
#include "agent/capture/unwind/stack_walker.h"
#include "agent/include/heaptap/abi.h"
#include "agent/wire/layout.h"

namespace heaptap::capture {

/// Frames that a walk follows at most, by lane: deep recursion, and what handlers do.
inline constexpr std::uint32_t kMostFrames[wire::kStreamsPerThread] = {32 * 1024, 2 * 1024};

/// What one thread needs to record: two lanes, so that a signal handler which allocates while the thread is
/// inside the hook has a stream and a work space of its own. Where both are taken, by handlers within
/// handlers or by hooks that may or may not go on one day, the thread gets another context beside: see Lane.
struct ThreadContext {
  bool inLayer;  ///< Between heaptap_enter_layer() and heaptap_leave_layer().
  /// While `inLayer`: an allocator that the thread is in, and the frame of the entry point that answers for
  /// it, which keeps its return address.
  const heaptap_layer* called;
  Landmark calledFrame;
  heaptap_thread* counting;  ///< What inline code counts by; null where allocations are not sampled.
  heaptap_exact* exact;      ///< The slot's.
  std::uint32_t slotIndex;
  std::uint32_t taken;  ///< How many times a lane was taken; wraps.
  SeldomStamps stamps;  ///< Of lane 0, while the thread is the only one (recordsAlone()).
  /// By whom each lane is taken now: what the hook's Lane keeps on the stack. 0: free.
  std::atomic<std::uint64_t> holders[wire::kStreamsPerThread];
  Sampler sampler;
  std::uint64_t lastSample;                  ///< Address of the block that was sampled last, and …
  std::uint64_t lastSampleTurn;              ///< … how many the thread had allocated then.
  ThreadContext* next;                       ///< The thread's other contexts, in a ring.
  std::uint32_t untilTimed;                  ///< Events until one is timed (event_timer.h).
  OwnStack own;                              ///< The thread's stack.
  std::atomic<std::uint32_t>* restrictions;  ///< The slot's.
  std::uint64_t stampFloor;    ///< The last time that the thread could see before it lost its clock.
  std::uint64_t timingRandom;  ///< Of event_timer.h; never zero.
  OpenCalls open;
  StallClock stall;
  EventStream streams[wire::kStreamsPerThread];
  WalkerSpace walkers[wire::kStreamsPerThread];
  std::atomic<void*> spareRoom;  ///< For the deepest stacks, got beforehand; null: none.
  WalkerRoom<512> room;          ///< Lane 0.
  WalkerRoom<256> nestedRoom;    ///< Lane 1.
};

/// Beside heaptap_this_thread the only thread-local variable: static TLS is scarce in libraries that are
/// loaded late.
extern constinit __thread ThreadContext* t_context [[gnu::tls_model("initial-exec")]];

/// How many contexts this process has made, each before the first event of its thread has any effect. Read
/// only afterwards by whoever depends on that event, so a relaxed order is enough: see SeldomStamps.
extern constinit std::atomic<std::uint64_t> g_contextsMade;

/// Returns true while one thread of this process, with one context, has recorded all its events.
inline bool recordsAlone() { return g_contextsMade.load(std::memory_order_relaxed) <= 1; }

/// The calling thread's context; null before its first event.
inline ThreadContext* existingContext() { return t_context; }

/// Makes it. Null when there is no slot or no memory left: then `why` is set, if it is not null. `beside`:
/// the thread has this one already.
ThreadContext* makeContext(ThreadContext* beside, wire::DropReason* why);
/// The thread goes on with `other`, which is one of its contexts too.
void switchContext(const ThreadContext& from, ThreadContext& other);

/// The calling thread's context: made at its first event, used again by a later thread when the relay has
/// seen this one end. Null when there is no slot or no memory left: then `why` is set, if it is not null.
/// Threads: any; no lock, at most an mmap, a gettid and a prctl, and none of them where threads are
/// restricted.
inline ThreadContext* contextOfThisThread(wire::DropReason* why = nullptr) {
  ThreadContext* const context = existingContext();
  return context != nullptr ? context : makeContext(nullptr, why);
}

/// The calling thread has named itself. Without a context, its name is read when that is made.
void noteThreadName(const char* name);

/// In a forked child: the only thread lets go of the context that belongs to its parent's thread, and is the
/// first one again.
void forgetContext();

/// Gets what the deepest stacks of the thread in this slot need, as it may not do so itself any more.
void reserveRoom(std::uint32_t slot);

/// While another layer answers for what the thread does, it counts nothing by itself.
void enterLayer(ThreadContext& context);
void leaveLayer(ThreadContext& context);

}  // namespace heaptap::capture
