// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc/allocator_traits.h>
#include <heaptap/alloc/heap.h>

#include <cstdint>
#include <cstring>

namespace heaptap::test {

inline bool isAligned(const void* block, std::size_t align) {
  return block != nullptr && reinterpret_cast<std::uintptr_t>(block) % align == 0;
}

inline bool holds(const void* block, unsigned char value, std::size_t count) {
  const auto* const bytes = static_cast<const unsigned char*>(block);
  for (std::size_t i = 0; i < count; ++i) {
    if (bytes[i] != value) return false;
  }
  return true;
}

/// Goes with blocks of every size and alignment through all that an allocator can do. Needs no framework, so
/// that it runs where there is none. Empty: nothing is wrong.
template <class A>
const char* whatIsWrongWith(const A& allocator) {
  using Traits = AllocatorTraits<const A>;
  for (std::size_t align = 1; align <= 65536; align *= 2) {
    for (const std::size_t size : {1U, 7U, 8U, 16U, 100U, 4096U, 70000U}) {
      const Layout layout = Layout::fromUnchecked(size, align);
      void* block = Traits::alloc(allocator, layout);
      if (!isAligned(block, align)) return "alloc: null, or not aligned";
      std::memset(block, 0xA1, size);
      block = Traits::realloc(allocator, block, layout, 3 * size);
      if (!isAligned(block, align)) return "a larger realloc: null, or not aligned";
      if (!holds(block, 0xA1, size)) return "a larger realloc: lost what was in the block";
      std::memset(block, 0xB2, 3 * size);
      const std::size_t less = size / 2 + 1;
      block = Traits::realloc(allocator, block, Layout::fromUnchecked(3 * size, align), less);
      if (!isAligned(block, align)) return "a smaller realloc: null, or not aligned";
      if (!holds(block, 0xB2, less)) return "a smaller realloc: lost what was in the block";
      Traits::dealloc(allocator, block, Layout::fromUnchecked(less, align));
      block = Traits::allocZeroed(allocator, layout);
      if (!isAligned(block, align)) return "allocZeroed: null, or not aligned";
      if (!holds(block, 0, size)) return "allocZeroed: not zero";
      Traits::dealloc(allocator, block, layout);
    }
  }
  return "";
}

inline const char* whatIsWrongWithSystem() {
  const char* const wrong = whatIsWrongWith(System());
  return *wrong != '\0' ? wrong : whatIsWrongWith(Heap());
}

}  // namespace heaptap::test
