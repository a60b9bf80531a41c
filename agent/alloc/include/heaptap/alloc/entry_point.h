// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/abi.h>
#include <heaptap/alloc/allocator_traits.h>

#include <cstddef>

/// What operators new and delete and the malloc family ask of an allocator. One that wants to know which of
/// them the program has called has members for it, as Tracing does: then reports name it, and find a block of
/// new[] that is freed by delete.
///
/// | expression                         | result                        |
/// |------------------------------------|-------------------------------|
/// | a.allocAs(origin, l)               | as a.alloc(l)                 |
/// | a.allocZeroedAs(origin, l)         | as a.allocZeroed(l)           |
/// | a.deallocAs(origin, p, l)          | as a.dealloc(p, l)            |
/// | a.deallocUnsizedAs(origin, p)      | as a.deallocUnsized(p)        |
/// | a.reallocUnsizedAs(origin, p, n)   | as a.reallocUnsized(p, n)     |
namespace heaptap::detail {

template <class A>
concept KnowsEntryPoints = requires(A& allocator, heaptap_origin origin, void* block, Layout layout) {
  allocator.allocAs(origin, layout);
  allocator.deallocAs(origin, block, layout);
};

template <class A>
[[nodiscard]] void* allocAs(A& allocator, heaptap_origin origin, Layout layout) noexcept {
  if constexpr (KnowsEntryPoints<A>)
    return allocator.allocAs(origin, layout);
  else
    return AllocatorTraits<A>::alloc(allocator, layout);
}

template <class A>
[[nodiscard]] void* allocZeroedAs(A& allocator, heaptap_origin origin, Layout layout) noexcept {
  if constexpr (KnowsEntryPoints<A>)
    return allocator.allocZeroedAs(origin, layout);
  else
    return AllocatorTraits<A>::allocZeroed(allocator, layout);
}

template <class A>
void deallocAs(A& allocator, heaptap_origin origin, void* block, Layout layout) noexcept {
  if constexpr (KnowsEntryPoints<A>)
    allocator.deallocAs(origin, block, layout);
  else
    AllocatorTraits<A>::dealloc(allocator, block, layout);
}

template <class A>
void deallocUnsizedAs(A& allocator, heaptap_origin origin, void* block) noexcept {
  if constexpr (KnowsEntryPoints<A>)
    allocator.deallocUnsizedAs(origin, block);
  else
    AllocatorTraits<A>::deallocUnsized(allocator, block);
}

template <class A>
[[nodiscard]] void* reallocUnsizedAs(A& allocator, heaptap_origin origin, void* block,
                                     std::size_t newSize) noexcept {
  if constexpr (KnowsEntryPoints<A>)
    return allocator.reallocUnsizedAs(origin, block, newSize);
  else
    return AllocatorTraits<A>::reallocUnsized(allocator, block, newSize);
}

}  // namespace heaptap::detail
