// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc/selected_allocator.h>
#include <heaptap/alloc/system.h>

namespace heaptap {

/// The allocator that the program selects with HEAPTAP_GLOBAL_ALLOCATOR, or System where it selects none.
/// What libraries use, as only the program chooses. No state, no size.
///
/// Unlike other allocators it takes layouts of no bytes: such a block is layout.dangling(), and costs
/// nothing. Threads: any, at any time: before the constructors of static objects, and after their
/// destructors.
struct Heap {
  static constexpr bool kAllowsZeroSize = true;

  [[nodiscard]] void* alloc(Layout layout) const noexcept {
    if (layout.size() == 0) return layout.dangling();
    const auto* const selected = detail::selectedAllocator();
    return selected == nullptr ? System().alloc(layout) : selected->alloc(layout.size(), layout.align());
  }

  [[nodiscard]] void* allocZeroed(Layout layout) const noexcept {
    if (layout.size() == 0) return layout.dangling();
    const auto* const selected = detail::selectedAllocator();
    return selected == nullptr ? System().allocZeroed(layout)
                               : selected->allocZeroed(layout.size(), layout.align());
  }

  void dealloc(void* block, Layout layout) const noexcept {
    if (layout.size() == 0) return;
    const auto* const selected = detail::selectedAllocator();
    if (selected == nullptr) return System().dealloc(block, layout);
    selected->dealloc(block, layout.size(), layout.align());
  }

  [[nodiscard]] void* realloc(void* block, Layout old, std::size_t newSize) const noexcept {
    if (old.size() == 0) {
      const auto layout = Layout::from(newSize, old.align());
      return layout ? alloc(*layout) : nullptr;
    }
    if (newSize == 0) {
      dealloc(block, old);
      return old.dangling();
    }
    const auto* const selected = detail::selectedAllocator();
    return selected == nullptr ? System().realloc(block, old, newSize)
                               : selected->realloc(block, old.size(), old.align(), newSize);
  }

  [[nodiscard]] std::size_t usableSize(const void* block, Layout layout) const noexcept {
    const auto* const selected = layout.size() == 0 ? nullptr : detail::selectedAllocator();
    return selected == nullptr ? layout.size() : selected->usableSize(block, layout.size(), layout.align());
  }

  [[nodiscard]] bool growInPlace(void* block, Layout old, std::size_t newSize) const noexcept {
    if (newSize == old.size()) return true;
    const auto* const selected = old.size() == 0 ? nullptr : detail::selectedAllocator();
    return selected != nullptr && selected->growInPlace(block, old.size(), old.align(), newSize);
  }

  [[nodiscard]] bool shrinkInPlace(void* block, Layout old, std::size_t newSize) const noexcept {
    if (newSize == old.size()) return true;
    const auto* const selected = newSize == 0 ? nullptr : detail::selectedAllocator();
    return selected != nullptr && selected->shrinkInPlace(block, old.size(), old.align(), newSize);
  }

  friend constexpr bool operator==(Heap /*one*/, Heap /*other*/) noexcept { return true; }
};
static_assert(GlobalAllocator<Heap>);

/// The members of Heap as functions, as std::alloc has them.
[[nodiscard]] inline void* alloc(Layout layout) noexcept { return Heap().alloc(layout); }
[[nodiscard]] inline void* allocZeroed(Layout layout) noexcept { return Heap().allocZeroed(layout); }
inline void dealloc(void* block, Layout layout) noexcept { Heap().dealloc(block, layout); }
[[nodiscard]] inline void* realloc(void* block, Layout old, std::size_t newSize) noexcept {
  return Heap().realloc(block, old, newSize);
}

}  // namespace heaptap
