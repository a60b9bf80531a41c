// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc/allocator_traits.h>
#include <heaptap/alloc/heap.h>

#include <type_traits>

namespace heaptap::detail {

/// Whether any type in the composition A is `Part`: System in Tracing<Stats<System>>.
template <class A, class Part>
inline constexpr bool kContains = std::is_same_v<A, Part>;
template <template <class...> class Adapter, class... Inner, class Part>
inline constexpr bool kContains<Adapter<Inner...>, Part> = (kContains<Inner, Part> || ...);
template <template <auto, class...> class Adapter, auto Value, class... Inner, class Part>
inline constexpr bool kContains<Adapter<Value, Inner...>, Part> = (kContains<Inner, Part> || ...);

template <class A>
inline constexpr bool kIsNeverDestroyed = std::is_trivially_destructible_v<A>;
template <class A>
requires A::kNeverDestroyed inline constexpr bool kIsNeverDestroyed<A> = true;

/// What HEAPTAP_GLOBAL_ALLOCATOR asks of a type. The compiler names the type, and below it which expression
/// of the concept does not hold.
template <class A>
struct GlobalAllocatorType {
  static_assert(!std::is_const_v<A> && !std::is_reference_v<A>,
                "heaptap: a global allocator is a plain object type");
  static_assert(
      GlobalAllocator<A>,
      "heaptap: not a global allocator; expected, both const and noexcept: "
      "void* alloc(heaptap::Layout) const noexcept; void dealloc(void*, heaptap::Layout) const noexcept");
  static_assert(kIsNeverDestroyed<A>,
                "heaptap: a global allocator is needed until the very end, and this one has a destructor: "
                "wrap it in heaptap::NeverDestroyed<>");
  static_assert(!kContains<A, Heap>,
                "heaptap: Heap forwards to the global allocator, which cannot be made of it");
  static constexpr bool kIsValid = true;
};

/// What replacing operators new and delete asks beyond.
template <class A>
struct OperatorsAllocatorType {
  static_assert(SelfDescribing<const A> || !GlobalAllocator<A>,
                "heaptap: delete does not always tell a block's size, and this allocator needs to be told: "
                "wrap it in heaptap::Headered<>");
  static constexpr bool kIsValid = true;
};

/// What replacing the malloc family asks beyond.
template <class A>
struct MallocAllocatorType {
  static_assert(
      !kContains<A, System>,
      "heaptap: System calls malloc, which would call this allocator: use heaptap::RawSystem in it");
  static constexpr bool kIsValid = true;
};

}  // namespace heaptap::detail
