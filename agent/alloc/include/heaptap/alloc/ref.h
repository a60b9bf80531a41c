// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc/inner.h>

#include <cstddef>
#include <memory>
#include <type_traits>

namespace heaptap {

namespace detail {

/// All members of an allocator, handed on to the one that `Self::get()` refers to.
template <class Self, class A>
class Forwarding {
  using Inner = AllocatorTraits<A>;

 public:
  [[nodiscard]] void* alloc(Layout layout) const noexcept { return Inner::alloc(target(), layout); }
  void dealloc(void* block, Layout layout) const noexcept { Inner::dealloc(target(), block, layout); }
  [[nodiscard]] void* allocZeroed(Layout layout) const noexcept {
    return Inner::allocZeroed(target(), layout);
  }
  [[nodiscard]] void* realloc(void* block, Layout old, std::size_t newSize) const noexcept {
    return Inner::realloc(target(), block, old, newSize);
  }
  [[nodiscard]] std::size_t usableSize(const void* block, Layout layout) const noexcept {
    return Inner::usableSize(target(), block, layout);
  }
  [[nodiscard]] bool growInPlace(void* block, Layout old, std::size_t newSize) const noexcept {
    return Inner::growInPlace(target(), block, old, newSize);
  }
  [[nodiscard]] bool shrinkInPlace(void* block, Layout old, std::size_t newSize) const noexcept {
    return Inner::shrinkInPlace(target(), block, old, newSize);
  }
  [[nodiscard]] bool owns(const void* block, Layout layout) const noexcept requires HasOwns<A> {
    return target().owns(block, layout);
  }
  void deallocUnsized(void* block) const noexcept requires SelfDescribing<A> {
    target().deallocUnsized(block);
  }
  [[nodiscard]] void* reallocUnsized(void* block,
                                     std::size_t newSize) const noexcept requires SelfDescribing<A> {
    return Inner::reallocUnsized(target(), block, newSize);
  }
  [[nodiscard]] std::size_t usableSizeUnsized(const void* block) const noexcept requires SelfDescribing<A> {
    return target().usableSizeUnsized(block);
  }

 private:
  A& target() const noexcept { return static_cast<const Self&>(*this).get(); }
};

}  // namespace detail

/// An allocator by reference: for containers, which copy theirs, and for adapters over one that others use,
/// too. Two are equal when they mean the same object. Owns:    nothing; the allocator must outlive it.
/// Threads: those of A. It can be called when const, whatever A is: over an allocator for one thread it is
/// for one thread.
template <Allocator A>
class Ref : public detail::Forwarding<Ref<A>, A> {
 public:
  constexpr Ref(A& allocator) noexcept
      : m_allocator(std::addressof(allocator)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] constexpr A& get() const noexcept { return *m_allocator; }
  friend constexpr bool operator==(Ref one, Ref other) noexcept {
    return one.m_allocator == other.m_allocator;
  }

 private:
  A* m_allocator;
};

/// The same for an allocator with static storage, named at compile time: zero bytes.
template <auto& Object>
requires Allocator<std::remove_reference_t<decltype(Object)>>
class StaticRef : public detail::Forwarding<StaticRef<Object>, std::remove_reference_t<decltype(Object)>> {
 public:
  [[nodiscard]] constexpr auto& get() const noexcept { return Object; }
  friend constexpr bool operator==(StaticRef, StaticRef) noexcept { return true; }
};

}  // namespace heaptap
