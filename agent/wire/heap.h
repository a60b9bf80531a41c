// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

/// Heaps, and how the events of those beside malloc's are to be read. Each has addresses of its own: a
/// mapping may hold the blocks of another heap.
namespace heaptap::wire {

inline constexpr std::uint32_t kMallocHeap = 0;    ///< Of malloc and new.
inline constexpr std::uint32_t kMappingsHeap = 1;  ///< The process's memory mappings.
inline constexpr std::uint32_t kFirstNamedHeap =
    2;  ///< Those that the program has named: 2 + their position.
inline constexpr std::size_t kMaxHeapNameBytes = 255;

/// A heap that the program has named. Append-only; two threads may name the same one at the same time: the
/// relay takes equal names for one.
struct HeapEntry {
  std::atomic<std::uint32_t> complete;  ///< 1 once the rest may be read (release).
  std::uint32_t nameOffset;             ///< Into the text area.
  std::uint32_t nameLength;             ///< 0: there was no room for it.
  std::uint32_t reserved;
};
static_assert(sizeof(HeapEntry) == 16);

/// What an event of kind Map says of the process's mappings: the attribute of its stack word. Its address and
/// size are a range of bytes; its origin is the function that was called.
///
/// As with blocks: what ends a mapping is published before the system call, since another thread may get the
/// addresses at once, and what makes one after it. Begin and end of a call have the same `level`, which they
/// share with reallocs.
enum class MapChange : std::uint8_t {
  Mapped = 0,      ///< The range is mapped now, where nothing was.
  MappedOver = 1,  ///< The same in place of whatever was there (MAP_FIXED).
  Unmapping = 2,   ///< The range will be no more.
  Moving = 3,      ///< The range is about to be moved, grown or shrunk, …
  Moved = 4,       ///< … and is there now.
  Failed = 5,      ///< What the last Unmapping or Moving of this level said did not happen.
};
inline constexpr unsigned kMapChanges = 6;  ///< Larger values are nonsense.

}  // namespace heaptap::wire
