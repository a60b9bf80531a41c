// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc/allocator_traits.h>

#include <utility>

namespace heaptap {

/// An allocator whose destructor never runs. The global allocator is still asked when the last static object
/// is destroyed, so one whose type has a destructor is selected as NeverDestroyed<A>. Constructed as an A;
/// forwards everything to it. Threads: as A.
template <GlobalAllocator A>
class NeverDestroyed {
  using Traits = AllocatorTraits<const A>;

 public:
  static constexpr bool kNeverDestroyed = true;

  template <class... Arguments>
  constexpr explicit(sizeof...(Arguments) == 1) NeverDestroyed(Arguments&&... arguments)
      : m_inner{std::forward<Arguments>(arguments)...} {}
  NeverDestroyed(const NeverDestroyed&) = delete;
  NeverDestroyed& operator=(const NeverDestroyed&) = delete;
  // NOLINTNEXTLINE(modernize-use-equals-default): that would be deleted, as the member has a destructor.
  constexpr ~NeverDestroyed() {}

  [[nodiscard]] constexpr const A& inner() const noexcept { return m_inner; }

  [[nodiscard]] void* alloc(Layout layout) const noexcept { return Traits::alloc(m_inner, layout); }
  [[nodiscard]] void* allocZeroed(Layout layout) const noexcept {
    return Traits::allocZeroed(m_inner, layout);
  }
  void dealloc(void* block, Layout layout) const noexcept { Traits::dealloc(m_inner, block, layout); }
  [[nodiscard]] void* realloc(void* block, Layout old, std::size_t newSize) const noexcept {
    return Traits::realloc(m_inner, block, old, newSize);
  }
  [[nodiscard]] std::size_t usableSize(const void* block, Layout layout) const noexcept {
    return Traits::usableSize(m_inner, block, layout);
  }
  [[nodiscard]] bool growInPlace(void* block, Layout old, std::size_t newSize) const noexcept {
    return Traits::growInPlace(m_inner, block, old, newSize);
  }
  [[nodiscard]] bool shrinkInPlace(void* block, Layout old, std::size_t newSize) const noexcept {
    return Traits::shrinkInPlace(m_inner, block, old, newSize);
  }
  // clang-format off
  [[nodiscard]] bool owns(const void* block, Layout layout) const noexcept
    requires Traits::kHasOwns
  {
    return Traits::owns(m_inner, block, layout);
  }
  void deallocUnsized(void* block) const noexcept
    requires SelfDescribing<const A>
  {
    Traits::deallocUnsized(m_inner, block);
  }
  [[nodiscard]] std::size_t usableSizeUnsized(const void* block) const noexcept
    requires SelfDescribing<const A>
  {
    return Traits::usableSizeUnsized(m_inner, block);
  }
  [[nodiscard]] void* reallocUnsized(void* block, std::size_t newSize) const noexcept
    requires SelfDescribing<const A>
  {
    return Traits::reallocUnsized(m_inner, block, newSize);
  }
  // clang-format on

 private:
  union {
    A m_inner;  // NOLINT(readability-identifier-naming): takes the members of unions for public ones.
  };
};

}  // namespace heaptap
