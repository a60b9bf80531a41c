// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc/system.h>

#include <atomic>
#include <cstddef>

namespace heaptap::test {

/// Counts what it is asked, remembers the last layouts, and refuses on request. For the allocator below it,
/// `Base`.
template <class Base = System>
struct RecordingAllocator {
  Base base{};
  mutable std::atomic<std::size_t> live{0};
  mutable std::atomic<std::size_t> allocations{0};
  mutable std::atomic<std::size_t> sizedFrees{0};
  mutable std::atomic<std::size_t> unsizedFrees{0};
  mutable std::atomic<std::size_t> refusals{0};  ///< How many allocations are still to fail.
  mutable std::atomic<std::size_t> lastSize{0};
  mutable std::atomic<std::size_t> lastAlign{0};
  mutable std::atomic<std::size_t> lastFreedSize{0};
  mutable std::atomic<std::size_t> lastFreedAlign{0};

  void* alloc(Layout layout) const noexcept {
    lastSize = layout.size();
    lastAlign = layout.align();
    if (refusals != 0) {
      --refusals;
      return nullptr;
    }
    void* const block = base.alloc(layout);
    if (block != nullptr) {
      ++allocations;
      ++live;
    }
    return block;
  }

  void dealloc(void* block, Layout layout) const noexcept {
    lastFreedSize = layout.size();
    lastFreedAlign = layout.align();
    ++sizedFrees;
    --live;
    base.dealloc(block, layout);
  }

  void deallocUnsized(void* block) const noexcept {
    ++unsizedFrees;
    --live;
    base.deallocUnsized(block);
  }

  std::size_t usableSizeUnsized(const void* block) const noexcept { return base.usableSizeUnsized(block); }
};

}  // namespace heaptap::test
