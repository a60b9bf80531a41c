// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc.h>

#include <atomic>

namespace consumer {

/// Hands out at most so many blocks at a time.
struct Counting : heaptap::System {
  constexpr Counting(long most) noexcept : left(most) {}
  void* alloc(heaptap::Layout layout) const noexcept { return --left < 0 ? nullptr : System::alloc(layout); }
  void dealloc(void* block, heaptap::Layout layout) const noexcept {
    ++left;
    System::dealloc(block, layout);
  }
  void deallocUnsized(void* block) const noexcept {
    ++left;
    System::deallocUnsized(block);
  }
  mutable std::atomic<long> left;
};

}  // namespace consumer
