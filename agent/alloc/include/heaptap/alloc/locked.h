// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc/inner.h>

#include <cstddef>
#include <mutex>
#include <utility>

namespace heaptap {

/// Makes an allocator for one thread one for many: a lock around each call.
/// Of A:    Allocator; any other adapter wants a GlobalAllocator, which this one is.
/// Threads: any, one at a time. `Mutex` is a lock that can be constant-initialised. It is not taken around
/// fork: a child
///          of a program with threads must not allocate from it.
template <Allocator A, class Mutex = std::mutex>
class Locked {
  using Inner = AllocatorTraits<A>;

 public:
  constexpr Locked() = default;
  template <class... Args>
  requires detail::InnerArguments<A, Args...>
  constexpr explicit Locked(Args&&... inner) : m_inner(std::forward<Args>(inner)...) {}

  [[nodiscard]] void* alloc(Layout layout) const noexcept {
    const std::lock_guard lock(m_mutex);
    return Inner::alloc(m_inner, layout);
  }

  void dealloc(void* block, Layout layout) const noexcept {
    const std::lock_guard lock(m_mutex);
    Inner::dealloc(m_inner, block, layout);
  }

  [[nodiscard]] void* allocZeroed(Layout layout) const noexcept {
    const std::lock_guard lock(m_mutex);
    return Inner::allocZeroed(m_inner, layout);
  }

  [[nodiscard]] void* realloc(void* block, Layout old, std::size_t newSize) const noexcept {
    const std::lock_guard lock(m_mutex);
    return Inner::realloc(m_inner, block, old, newSize);
  }

  [[nodiscard]] std::size_t usableSize(const void* block, Layout layout) const noexcept {
    const std::lock_guard lock(m_mutex);
    return Inner::usableSize(m_inner, block, layout);
  }

  [[nodiscard]] bool growInPlace(void* block, Layout old, std::size_t newSize) const noexcept {
    const std::lock_guard lock(m_mutex);
    return Inner::growInPlace(m_inner, block, old, newSize);
  }

  [[nodiscard]] bool shrinkInPlace(void* block, Layout old, std::size_t newSize) const noexcept {
    const std::lock_guard lock(m_mutex);
    return Inner::shrinkInPlace(m_inner, block, old, newSize);
  }

  [[nodiscard]] bool owns(const void* block, Layout layout) const noexcept requires detail::HasOwns<A> {
    const std::lock_guard lock(m_mutex);
    return m_inner.owns(block, layout);
  }

  void deallocUnsized(void* block) const noexcept requires SelfDescribing<A> {
    const std::lock_guard lock(m_mutex);
    m_inner.deallocUnsized(block);
  }

  [[nodiscard]] void* reallocUnsized(void* block,
                                     std::size_t newSize) const noexcept requires SelfDescribing<A> {
    const std::lock_guard lock(m_mutex);
    return Inner::reallocUnsized(m_inner, block, newSize);
  }

  [[nodiscard]] std::size_t usableSizeUnsized(const void* block) const noexcept requires SelfDescribing<A> {
    const std::lock_guard lock(m_mutex);
    return m_inner.usableSizeUnsized(block);
  }

  /// Calls `use` with the inner allocator while no other thread can: `locked.with([](auto& arena) {
  /// arena.reset(); })`.
  template <class Use>
  decltype(auto) with(Use&& use) const {
    const std::lock_guard lock(m_mutex);
    return std::forward<Use>(use)(m_inner);
  }

 private:
  [[no_unique_address]] mutable A m_inner{};
  mutable Mutex m_mutex;
};

}  // namespace heaptap
