// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "agent/wire/event.h"
#include "agent/wire/exec_note.h"
#include "agent/wire/free_list.h"
#include "agent/wire/heap.h"
#include "agent/wire/question.h"
#include "agent/wire/tables.h"
#include "agent/wire/thread_slot.h"

/// The shared memory between a target and its relay: the one contract of capture and relay.
///
/// The relay creates a memfd, fills in the Header, seals the size and passes the descriptor; the target
/// maps it and closes the descriptor. All offsets are in bytes from the start of the mapping, all
/// integers are little-endian, and every structure is used by both sides in place.
///
/// Here is the whole; events are in event.h, frames, stacks and modules in tables.h.
///
/// Trust: the target trusts the relay (same user, checked by SO_PEERCRED). The relay trusts nothing that
/// it reads here: it keeps the Geometry it computed itself and checks every index against that.
namespace heaptap::wire {

static_assert(std::atomic<std::uint32_t>::is_always_lock_free);
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

inline constexpr std::uint64_t kMagic = 0x31'50'41'54'50'41'45'48;  // "HEAPTAP1"
inline constexpr std::uint32_t kLayoutVersion = 11;

// ---- chunks: where events are written --------------------------------------------------------------

inline constexpr std::uint32_t kChunkBytes = 16 * 1024;

/// The head of a chunk; events follow it up to kChunkBytes.
/// Writer: the one stream that took the chunk from the pool. Reader: the relay.
struct ChunkHeader {
  std::atomic<std::uint32_t> published;  ///< Bytes of events after the header that may be read (release).
  std::atomic<std::uint32_t> next;       ///< Reference of the chunk that follows; set once this one is full.
  std::uint32_t nextFree;                ///< Of the pool's free list, see linkTo(); meaningless while in use.
  std::uint32_t reserved[13];
};
static_assert(sizeof(ChunkHeader) == 64);
inline constexpr std::uint32_t kChunkPayload = kChunkBytes - sizeof(ChunkHeader);

// ---- processes -------------------------------------------------------------------------------------

inline constexpr std::uint32_t kFirstProcess = 0;  ///< The process that attached; it claims nothing.
inline constexpr std::uint32_t kNoFork = 0;        ///< Forks are numbered from 1.

/// One claimed by each forked child of the tree that shares this memory, at its first event.
struct ProcessSlot {
  std::atomic<std::uint32_t> claimed;  ///< 1 once the rest may be read (release).
  std::uint32_t pid;                   ///< In the target's own PID namespace.
  std::uint32_t parent;                ///< Index of the process that it was forked from.
  /// Number of the fork that made it (see EventKind::Fork): its heap begins as its parent's was at that
  /// event. kNoFork for a child that was not made by fork(), such as a raw clone: as the parent's is at
  /// `claimedAt`.
  std::uint32_t fork;
  std::uint64_t claimedAt;                  ///< Ticks since Header::clockBase.
  std::atomic<std::uint32_t> restrictions;  ///< Of threads and children to come, the first process's too.
  std::uint32_t reserved1;
  std::uint64_t reserved[4];
};
static_assert(sizeof(ProcessSlot) == 64);

// ---- the whole -------------------------------------------------------------------------------------

/// How stamps are read. Each is ordered after every earlier load (docs/capture.md, "Time and order").
enum class ClockMode : std::uint32_t {
  Tsc = 1,        ///< rdtscp.
  Monotonic = 2,  ///< CLOCK_MONOTONIC in ns.
  FencedTsc = 3,  ///< lfence, then rdtsc: where the processor, or its hypervisor, has no rdtscp.
};
/// Whether stamps are the processor's time stamp counter, which needs no system call.
constexpr bool isTimeStamp(ClockMode mode) { return mode == ClockMode::Tsc || mode == ClockMode::FencedTsc; }

struct Geometry {
  std::uint64_t totalBytes;
  std::uint64_t chunks;  ///< Offset of chunk 0; a multiple of kPage.
  std::uint32_t chunkCount;
  std::uint32_t reservedForFrees;  ///< Allocations take a chunk only when more than this many are free.
  std::uint64_t threads;           ///< Offset of ThreadSlot 0.
  std::uint32_t threadCapacity;
  std::uint32_t moduleCapacity;
  std::uint64_t processes;  ///< Offset of ProcessSlot 0.
  std::uint32_t processCapacity;
  std::uint32_t heapCapacity;  ///< Of named ones.
  std::uint64_t heaps;         ///< Offset of HeapEntry 0.
  std::uint64_t modules;       ///< Offset of ModuleEntry 0.
  std::uint64_t text;          ///< Offset of the text area: module paths, names of marks and heaps.
  std::uint64_t textBytes;
  TableGeometry frames;
  TableGeometry nodes;
};

// Bits of Header::control, set by the relay; those of restrictions and pauses by the target too.
inline constexpr std::uint32_t kControlPaused = 1;       ///< Record no allocations; frees go on.
inline constexpr std::uint32_t kControlStopped = 2;      ///< Record nothing any more.
inline constexpr std::uint32_t kControlExact = 4;        ///< Wait for room without limit instead of dropping.
inline constexpr std::uint32_t kControlNoChildren = 8;   ///< Forked children stay unrecorded.
inline constexpr std::uint32_t kControlRestricted = 16;  ///< Some thread has `restrictions`.
inline constexpr std::uint32_t kControlFreeStacks = 32;  ///< Every free is written with its stack.
inline constexpr std::uint32_t kControlPausedByProgram =
    64;                                                   ///< As kControlPaused, by the target's own wish.
inline constexpr std::uint32_t kControlEverPaused = 128;  ///< Set with every pause, and never taken back.
inline constexpr std::uint32_t kControlBypassed =
    256;  ///< Another malloc lies in front of ours. By the target.
inline constexpr std::uint32_t kControlLookedPast =
    32768;  ///< Libraries were opened that do not see ours. By the target.
inline constexpr std::uint32_t kControlMappings = 512;  ///< Memory mappings are recorded, too.
inline constexpr std::uint32_t kControlAnyPause = kControlPaused | kControlPausedByProgram;

inline constexpr std::uint64_t kMaxSampleInterval = 1ULL << 40;

inline constexpr std::uint64_t kCountedEvents = 128;  ///< Of Header::countingTicks.

/// Private memory of the target that heaptap uses there. `bytes` is written last (release); zero: none yet.
struct OwnArea {
  std::atomic<std::uint64_t> start;
  std::atomic<std::uint64_t> bytes;
};
inline constexpr std::size_t kMaxOwnAreas = 8;

/// Set by the kernel in `relayAlive` when the relay dies (robust futex, futex(2)).
inline constexpr std::uint32_t kFutexOwnerDied = 0x4000'0000;

struct Header {
  std::uint64_t magic;
  std::uint32_t layoutVersion;
  std::uint32_t headerBytes;
  Geometry geometry;
  ClockMode clockMode;
  std::uint32_t maxStallMs;      ///< How long a thread waits for room after the relay last made progress.
  std::uint64_t clockBase;       ///< Ticks at the start of the session; stamps are relative to it.
  std::uint64_t sampleInterval;  ///< Bytes between samples on average; 0: every allocation is recorded.
  DropReason noRoom;             ///< What it is called here when there is none: Room or BufferFull.

