// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

/// The entry points of allocators, and which of them belong together.
namespace heaptap::wire {

/// Which entry point made an event: kept with every allocation and free. The values are part of the layout,
/// and those of heaptap.v1.Origin and of heaptap_origin.
enum class Origin : std::uint8_t {
#define HEAPTAP_ORIGIN(NUMBER, C_NAME, NAME, FAMILY, DECLARES, WORDS) NAME = NUMBER,
#include "agent/include/heaptap/origins.def"
#undef HEAPTAP_ORIGIN
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

/// Whether blocks of this family have a layout: a size and an alignment, which a free repeats.
constexpr bool hasLayout(Family family) { return family >= Family::RustGlobal; }

constexpr Family familyOf(Origin origin) {
  switch (origin) {
#define HEAPTAP_ORIGIN(NUMBER, C_NAME, NAME, FAMILY, DECLARES, WORDS) \
  case Origin::NAME:                                                  \
    return Family::FAMILY;
#include "agent/include/heaptap/origins.def"
#undef HEAPTAP_ORIGIN
  }
  return Family::Any;
}

constexpr bool belongTogether(Family allocated, Family freed) {
  return allocated == freed || allocated == Family::Any || freed == Family::Any;
}

/// Whether a free, or the begin of a realloc, by this entry point says how large the block is.
constexpr bool declaresSize(Origin origin) {
  switch (origin) {
#define HEAPTAP_ORIGIN(NUMBER, C_NAME, NAME, FAMILY, DECLARES, WORDS) \
  case Origin::NAME:                                                  \
    return DECLARES != 0;
#include "agent/include/heaptap/origins.def"
#undef HEAPTAP_ORIGIN
  }
  return false;
}

/// Whether it also says how the block is aligned.
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
