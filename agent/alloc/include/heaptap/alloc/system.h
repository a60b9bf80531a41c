// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc/allocator.h>

#if defined(_WIN32)
#include <heaptap/alloc/platform/windows_memory.h>
#else
#include <heaptap/alloc/platform/unix_memory.h>
#endif

namespace heaptap {

/// The allocator of the operating system, with the conditions of Rust's System: malloc and its family on
/// Unix, HeapAlloc on Windows. No state, no size; usable whatever the global allocator is.
///
/// | expression            | Unix                                              | Windows                |
/// |-----------------------|---------------------------------------------------|------------------------|
/// | alloc(l)              | malloc(size); posix_memalign where l.align() is   | HeapAlloc; with a      |
/// |                       | over 16 (8 with 32 bits) or over the size         | header where it is     |
/// |                       |                                                   | over 16 (8)            |
/// | allocZeroed(l)        | calloc; else alloc and memset                     | HEAP_ZERO_MEMORY       |
/// | realloc(p, l, n)      | realloc; else alloc, memcpy, free                 | HeapReAlloc; else      |
/// |                       |                                                   | likewise               |
/// | dealloc(p, l)         | free(p)                                           | HeapFree               |
/// | deallocUnsized(p)     | free(p)                                           | none: use Headered<>   |
/// | usableSizeUnsized(p)  | malloc_usable_size                                | none                   |
///
/// usableSize is the layout's own size: what malloc gives beyond is not to be written to, as compilers
/// (_FORTIFY_SOURCE) and sanitizers rely on the size that was asked for.
/// Threads: any.
struct System {
#if defined(_WIN32)
  using Memory = platform::WindowsMemory;
#else
  using Memory = platform::UnixMemory<platform::LibcNames>;
#endif

  [[nodiscard]] void* alloc(Layout layout) const noexcept { return Memory::alloc(layout); }
  [[nodiscard]] void* allocZeroed(Layout layout) const noexcept { return Memory::allocZeroed(layout); }
  [[nodiscard]] void* realloc(void* block, Layout old, std::size_t newSize) const noexcept {
    return Memory::realloc(block, old, newSize);
  }
  void dealloc(void* block, Layout layout) const noexcept { Memory::dealloc(block, layout); }

#if !defined(_WIN32)
  void deallocUnsized(void* block) const noexcept { Memory::deallocUnsized(block); }
  [[nodiscard]] std::size_t usableSizeUnsized(const void* block) const noexcept {
    return Memory::usableSizeUnsized(block);
  }
  [[nodiscard]] void* reallocUnsized(void* block, std::size_t newSize) const noexcept {
    return Memory::reallocUnsized(block, newSize);
  }
#endif

  friend constexpr bool operator==(System /*one*/, System /*other*/) noexcept { return true; }
};
static_assert(GlobalAllocator<System>);

}  // namespace heaptap
