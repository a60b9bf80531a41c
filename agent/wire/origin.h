// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

/// The entry points of allocators, and which of them belong together.
namespace heaptap::wire {

/// Which entry point made an event: kept with every allocation and free. The values are part of the layout,
/// and those of heaptap.v1.Origin and of heaptap_origin.
enum class Origin : std::uint8_t {
  Unknown = 0,
  Malloc = 1,
  Calloc = 2,
  Realloc = 3,
  ReallocArray = 4,
  AlignedAlloc = 5,
  Memalign = 6,
  PosixMemalign = 7,
  Valloc = 8,
  Pvalloc = 9,
  Free = 10,
  OperatorNew = 11,
  OperatorDelete = 12,
  RustGlobal = 13,
  StandardAdapter = 14,
  ExplicitHeap = 15,
  // The other replaceable allocation functions of C++ ([new.delete]).
  NewArray = 16,
  NewNothrow = 17,
  NewArrayNothrow = 18,
  NewAligned = 19,
  NewArrayAligned = 20,
  NewAlignedNothrow = 21,
  NewArrayAlignedNothrow = 22,
  DeleteArray = 23,
  DeleteSized = 24,
  DeleteArraySized = 25,
  DeleteAligned = 26,
  DeleteArrayAligned = 27,
  DeleteSizedAligned = 28,
  DeleteArraySizedAligned = 29,
  DeleteNothrow = 30,
  DeleteArrayNothrow = 31,
  DeleteAlignedNothrow = 32,
  DeleteArrayAlignedNothrow = 33,
  FreeSized = 34,         ///< C23, 7.24.3.4
  FreeAlignedSized = 35,  ///< C23, 7.24.3.5
  Mmap = 36,
  Munmap = 37,
  Mremap = 38,
  Brk = 39,
  CustomAllocate = 40,  ///< By an allocator of the program's own (heaptap.h).
  CustomFree = 41,
  ExplicitHeapUnsized = 42,  ///< A free of ExplicitHeap's that does not say how large the block is.
};
inline constexpr std::size_t kOrigins = 64;  ///< Larger values are nonsense.

/// Entry points that must end what one of the same family began. Any goes with everything: nothing is known
/// of how such blocks must end.
enum class Family : std::uint8_t {
  Any = 0,
  Malloc,
  New,
  NewArray,
  NewAligned,
  NewArrayAligned,
  RustGlobal,
  StandardAdapter,
  ExplicitHeap
};
inline constexpr Family kLastFamily = Family::ExplicitHeap;

/// Do blocks of this family have a layout, a size and an alignment, which who frees them repeats?
constexpr bool hasLayout(Family family) { return family >= Family::RustGlobal; }

constexpr Family familyOf(Origin origin) {
  switch (origin) {
    case Origin::Malloc:
    case Origin::Calloc:
    case Origin::Realloc:
    case Origin::ReallocArray:
    case Origin::AlignedAlloc:
    case Origin::Memalign:
    case Origin::PosixMemalign:
    case Origin::Valloc:
    case Origin::Pvalloc:
    case Origin::Free:
    case Origin::FreeSized:
    case Origin::FreeAlignedSized: return Family::Malloc;
    case Origin::OperatorNew:
    case Origin::NewNothrow:
    case Origin::OperatorDelete:
    case Origin::DeleteSized:
    case Origin::DeleteNothrow: return Family::New;
    case Origin::NewArray:
    case Origin::NewArrayNothrow:
    case Origin::DeleteArray:
    case Origin::DeleteArraySized:
    case Origin::DeleteArrayNothrow: return Family::NewArray;
    case Origin::NewAligned:
    case Origin::NewAlignedNothrow:
    case Origin::DeleteAligned:
    case Origin::DeleteSizedAligned:
    case Origin::DeleteAlignedNothrow: return Family::NewAligned;
    case Origin::NewArrayAligned:
    case Origin::NewArrayAlignedNothrow:
    case Origin::DeleteArrayAligned:
    case Origin::DeleteArraySizedAligned:
    case Origin::DeleteArrayAlignedNothrow: return Family::NewArrayAligned;
    case Origin::RustGlobal: return Family::RustGlobal;
    case Origin::StandardAdapter: return Family::StandardAdapter;
    case Origin::ExplicitHeap:
    case Origin::ExplicitHeapUnsized: return Family::ExplicitHeap;
    case Origin::Unknown:
    case Origin::Mmap:
    case Origin::Munmap:
    case Origin::Mremap:
    case Origin::Brk:
    case Origin::CustomAllocate:
    case Origin::CustomFree: break;
  }
  return Family::Any;
}

constexpr bool belongTogether(Family allocated, Family freed) {
  return allocated == freed || allocated == Family::Any || freed == Family::Any;
}

/// Does a free, or the begin of a realloc, by this entry point say how large the block is?
constexpr bool declaresSize(Origin origin) {
  switch (origin) {
    case Origin::DeleteSized:
    case Origin::DeleteArraySized:
    case Origin::DeleteSizedAligned:
    case Origin::DeleteArraySizedAligned:
    case Origin::FreeSized:
    case Origin::FreeAlignedSized:
    case Origin::RustGlobal:
    case Origin::StandardAdapter:
    case Origin::ExplicitHeap: return true;
    default: return false;
  }
}

/// And how it is aligned?
constexpr bool declaresAlign(Origin origin) { return declaresSize(origin) && hasLayout(familyOf(origin)); }

/// A size in 16 bits: below 64 KiB two different sizes always differ, above in all but one of 65,536 cases.
/// The target compares the low byte, the relay the high one, so that a free which is right needs no more
/// room than one that declares no size.
constexpr std::uint16_t foldSize(std::uint64_t size) {
  const std::uint64_t high = size >> 16;
  return static_cast<std::uint16_t>(size ^ (high * 0x9E37'79B9'7F4A'7C15) >> 48);
}

/// What a block's family remembers of its size and, where it has a layout, of its alignment. Another
/// alignment changes both bytes.
constexpr std::uint16_t foldBlock(Family family, std::uint64_t size, unsigned alignLog2) {
  const unsigned align = hasLayout(family) ? (alignLog2 & 0xFF) * 0x0101 : 0;
  return static_cast<std::uint16_t>(foldSize(size) ^ align);
}

}  // namespace heaptap::wire
