// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc/allocator_traits.h>

#include <concepts>
#include <cstddef>
#include <cstring>
#include <optional>

namespace heaptap::detail {

/// What an adapter may hand on to the constructor of its inner allocator `A`, which is made in place: it need
/// not move.
template <class A, class... Args>
concept InnerArguments = sizeof...(Args) > 0 && std::constructible_from<A, Args...>;

/// A realloc from one allocator to another: they share nothing but the bytes.
/// Errors: nullptr, and the block is as it was.
template <class From, class To>
[[nodiscard]] void* moveBlock(From& from, To& to, void* block, Layout old, std::size_t newSize) noexcept {
  const std::optional<Layout> layout = Layout::from(newSize, old.align());
  if (!layout) return nullptr;
  void* const moved = AllocatorTraits<To>::alloc(to, *layout);
  if (moved == nullptr) return nullptr;
  std::memcpy(moved, block, newSize < old.size() ? newSize : old.size());
  AllocatorTraits<From>::dealloc(from, block, old);
  return moved;
}

}  // namespace heaptap::detail
