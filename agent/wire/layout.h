// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <compare>
#include <cstddef>
#include <cstdint>

#include "agent/wire/exec_note.h"
#include "agent/wire/free_list.h"
#include "agent/wire/heap.h"
#include "agent/wire/origin.h"
#include "agent/wire/page.h"
#include "agent/wire/thread_slot.h"

/// The shared memory between a target and its relay: the one contract of capture and relay.
///
/// The relay creates a memfd, fills in the Header, seals the size and passes the descriptor; the target
/// maps it and closes the descriptor. All offsets are in bytes from the start of the mapping, all
/// integers are little-endian, and every structure is used by both sides in place.
///
/// Trust: the target trusts the relay (same user, checked by SO_PEERCRED). The relay trusts nothing that
/// it reads here: it keeps the Geometry it computed itself and checks every index against that.
namespace heaptap::wire {

static_assert(std::atomic<std::uint32_t>::is_always_lock_free);
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

inline constexpr std::uint64_t kMagic = 0x31'50'41'54'50'41'45'48;  // "HEAPTAP1"
inline constexpr std::uint32_t kLayoutVersion = 7;

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

// ---- events ----------------------------------------------------------------------------------------

/// What an event says. The values are part of the layout. There are four bits for them; 13 to 15 are unused.
enum class EventKind : std::uint8_t {
  None = 0,
  Free = 1,   ///< 16 bytes. Published before the real free.
  Alloc = 2,  ///< 24 bytes, or 32 with AllocLarge. Published after the real allocation.
  AllocLarge = 3,
  ReallocBegin = 4,  ///< 16 bytes. A provisional free of `address`, before the real realloc.
  ReallocDone = 5,   ///< 24 bytes: the block now lives at `address` with the new size.
  ReallocDoneLarge = 6,
  FreeFrom = 7,          ///< 24 bytes: a Free with its stack, or with the size that the program declared.
  ReallocBeginFrom = 8,  ///< 24 bytes: a ReallocBegin with its stack.
  HeapAlloc = 9,         ///< 32 bytes: a block of another heap than malloc's; see heapWord().
  HeapFree = 10,         ///< 24 bytes: its end; the size is the heap's number.
  Map = 11,              ///< 32 bytes: a change of the process's memory mappings; see heap.h.
  Rare = 12,             ///< 16 bytes: whatever happens rarely; `extra` says which RareKind.
};

/// What an event of kind Rare says: a new kind of event that needs no more than its address belongs here.
enum class RareKind : std::uint8_t {
  ReallocFailed = 0,     ///< The block of the matching ReallocBegin never moved.
  ReallocUnsampled = 1,  ///< The realloc that began has ended, in a block that is not sampled.
  Fork = 2,              ///< The process is about to fork; the address is the fork's number.
  Mark = 3,              ///< The program names this moment; the address says how, see markWord().
  Snapshot = 4,          ///< A Mark for which the program asks that the counts of that moment are kept.
};
inline constexpr unsigned kRareKinds = 5;  ///< Larger values are nonsense.

/// Two or more 64-bit words:
///   word 0  stamp:56 | level:4 | kind:4      stamp in clock ticks since Header::clockBase
///   word 1  extra:8 | origin:8 | address:48
///   word 2  size:32 | slack:8 | stack:24     Alloc, ReallocDone; size is 0 in the Large kinds
///           size:32 | given:8 | stack:24     FreeFrom, ReallocBeginFrom
///           heap:32 | 0:8     | stack:24     HeapFree
///           0:32    | change:8 | stack:24    Map
///   word 3  size:64                          Large kinds and Map
///           heap:16 | size:48                HeapAlloc
/// `extra` is the alignment's log2 of an allocation, 0 for the allocator's own; of a Free or ReallocBegin
/// that declares a size the high byte of foldBlock(), of a FreeFrom or ReallocBeginFrom that declares an
/// alignment its log2; of a Rare its RareKind. `slack`: see packSlack(). `given`: kGiven… bits; a declared
/// size of 4 GiB and more is given as 4 GiB - 1. `level` numbers nested reallocs of one stream (a signal
/// handler inside realloc), so that a begin and its end find each other even when another end was dropped. It
/// is 0 for everything else.
inline constexpr std::size_t kFreeBytes = 16;
inline constexpr std::size_t kAllocBytes = 24;
inline constexpr std::size_t kAllocLargeBytes = 32;

inline constexpr unsigned kGivenStack = 1;
inline constexpr unsigned kGivenSize = 2;
inline constexpr unsigned kGivenAlign = 4;
inline constexpr unsigned kGivenTemporary = 8;  ///< Where allocations are sampled: only the target can tell.
inline constexpr std::uint64_t kMaxDeclaredSize = 0xFFFF'FFFF;

constexpr std::size_t eventBytes(EventKind kind) {
  switch (kind) {
    case EventKind::Free:
    case EventKind::ReallocBegin:
    case EventKind::Rare: return kFreeBytes;
    case EventKind::Alloc:
    case EventKind::HeapFree:
    case EventKind::FreeFrom:
    case EventKind::ReallocBeginFrom:
    case EventKind::ReallocDone: return kAllocBytes;
    case EventKind::AllocLarge:
    case EventKind::HeapAlloc:
    case EventKind::Map:
    case EventKind::ReallocDoneLarge: return kAllocLargeBytes;
    case EventKind::None: break;
  }
  return 0;
}

constexpr std::uint64_t headWord(std::uint64_t stamp, unsigned level, EventKind kind) {
  return stamp << 8 | (level & 0xF) << 4 | static_cast<std::uint64_t>(kind);
}
constexpr std::uint64_t stampOf(std::uint64_t head) { return head >> 8; }
constexpr unsigned levelOf(std::uint64_t head) { return head >> 4 & 0xF; }
constexpr EventKind kindOf(std::uint64_t head) { return static_cast<EventKind>(head & 0xF); }

constexpr std::uint64_t addressWord(std::uint64_t address, Origin origin, unsigned extra) {
  return (address & 0xFFFF'FFFF'FFFF) | static_cast<std::uint64_t>(origin) << 48 |
         static_cast<std::uint64_t>(extra) << 56;
}
constexpr std::uint64_t addressOf(std::uint64_t word) { return word & 0xFFFF'FFFF'FFFF; }
constexpr Origin originOf(std::uint64_t word) { return static_cast<Origin>(word >> 48 & 0xFF); }
constexpr unsigned extraOf(std::uint64_t word) { return static_cast<unsigned>(word >> 56); }

/// Word 1 of a Rare.
constexpr std::uint64_t rareWord(RareKind kind, std::uint64_t address, Origin origin = Origin::Unknown) {
  return addressWord(address, origin, static_cast<unsigned>(kind));
}

/// `attribute` is the slack or what is given.
constexpr std::uint64_t stackWord(std::uint32_t stack, unsigned attribute, std::uint64_t size) {
  return size << 32 | static_cast<std::uint64_t>(attribute & 0xFF) << 24 | (stack & 0xFF'FFFF);
}
constexpr std::uint32_t stackOf(std::uint64_t word) { return static_cast<std::uint32_t>(word & 0xFF'FFFF); }
constexpr unsigned attributeOf(std::uint64_t word) { return static_cast<unsigned>(word >> 24 & 0xFF); }
constexpr std::uint64_t sizeOf(std::uint64_t word) { return word >> 32; }

/// Word 3 of a HeapAlloc.
constexpr std::uint64_t heapWord(std::uint32_t heap, std::uint64_t size) {
  return std::uint64_t{heap} << 48 | (size & 0xFFFF'FFFF'FFFF);
}
constexpr std::uint32_t heapOf(std::uint64_t word) { return static_cast<std::uint32_t>(word >> 48); }
constexpr std::uint64_t heapSizeOf(std::uint64_t word) { return word & 0xFFFF'FFFF'FFFF; }

inline constexpr std::size_t kMaxMarkBytes = 255;

/// The address of a Mark or Snapshot: where its name lies in the text area, and how long it is. None: there
/// was no room.
constexpr std::uint64_t markWord(std::uint32_t offset, std::size_t length) {
  return std::uint64_t{offset} << 8 | (length & 0xFF);
}
constexpr std::uint32_t markOffset(std::uint64_t word) { return static_cast<std::uint32_t>(word >> 8); }
constexpr std::uint32_t markLength(std::uint64_t word) { return static_cast<std::uint32_t>(word & 0xFF); }

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

// ---- stacks ----------------------------------------------------------------------------------------

/// An append-only table of entries with a hash index beside it. An entry's id is its position, so the
/// relay reads new entries in order and needs no message about them. The index is a list of hash tables,
/// each four times as large as the one before; a look-up goes from the newest to the oldest. Two threads
/// may insert the same entry at the same time and get two ids: the relay treats equal entries as one.
struct TableControl {
  std::atomic<std::uint32_t> count;  ///< Entries reserved, the fixed ones included; may exceed the capacity.
  std::atomic<std::uint32_t> newestLevel;  ///< Index level that new look-ups start with.
  std::uint32_t reserved[14];
};
static_assert(sizeof(TableControl) == 64);

/// Where a table lies. Level i of the index has 2^(firstLevelBits + 2 i) slots of 32 bits.
struct TableGeometry {
  std::uint64_t entries;   ///< Offset of the first entry.
  std::uint64_t index;     ///< Offset of index level 0; the others follow without a gap.
  std::uint32_t capacity;  ///< In entries.
  std::uint16_t firstLevelBits;
  std::uint16_t levels;
};

/// A place in the code: a return address, or the interrupted instruction itself.
struct FrameEntry {
  std::uint64_t pc;      ///< Address in the module's file; in the target where there is no module.
  std::uint32_t module;  ///< Index into the module table, kNoModule, or kModuleBeyond.
  std::atomic<std::uint32_t> flags;  ///< kFrame… bits. Written last (release): zero means not yet complete.
};
static_assert(sizeof(FrameEntry) == 16);

inline constexpr std::uint32_t kFrameComplete = 1;  ///< The entry may be read.
inline constexpr std::uint32_t kFrameExactPc =
    2;  ///< pc is an interrupted instruction, not a return address.
inline constexpr std::uint32_t kFrameGuessed = 4;  ///< Reached by following the frame pointer, without CFI.
inline constexpr std::uint32_t kNoModule = 0xFFFF'FFFF;      ///< No module covers pc.
inline constexpr std::uint32_t kModuleBeyond = 0xFFFF'FFFE;  ///< It found no room in the module table.

/// A stack: the frame `frame`, called from the stack `parent`. Parents always have the smaller id.
/// One 64-bit word, written once: zero means not yet complete.
struct NodeEntry {
  std::atomic<std::uint64_t> word;  ///< parent:32 | frame:32

  static constexpr std::uint64_t pack(std::uint32_t parent, std::uint32_t frame) {
    return static_cast<std::uint64_t>(parent) << 32 | frame;
  }
  static constexpr std::uint32_t parent(std::uint64_t w) { return static_cast<std::uint32_t>(w >> 32); }
  static constexpr std::uint32_t frame(std::uint64_t w) { return static_cast<std::uint32_t>(w); }
};
static_assert(sizeof(NodeEntry) == 8);

// Fixed ids, the same in every session.
inline constexpr std::uint32_t kRootNode = 0;      ///< The empty stack.
inline constexpr std::uint32_t kOverflowNode = 1;  ///< The table was full: the stack is unknown.
inline constexpr std::uint32_t kFirstNode = 2;
inline constexpr std::uint32_t kNoFrame = 0;
inline constexpr std::uint32_t kOverflowFrame = 1;  ///< The frame of kOverflowNode.
inline constexpr std::uint32_t kTruncatedFrame =
    2;  ///< Outermost frame of a stack that is deeper than heaptap walks.
inline constexpr std::uint32_t kLostFrame = 3;  ///< Outermost frame of a stack whose walk had to give up.
inline constexpr std::uint32_t kFirstFrame = 4;

// ---- modules ---------------------------------------------------------------------------------------

inline constexpr std::size_t kBuildIdBytes = 32;

/// Which file, as stat(2) has it. All zero: unknown.
struct FileIdentity {
  std::uint64_t device;
  std::uint64_t inode;
  std::uint64_t bytes;
  std::uint64_t modifiedNs;

  [[nodiscard]] constexpr bool isKnown() const { return inode != 0; }
  friend constexpr auto operator<=>(const FileIdentity&, const FileIdentity&) = default;
};

inline constexpr std::uint32_t kModuleProgram = 1;  ///< The loader has no path for it: the program itself.

/// A binary, registered when the first frame in it is seen. It may be loaded again, at other addresses; the
/// place here is the first one. Another binary has another entry, also one that has the same path, or the
/// same place after this one.
struct ModuleEntry {
  std::atomic<std::uint32_t> complete;  ///< 1 once the rest may be read (release).
  std::uint32_t buildIdLength;          ///< 0 when the binary has none.
  std::uint64_t start, end;             ///< Address range of the mapping.
  std::uint64_t bias;                   ///< Load address minus the address in the file.
  std::uint32_t pathOffset;             ///< Into the text area: the path as the loader has it.
  std::uint32_t pathLength;             ///< 0: none, or there was no room.
  std::uint8_t buildId[kBuildIdBytes];
  std::uint32_t flags;       ///< kModule… bits.
  std::uint32_t process;     ///< Index of the process that registered it.
  std::uint32_t fileOffset;  ///< Into the text area: the path as the kernel has it, perhaps " (deleted)".
  std::uint32_t fileLength;  ///< 0: unknown.
  FileIdentity file;         ///< Of the file that the kernel has mapped.
  std::uint64_t firstPage;   ///< pageDigest() of the file's first page as it was loaded; 0: unknown.
};
static_assert(sizeof(ModuleEntry) == 128);

/// Tells files apart by their first page, which has the ELF header, the segments and mostly the build id. A
/// file that is shorter counts as if zeros followed. Never 0.
inline std::uint64_t pageDigest(const unsigned char (&page)[kPage]) {
  std::uint64_t digest = 0xCBF2'9CE4'8422'2325;
  for (std::size_t at = 0; at < kPage; at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    __builtin_memcpy(&word, page + at, sizeof word);
    digest = (digest ^ word) * 0x9E37'79B9'7F4A'7C15;
    digest ^= digest >> 32;
  }
  return digest | 1;
}

// ---- the whole -------------------------------------------------------------------------------------

enum class ClockMode : std::uint32_t { Tsc = 1, Monotonic = 2 };  ///< rdtscp, or CLOCK_MONOTONIC in ns.

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
};

}  // namespace heaptap::wire
