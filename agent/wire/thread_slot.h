// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

/// The part of the shared memory that each thread of the target has for itself: see layout.h.
namespace heaptap::wire {

inline constexpr std::size_t kStreamsPerThread =
    2;  ///< 0: normal. 1: signal handlers that interrupt the hook.

/// Why events were not written. The values are part of the layout, and those of heaptap.v1.DropReason less
/// one. Of a relay that is gone nothing is counted, as there is none that could read it.
enum class DropReason : std::uint8_t {
  Room = 0,        ///< The pool had no chunk left, and the relay made no room in time.
  BufferFull = 1,  ///< The same in a HEAPTAP_BUFFER file, where none will ever be made.
  Nesting = 2,     ///< Signal handlers within hooks within signal handlers: no lane was free.
  Sandbox = 3,     ///< The thread may not wait (kNoSystemCalls), or not ask for a context.
  Memory = 4,      ///< No memory for a context.
  Threads = 5,     ///< No slot left for the thread.
};
inline constexpr std::size_t kDropReasons = 6;

/// What one thread could not write for one reason. Written by that thread only; the relay reads differences.
struct DropCounters {
  std::atomic<std::uint64_t> allocations;
  std::atomic<std::uint64_t> bytes;  ///< Requested bytes of the dropped allocations.
  std::atomic<std::uint64_t> frees;
};

/// What one thread did with malloc's heap, recorded or not: where allocations are sampled. Written by that
/// thread only; the relay reads differences.
struct ExactCounters {
  std::atomic<std::uint64_t> allocations;
  std::atomic<std::uint64_t> bytes;  ///< As requested.
  std::atomic<std::uint64_t> frees;
};

/// What a thread may no longer do, or the kernel kills it: bits of `restrictions`. Set by the target when it
/// sees the call that takes it away, and by the relay, which looks at /proc; never taken back.
inline constexpr std::uint32_t kNoSystemCalls = 1;  ///< seccomp(2). It does not wait for room, but drops.
inline constexpr std::uint32_t kNoTimeStamp = 2;    ///< rdtsc raises SIGSEGV: strict mode, PR_SET_TSC.

/// A thread times one event in 1 to this many, by chance, so on average one in half of that. Where
/// allocations are sampled there are fewer events; those that are only counted are none of them, see
/// Header::countingTicks.
constexpr std::uint32_t timedSpan(std::uint64_t sampleInterval) { return sampleInterval == 0 ? 1024 : 8; }
/// An event that took longer (about a millisecond) was interrupted, and does not count.
inline constexpr std::uint64_t kMaxTimedTicks = 1ULL << 21;

/// One claimed by each thread at its first event, and more where its streams were left in the middle; given
/// back by the relay when the thread is gone.
struct alignas(64) ThreadSlot {
  std::atomic<std::uint32_t>
      claim;                ///< Odd while claimed. The target makes it odd (release), the relay even.
  std::uint32_t tid;        ///< Kernel thread id in the target's own PID namespace.
  std::uint32_t nextFree;   ///< Link of the slot free list (index + 1); meaningless while claimed.
  std::uint32_t process;    ///< Index of the ProcessSlot that the thread belongs to.
  std::uint64_t claimedAt;  ///< Ticks since Header::clockBase.
  std::atomic<std::uint32_t> firstChunk[kStreamsPerThread];  ///< Chunk references; kNoChunk until needed.
  std::atomic<std::uint32_t> restrictions;                   ///< Looked at while kControlRestricted is set.
  /// 1: its thread has another slot, claimed before, of which some hook may yet go on.
  std::uint32_t beside;
  /// What the thread calls itself, padded with zeros (PR_SET_NAME). Names that others give it are in /proc.
  std::atomic<std::uint64_t> name[2];
  alignas(64) ExactCounters exact;
  std::atomic<std::uint64_t> ownTicks;  ///< Clock ticks spent in the agent, by the events that were timed …
  std::atomic<std::uint64_t> timed;     ///< … which are so many. Written and read as the others.
  DropCounters dropped[kDropReasons];
};
static_assert(sizeof(ThreadSlot) == 256);

}  // namespace heaptap::wire
