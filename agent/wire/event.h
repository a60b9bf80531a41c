// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "agent/wire/origin.h"

/// How an event is written into a chunk: one to four words of 64 bits. Part of the layout (layout.h).
namespace heaptap::wire {

/// What an event says. The values are part of the layout. There are four bits for them; 15 is unused.
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
  ShortFree = 13,        ///< 8 bytes: a Free at the time of the event before it in the stream.
  ShortAlloc = 14,       ///< 16 bytes: an Alloc likewise.
};

/// What an event of kind Rare says: a new kind of event that needs no more than its address belongs here.
enum class RareKind : std::uint8_t {
  ReallocFailed = 0,     ///< The block of the matching ReallocBegin never moved.
  ReallocUnsampled = 1,  ///< The realloc that began has ended, in a block that is not sampled.
  Fork = 2,              ///< The process is about to fork; the address is the fork's number.
  Mark = 3,              ///< The program names this moment; the address says how, see markWord().
  Snapshot = 4,          ///< A Mark for which the program asks that the counts of that moment are kept.
  Span = 5,              ///< A span begins, of which the program may ask later; the address is its number.
  Question = 6,          ///< The address is the number of Header::question.
};
inline constexpr unsigned kRareKinds = 7;  ///< Larger values are nonsense.

/// The short kinds have the stamp of the event that precedes them in their stream, and level 0:
///   word 0  address / 16:44 | extra:8 | origin:8 | kind:4
///   word 1  size:32 | slack:8 | stack:24     ShortAlloc
/// All others have two or more 64-bit words:
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
inline constexpr std::size_t kShortFreeBytes = 8;  ///< No event is smaller.
inline constexpr std::size_t kShortAllocBytes = 16;

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
    case EventKind::ShortFree: return kShortFreeBytes;
    case EventKind::ShortAlloc: return kShortAllocBytes;
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

constexpr bool isShort(EventKind kind) {
  return kind == EventKind::ShortFree || kind == EventKind::ShortAlloc;
}
/// What an event of a short kind is in full.
constexpr EventKind longKindOf(EventKind shortKind) {
  return shortKind == EventKind::ShortFree ? EventKind::Free : EventKind::Alloc;
}
/// Whether a short event can have this address.
constexpr bool isShortAddress(std::uint64_t address) { return address % 16 == 0; }
/// Word 0 of a short event.
constexpr std::uint64_t shortWord(EventKind kind, std::uint64_t address, Origin origin, unsigned extra) {
  return address >> 4 << 20 | static_cast<std::uint64_t>(extra & 0xFF) << 12 |
         static_cast<std::uint64_t>(origin) << 4 | static_cast<std::uint64_t>(kind);
}
/// What would be word 1 of the same event in full.
constexpr std::uint64_t placeOfShort(std::uint64_t word) {
  return addressWord(word >> 20 << 4, static_cast<Origin>(word >> 4 & 0xFF),
                     static_cast<unsigned>(word >> 12 & 0xFF));
}

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

/// Blocks of heaps that the program names are no larger in the record: 256 TiB, more than there are
/// addresses.
inline constexpr std::uint64_t kMaxHeapBlock = 0xFFFF'FFFF'FFFF;

/// Word 3 of a HeapAlloc.
constexpr std::uint64_t heapWord(std::uint32_t heap, std::uint64_t size) {
  return std::uint64_t{heap} << 48 | (size < kMaxHeapBlock ? size : kMaxHeapBlock);
}
constexpr std::uint32_t heapOf(std::uint64_t word) { return static_cast<std::uint32_t>(word >> 48); }
constexpr std::uint64_t heapSizeOf(std::uint64_t word) { return word & kMaxHeapBlock; }

inline constexpr std::size_t kMaxMarkBytes = 255;

/// The address of a Mark or Snapshot: where its name lies in the text area, and how long it is. None: there
/// was no room.
constexpr std::uint64_t markWord(std::uint32_t offset, std::size_t length) {
  return std::uint64_t{offset} << 8 | (length & 0xFF);
}
constexpr std::uint32_t markOffset(std::uint64_t word) { return static_cast<std::uint32_t>(word >> 8); }
constexpr std::uint32_t markLength(std::uint64_t word) { return static_cast<std::uint32_t>(word & 0xFF); }

}  // namespace heaptap::wire
