// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc/inner.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

namespace heaptap {

/// Runs out of memory on demand: so many requests succeed, so many fail. A test that arms it with 0, 1, 2, …
/// until nothing fails any more has seen each way out of memory. Requests are alloc, allocZeroed, realloc and
/// growInPlace, which fail as the contract says: blocks stay as they were. Of A:    GlobalAllocator. Threads:
/// any; all requests count in one line of the cache.
template <GlobalAllocator A>
class FailAfter {
  using Inner = AllocatorTraits<const A>;

 public:
  static constexpr std::uint64_t kForever = std::numeric_limits<std::uint64_t>::max();

  /// Fails nothing until armed.
  constexpr FailAfter() = default;
  template <class... Args>
  requires(sizeof...(Args) == 0 ||
           detail::InnerArguments<A, Args...>) constexpr explicit FailAfter(std::uint64_t successes,
                                                                            Args&&... inner)
      : m_inner(std::forward<Args>(inner)...), m_successes(successes) {}

  /// From now on `successes` requests go through, and then `failures` fail; those after them go through
  /// again.
  void arm(std::uint64_t successes, std::uint64_t failures = kForever) const noexcept {
    m_successes.store(successes, std::memory_order_relaxed);
    m_failures.store(failures, std::memory_order_relaxed);
    m_requests.store(0, std::memory_order_relaxed);
  }

  void disarm() const noexcept { arm(kForever); }

  /// Since it was armed, with those that failed.
  [[nodiscard]] std::uint64_t requests() const noexcept { return m_requests.load(std::memory_order_relaxed); }

  [[nodiscard]] std::uint64_t failures() const noexcept {
    const std::uint64_t beyond = excess(requests());
    const std::uint64_t most = m_failures.load(std::memory_order_relaxed);
    return beyond < most ? beyond : most;
  }

  [[nodiscard]] void* alloc(Layout layout) const noexcept {
    return fails() ? nullptr : Inner::alloc(m_inner, layout);
  }

  void dealloc(void* block, Layout layout) const noexcept { Inner::dealloc(m_inner, block, layout); }

  [[nodiscard]] void* allocZeroed(Layout layout) const noexcept {
    return fails() ? nullptr : Inner::allocZeroed(m_inner, layout);
  }

  [[nodiscard]] void* realloc(void* block, Layout old, std::size_t newSize) const noexcept {
    return fails() ? nullptr : Inner::realloc(m_inner, block, old, newSize);
  }

  [[nodiscard]] std::size_t usableSize(const void* block, Layout layout) const noexcept {
    return Inner::usableSize(m_inner, block, layout);
  }

  [[nodiscard]] bool growInPlace(void* block, Layout old, std::size_t newSize) const noexcept {
    return !fails() && Inner::growInPlace(m_inner, block, old, newSize);
  }

  [[nodiscard]] bool shrinkInPlace(void* block, Layout old, std::size_t newSize) const noexcept {
    return Inner::shrinkInPlace(m_inner, block, old, newSize);
  }

  [[nodiscard]] bool owns(const void* block, Layout layout) const noexcept requires detail::HasOwns<const A> {
    return m_inner.owns(block, layout);
  }

  void deallocUnsized(void* block) const noexcept requires SelfDescribing<const A> {
    m_inner.deallocUnsized(block);
  }

  [[nodiscard]] void* reallocUnsized(void* block,
                                     std::size_t newSize) const noexcept requires SelfDescribing<const A> {
    return fails() ? nullptr : Inner::reallocUnsized(m_inner, block, newSize);
  }

  [[nodiscard]] std::size_t usableSizeUnsized(const void* block) const noexcept requires
      SelfDescribing<const A> {
    return m_inner.usableSizeUnsized(block);
  }

  [[nodiscard]] const A& inner() const noexcept { return m_inner; }

 private:
  /// Requests beyond the last that had to succeed.
  std::uint64_t excess(std::uint64_t requests) const noexcept {
    const std::uint64_t successes = m_successes.load(std::memory_order_relaxed);
    return requests > successes ? requests - successes : 0;
  }

  bool fails() const noexcept {
    const std::uint64_t beyond = excess(m_requests.fetch_add(1, std::memory_order_relaxed) + 1);
    return beyond > 0 && beyond <= m_failures.load(std::memory_order_relaxed);
  }

  [[no_unique_address]] A m_inner{};
  mutable std::atomic<std::uint64_t> m_requests{0};
  mutable std::atomic<std::uint64_t> m_successes{kForever};
  mutable std::atomic<std::uint64_t> m_failures{kForever};
};

}  // namespace heaptap
