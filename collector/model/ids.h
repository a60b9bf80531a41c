// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

/// Identity of things within one session: positions in the order of definition.
namespace heaptap::model {

enum class PairId : std::uint32_t {};       ///< From 0.
enum class StackId : std::uint32_t {};      ///< From 1; 0 is the empty stack.
enum class FrameId : std::uint32_t {};      ///< From 1; 0 is no frame.
enum class ThreadIndex : std::uint32_t {};  ///< From 0.
enum class HeapId : std::uint32_t {};       ///< 0: malloc's, 1: mappings, from 2: named by the program.
enum class TextId : std::uint32_t {};       ///< From 1; 0 is the empty text.

inline constexpr HeapId kMallocHeap{0};
inline constexpr HeapId kMappingsHeap{1};
inline constexpr std::uint32_t kFirstNamedHeap = 2;

/// Which entry point of the allocator the program called; the values are those of v1::Origin.
enum class Origin : std::uint8_t {};

template <class Id>
requires std::is_enum_v<Id>
constexpr std::size_t index(Id id) { return static_cast<std::size_t>(id); }

}  // namespace heaptap::model
