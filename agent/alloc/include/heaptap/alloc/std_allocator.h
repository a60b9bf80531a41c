// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc/heap.h>
#include <heaptap/alloc/inner.h>
#include <heaptap/alloc/without_memory.h>

#include <concepts>
#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>

namespace heaptap {

/// An allocator as the standard's containers want theirs. With a stateless A, as Heap, System or
/// StaticRef<g>, a container is no larger than with std::allocator. Any other A is copied along: for one that
/// others use too, that is Ref<A>. The allocator goes along when a container is copied, moved or swapped, so
/// that its blocks always meet their own. Errors: std::bad_array_new_length when T × count is more than
/// PTRDIFF_MAX, std::bad_alloc when A gives none.
template <class T, GlobalAllocator A = Heap>
class StdAllocator {
  static_assert(
      std::is_copy_constructible_v<A>,
      "heaptap: StdAllocator<T, A> copies A; for one that cannot be copied use Ref<A> or StaticRef<object>");

 public:
  using value_type = T;
  using is_always_equal = std::is_empty<A>;
  using propagate_on_container_copy_assignment = std::true_type;
  using propagate_on_container_move_assignment = std::true_type;
  using propagate_on_container_swap = std::true_type;

  constexpr StdAllocator() requires std::is_default_constructible_v<A>
  = default;
  template <std::convertible_to<A> Argument>
  // NOLINTNEXTLINE(google-explicit-constructor,bugprone-forwarding-reference-overload)
  constexpr StdAllocator(Argument&& allocator) noexcept : m_allocator(std::forward<Argument>(allocator)) {}
  template <class U>
  constexpr StdAllocator(const StdAllocator<U, A>& other) noexcept  // NOLINT(google-explicit-constructor)
      : m_allocator(other.inner()) {}

  [[nodiscard]] T* allocate(std::size_t count) {
    const std::optional<Layout> layout = Layout::array<T>(count);
    if (!layout) detail::throwBadArrayLength();
    if (layout->size() == 0) return static_cast<T*>(layout->dangling());
    void* const block = AllocatorTraits<const A>::alloc(m_allocator, *layout);
    if (block == nullptr) detail::throwBadAlloc(layout->size());
    return static_cast<T*>(block);
  }

  void deallocate(T* block, std::size_t count) noexcept {
    const Layout layout = *Layout::array<T>(count);
    if (layout.size() > 0) AllocatorTraits<const A>::dealloc(m_allocator, block, layout);
  }

  [[nodiscard]] constexpr const A& inner() const noexcept { return m_allocator; }

  template <class U>
  friend constexpr bool operator==(const StdAllocator& one, const StdAllocator<U, A>& other) noexcept {
    if constexpr (std::is_empty_v<A>) {
      return true;
    } else {
      return one.inner() == other.inner();
    }
  }

 private:
  [[no_unique_address]] A m_allocator{};
};

}  // namespace heaptap
