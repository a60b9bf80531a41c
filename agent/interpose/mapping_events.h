// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>

#include "agent/include/heaptap/abi.h"
#include "agent/interpose/real_allocator.h"
#include "agent/interpose/unrelocated.h"

/// What is said about a change of the process's mappings around the call that makes it. For callers that know
/// recordingMappings() to be true.
namespace heaptap::interpose {

/// Are memory mappings recorded? Almost always no, and known from two loads.
inline bool recordingMappings() { return isRelocated() && !isShut() && heaptap_records_mappings() != 0; }

inline constexpr unsigned kHugeSizeShift = 26;  ///< MAP_HUGE_SHIFT (mmap(2)).
inline constexpr unsigned kHugeSizeMask = 0x3F;
inline constexpr unsigned kDefaultHugeLog2 = 21;

inline std::size_t wholePages(std::size_t bytes, std::size_t page = kPage) {
  return (bytes + page - 1) / page * page;
}
/// What the kernel maps for a request of so many bytes.
inline std::size_t mappedBytes(std::size_t bytes, int flags) {
  if ((flags & MAP_HUGETLB) == 0) return wholePages(bytes);
  const unsigned log2 = static_cast<unsigned>(flags) >> kHugeSizeShift & kHugeSizeMask;
  return wholePages(bytes, std::size_t{1} << (log2 != 0 ? log2 : kDefaultHugeLog2));
}
/// MAP_FIXED_NOREPLACE replaces nothing.
inline bool replaces(int flags) { return (flags & MAP_FIXED) != 0; }

inline void noteMapped(void* start, std::size_t bytes, int flags, const heaptap_call_site& from) {
  if (start == MAP_FAILED) return;
  const heaptap_range range{start, mappedBytes(bytes, flags)};
  heaptap_on_mapped(&range, HEAPTAP_ORIGIN_MMAP, replaces(flags) ? 1 : 0, &from);
}

/// `unmap` returns 0 when it has.
template <class Unmap>
int unmapNoted(void* start, std::size_t bytes, const heaptap_call_site& from, Unmap unmap) {
  // Else the kernel refuses it (munmap(2)).
  const bool isRange = bytes != 0 && reinterpret_cast<std::uintptr_t>(start) % kPage == 0;
  if (!isRange) return unmap();
  const heaptap_range range{start, wholePages(bytes)};
  const std::uint32_t token = heaptap_on_unmap_begin(&range, HEAPTAP_ORIGIN_MUNMAP, &from);
  const int result = unmap();
  heaptap_on_unmap_end(token, result != 0 ? 1 : 0, &range, HEAPTAP_ORIGIN_MUNMAP, &from);
  return result;
}

/// `remap` returns where the range is, or MAP_FAILED.
template <class Remap>
void* remapNoted(void* old, std::size_t oldBytes, std::size_t newBytes, int flags,
                 const heaptap_call_site& from, Remap remap) {
  constexpr int kDontUnmap = 4;  // MREMAP_DONTUNMAP, since Linux 5.7.
  const heaptap_range before{old, wholePages(oldBytes)};
  if (oldBytes == 0 || (flags & kDontUnmap) != 0) {  // A second mapping of the same.
    void* const now = remap();
    const heaptap_range range{now, wholePages(newBytes)};
    if (now != MAP_FAILED)
      heaptap_on_mapped(&range, HEAPTAP_ORIGIN_MREMAP, (flags & MREMAP_FIXED) != 0 ? 1 : 0, &from);
    return now;
  }
  const std::uint32_t token = heaptap_on_remap_begin(&before, &from);
  void* const now = remap();
  const heaptap_range range{now == MAP_FAILED ? nullptr : now, wholePages(newBytes)};
  heaptap_on_remap_end(token, &before, &range, &from);
  return now;
}

/// The end of the data segment moves from `before` to `after`. `move` returns whether it has.
template <class Move>
bool breakNoted(char* before, char* after, const heaptap_call_site& from, Move move) {
  const auto distance = after - before;
  if (distance >= 0) {
    const bool moved = move();
    const heaptap_range range{before, static_cast<std::size_t>(distance)};
    if (moved && distance > 0) heaptap_on_mapped(&range, HEAPTAP_ORIGIN_BRK, 0, &from);
    return moved;
  }
  const heaptap_range range{after, static_cast<std::size_t>(-distance)};
  const std::uint32_t token = heaptap_on_unmap_begin(&range, HEAPTAP_ORIGIN_BRK, &from);
  const bool moved = move();
  heaptap_on_unmap_end(token, moved ? 0 : 1, &range, HEAPTAP_ORIGIN_BRK, &from);
  return moved;
}

}  // namespace heaptap::interpose
