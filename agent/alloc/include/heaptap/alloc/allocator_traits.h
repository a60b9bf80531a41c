// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc/allocator.h>
#include <heaptap/alloc/optional_members.h>

#include <cassert>
#include <cstddef>
#include <cstring>
#include <optional>

namespace heaptap {

/// A block with the bytes that may be used of it.
struct AllocResult {
  void* block;       ///< nullptr: failed.
  std::size_t size;  ///< At least what was asked for; 0 when failed.
};

/// Everything one can do with an allocator: by its own member where it has one, else what RFC 1398 derives
/// from alloc and dealloc. Adapters call their inner allocator by it, and so do containers.
///
/// | expression, T = AllocatorTraits<A>   | result                                  | errors              |
/// |--------------------------------------|-----------------------------------------|---------------------|
/// | T::alloc(a, l), T::dealloc(a, p, l)  | see Allocator                           | see there           |
/// | T::allocZeroed(a, l)                 | a block of zeros                        | nullptr             |
/// | T::allocExcess(a, l)                 | a block, and how much of it may be used | block is nullptr    |
/// | T::realloc(a, p, old, newSize)       | the block with newSize > 0 bytes, here  | nullptr: p is live, |
/// |                                      | or elsewhere, and with what both have   | as it was           |
/// |                                      | in common; p ends                       |                     |
/// | T::usableSize(a, p, l)               | bytes of p that may be used, l.size()   | none                |
/// |                                      | or more                                 |                     |
/// | T::growInPlace(a, p, old, newSize)   | true: p has newSize >= old.size() bytes | false: as it was    |
/// | T::shrinkInPlace(a, p, old, newSize) | true: p has newSize <= old.size() bytes | false: as it was    |
/// | T::owns(a, p, l)                     | whether p came from a; only where a can | none                |
/// |                                      | tell                                    |                     |
///
/// Where A is SelfDescribing also deallocUnsized(a, p), usableSizeUnsized(a, p), and reallocUnsized(a, p,
/// newSize), which gives a block aligned as malloc's.
///
/// After a change of size the layout of the block is {newSize, old.align()}.
/// Generic helpers (allocOne, allocArray, …) are functions over this class, so that no allocator can have a
/// version of its own which some callers would miss.
///
/// `A` may be const: AllocatorTraits<const A> is that of a shared allocator.
template <class A>
requires Allocator<A>
struct AllocatorTraits {
  static_assert(detail::OptionalMembers<A>::kWellTyped);

  static constexpr bool kHasOwns = detail::HasOwns<A>;
  /// Whether a block of no bytes may be asked for. Only Heap says so.
  static constexpr bool kAllowsZeroSize = requires { requires A::kAllowsZeroSize; };

  [[nodiscard]] static void* alloc(A& allocator, Layout layout) noexcept {
    assert(layout.size() > 0 || kAllowsZeroSize);
    return allocator.alloc(layout);
  }

  static void dealloc(A& allocator, void* block, Layout layout) noexcept { allocator.dealloc(block, layout); }

  [[nodiscard]] static void* allocZeroed(A& allocator, Layout layout) noexcept {
    assert(layout.size() > 0 || kAllowsZeroSize);
    if constexpr (detail::HasAllocZeroed<A>) {
      return allocator.allocZeroed(layout);
    } else {
      void* const block = allocator.alloc(layout);
      if (block != nullptr) std::memset(block, 0, layout.size());
      return block;
    }
  }

  [[nodiscard]] static AllocResult allocExcess(A& allocator, Layout layout) noexcept {
    void* const block = alloc(allocator, layout);
    return {block, block == nullptr ? 0 : usableSize(allocator, block, layout)};
  }

  [[nodiscard]] static void* realloc(A& allocator, void* block, Layout old, std::size_t newSize) noexcept {
    assert(newSize > 0 || kAllowsZeroSize);
    if constexpr (detail::HasRealloc<A>) {
      return allocator.realloc(block, old, newSize);
    } else {
      const bool grows = newSize >= old.size();
      if (grows ? growInPlace(allocator, block, old, newSize)
                : shrinkInPlace(allocator, block, old, newSize)) {
        return block;
      }
      const std::optional<Layout> layout = Layout::from(newSize, old.align());
      if (!layout) return nullptr;
      void* const moved = allocator.alloc(*layout);
      if (moved == nullptr) return nullptr;
      std::memcpy(moved, block, grows ? old.size() : newSize);
      allocator.dealloc(block, old);
      return moved;
    }
  }

  [[nodiscard]] static std::size_t usableSize(A& allocator, const void* block, Layout layout) noexcept {
    if constexpr (detail::HasUsableSize<A>) {
      return allocator.usableSize(block, layout);
    } else {
      return layout.size();
    }
  }

  [[nodiscard]] static bool growInPlace(A& allocator, void* block, Layout old, std::size_t newSize) noexcept {
    assert(newSize >= old.size());
    if constexpr (detail::HasGrowInPlace<A>) {
      return allocator.growInPlace(block, old, newSize);
    } else {
      return newSize <= usableSize(allocator, block, old);
    }
  }

  /// An allocator without the member cannot shrink: the block would no longer fit.
  [[nodiscard]] static bool shrinkInPlace(A& allocator, void* block, Layout old,
                                          std::size_t newSize) noexcept {
    assert(newSize <= old.size());
    if constexpr (detail::HasShrinkInPlace<A>) {
      return allocator.shrinkInPlace(block, old, newSize);
    } else {
      return newSize == old.size();
    }
  }

  [[nodiscard]] static bool owns(A& allocator, const void* block, Layout layout) noexcept requires kHasOwns {
    return allocator.owns(block, layout);
  }

  static void deallocUnsized(A& allocator, void* block) noexcept requires SelfDescribing<A> {
    allocator.deallocUnsized(block);
  }

  [[nodiscard]] static std::size_t usableSizeUnsized(A& allocator,
                                                     const void* block) noexcept requires SelfDescribing<A> {
    return allocator.usableSizeUnsized(block);
  }

  /// Without the member, a block that shrinks by less than half stays where it is.
  [[nodiscard]] static void* reallocUnsized(A& allocator, void* block,
                                            std::size_t newSize) noexcept requires SelfDescribing<A> {
    if constexpr (detail::HasReallocUnsized<A>) {
      return allocator.reallocUnsized(block, newSize);
    } else {
      const std::size_t usable = allocator.usableSizeUnsized(block);
      if (newSize <= usable && newSize > usable / 2) return block;
      const std::optional<Layout> layout = Layout::from(newSize, __STDCPP_DEFAULT_NEW_ALIGNMENT__);
      void* const moved = layout ? allocator.alloc(*layout) : nullptr;
      if (moved == nullptr) return nullptr;
      std::memcpy(moved, block, usable < newSize ? usable : newSize);
      allocator.deallocUnsized(block);
      return moved;
    }
  }
};

}  // namespace heaptap
