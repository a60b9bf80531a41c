// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc/inner.h>

#include <cstddef>
#include <utility>

namespace heaptap {

/// Two allocators by size: up to `Limit` bytes `Small`, above it `Large`. The layout comes back with the
/// block, so nothing has to be remembered. A realloc across the limit moves the block. Of both:
/// GlobalAllocator. Threads: any.
template <std::size_t Limit, GlobalAllocator Small, GlobalAllocator Large>
class Segregate {
  using SmallTraits = AllocatorTraits<const Small>;
  using LargeTraits = AllocatorTraits<const Large>;

 public:
  constexpr Segregate() = default;
  template <class SmallArgument, class LargeArgument>
  requires std::constructible_from<Small, SmallArgument> && std::constructible_from<Large, LargeArgument>
  constexpr Segregate(SmallArgument&& small, LargeArgument&& large)
      : m_small(std::forward<SmallArgument>(small)), m_large(std::forward<LargeArgument>(large)) {}

  [[nodiscard]] void* alloc(Layout layout) const noexcept {
    return isSmall(layout.size()) ? SmallTraits::alloc(m_small, layout) : LargeTraits::alloc(m_large, layout);
  }

  void dealloc(void* block, Layout layout) const noexcept {
    isSmall(layout.size()) ? SmallTraits::dealloc(m_small, block, layout)
                           : LargeTraits::dealloc(m_large, block, layout);
  }

  [[nodiscard]] void* allocZeroed(Layout layout) const noexcept {
    return isSmall(layout.size()) ? SmallTraits::allocZeroed(m_small, layout)
                                  : LargeTraits::allocZeroed(m_large, layout);
  }

  [[nodiscard]] void* realloc(void* block, Layout old, std::size_t newSize) const noexcept {
    if (isSmall(old.size())) {
      return isSmall(newSize) ? SmallTraits::realloc(m_small, block, old, newSize)
                              : detail::moveBlock(m_small, m_large, block, old, newSize);
    }
    return isSmall(newSize) ? detail::moveBlock(m_large, m_small, block, old, newSize)
                            : LargeTraits::realloc(m_large, block, old, newSize);
  }

  /// A small block never claims to have more than `Limit`: freed with more, it would be taken for a large
  /// one.
  [[nodiscard]] std::size_t usableSize(const void* block, Layout layout) const noexcept {
    if (!isSmall(layout.size())) return LargeTraits::usableSize(m_large, block, layout);
    const std::size_t size = SmallTraits::usableSize(m_small, block, layout);
    return isSmall(size) ? size : Limit;
  }

  [[nodiscard]] bool growInPlace(void* block, Layout old, std::size_t newSize) const noexcept {
    if (isSmall(old.size()) != isSmall(newSize)) return false;
    return isSmall(newSize) ? SmallTraits::growInPlace(m_small, block, old, newSize)
                            : LargeTraits::growInPlace(m_large, block, old, newSize);
  }

  [[nodiscard]] bool shrinkInPlace(void* block, Layout old, std::size_t newSize) const noexcept {
    if (isSmall(old.size()) != isSmall(newSize)) return false;
    return isSmall(newSize) ? SmallTraits::shrinkInPlace(m_small, block, old, newSize)
                            : LargeTraits::shrinkInPlace(m_large, block, old, newSize);
  }

  [[nodiscard]] bool owns(const void* block, Layout layout)
      const noexcept requires detail::HasOwns<const Small> && detail::HasOwns<const Large> {
    return isSmall(layout.size()) ? m_small.owns(block, layout) : m_large.owns(block, layout);
  }

  [[nodiscard]] const Small& small() const noexcept { return m_small; }
  [[nodiscard]] const Large& large() const noexcept { return m_large; }

 private:
  static constexpr bool isSmall(std::size_t size) noexcept { return size <= Limit; }

  [[no_unique_address]] Small m_small{};
  [[no_unique_address]] Large m_large{};
};

}  // namespace heaptap