  alignas(64) std::atomic<std::uint32_t> control;  ///< kControl… bits.
  /// Counts up whenever the relay looks: then a thread that stamps several events by one reading of the clock
  /// reads it again (docs/capture.md, "Seldom stamps"). 0: nobody counts, and each event has its own reading.
  std::atomic<std::uint64_t> tick;
  /// The relay's robust mutex (a pthread_mutex_t, of which the target reads only the first 32 bits, the
  /// futex word: 0 or kFutexOwnerDied set means that the relay is gone).
  alignas(64) std::atomic<std::uint32_t> relayAlive;
  unsigned char relayMutexRest[60];

  alignas(64) FreeList freeChunks;
  alignas(64) FreeList freeSlots;
  std::atomic<std::uint32_t> slotHighWater;  ///< Slots ever used; the relay looks no further.
  /// Process slots reserved, the first process included; beyond the capacity, processes that were not
  /// recorded. 0: the relay follows no forks.
  std::atomic<std::uint32_t> processCount;
  std::atomic<std::uint32_t> forkCount;  ///< Number of the last fork.
  std::atomic<std::uint32_t> attached;   ///< 1 once the target records.
  /// Counts up whenever the relay returned chunks: also the futex that waiting threads sleep on.
  alignas(64) std::atomic<std::uint32_t> progress;
  std::atomic<std::uint32_t>
      waiters;  ///< Not 0: threads may sleep on `progress`. They set it, the relay clears it.
  /// The time of the relay's last look, as a stamp: for threads without a clock.
  std::atomic<std::uint64_t> relayTime;
  alignas(64) std::atomic<std::uint32_t> moduleCount;
  std::atomic<std::uint32_t> heapCount;  ///< Named heaps reserved; may exceed the capacity.
  std::atomic<std::uint64_t> textUsed;
  std::atomic<std::uint32_t> modulesBeyond;  ///< Binaries that found no room in the module table.
  /// Events that no thread slot could be blamed for: no slot left, or no context to be had.
  alignas(64) DropCounters droppedWithoutThread[kDropReasons];
  alignas(64) TableControl frameTable;
  TableControl nodeTable;
  /// Where the target has mapped this memory (its forked children too), and what else is heaptap's there: so
  /// that the relay can tell heaptap's share of the resident memory.
  std::atomic<std::uint64_t> mappedAt;
  std::atomic<std::uint32_t> ownAreaCount;  ///< Those reserved; may exceed kMaxOwnAreas.
  OwnArea ownAreas[kMaxOwnAreas];
  /// Clock ticks that kCountedEvents events take which are only counted, as the target has measured it once:
  /// where allocations are sampled. 0: not measured.
  std::atomic<std::uint64_t> countingTicks;
  /// Programs that are being executed. The relay frees those that it has dealt with.
  alignas(64) ExecNote execNotes[kExecNotes];
  std::atomic<std::uint32_t> spanCount;  ///< Spans that programs have begun; the last one has this number.
  alignas(64) Question question;
};

/// Returns true when the relay will never read this memory any more.
inline bool relayIsGone(const Header* header) {
  const std::uint32_t word = header->relayAlive.load(std::memory_order_relaxed);
  return word == 0 || (word & kFutexOwnerDied) != 0;
}

}  // namespace heaptap::wire
