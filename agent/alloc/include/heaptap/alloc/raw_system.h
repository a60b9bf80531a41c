// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dlfcn.h>
#include <heaptap/alloc/allocator.h>
#include <heaptap/alloc/platform/libc_symbols.h>
#include <heaptap/alloc/platform/unix_memory.h>

#include <atomic>
#include <bit>
#include <cstdlib>

#if !defined(__GLIBC__)
#error "heaptap: RawSystem needs glibc: no other libc exports its malloc under a second name"
#endif

// NOLINTBEGIN(bugprone-reserved-identifier, readability-identifier-naming): these names are glibc's.
extern "C" {
void* __libc_malloc(std::size_t size) noexcept;
void* __libc_calloc(std::size_t count, std::size_t size) noexcept;
void* __libc_realloc(void* block, std::size_t size) noexcept;
void __libc_free(void* block) noexcept;
void* __libc_memalign(std::size_t align, std::size_t size) noexcept;
}
// NOLINTEND(bugprone-reserved-identifier, readability-identifier-naming)

namespace heaptap {

namespace platform {

/// glibc's malloc itself, whatever has taken the public names.
struct GlibcItself {
  static constexpr bool kAlignsSmallBlocks = true;
  static void* malloc(std::size_t size) noexcept { return __libc_malloc(size); }
  static void* calloc(std::size_t size) noexcept { return __libc_calloc(1, size); }
  static void* realloc(void* block, std::size_t size) noexcept { return __libc_realloc(block, size); }
  static void free(void* block) noexcept { __libc_free(block); }
  static void* aligned(std::size_t size, std::size_t align) noexcept { return __libc_memalign(align, size); }

  /// The one of which there is no second name.
  static std::size_t usableSize(const void* block) noexcept {
    static constinit std::atomic<void*> kFunction{nullptr};
    void* function = kFunction.load(std::memory_order_relaxed);
    if (function == nullptr) {
      function = LibcSymbols::find("malloc_usable_size");
      kFunction.store(function, std::memory_order_relaxed);  // All threads find the same.
    }
    if (function == nullptr) std::abort();  // Linked statically, where RawSystem is of no use.
    return std::bit_cast<std::size_t (*)(void*)>(function)(const_cast<void*>(block));
  }
};

}  // namespace platform

/// System for a global allocator that also takes the malloc family's place: System calls malloc, which would
/// then be the global allocator again. glibc, dynamically linked; sanitizers do not see its blocks. Threads:
/// any.
struct RawSystem {
  using Memory = platform::UnixMemory<platform::GlibcItself>;

  [[nodiscard]] void* alloc(Layout layout) const noexcept { return Memory::alloc(layout); }
  [[nodiscard]] void* allocZeroed(Layout layout) const noexcept { return Memory::allocZeroed(layout); }
  [[nodiscard]] void* realloc(void* block, Layout old, std::size_t newSize) const noexcept {
    return Memory::realloc(block, old, newSize);
  }
  void dealloc(void* block, Layout layout) const noexcept { Memory::dealloc(block, layout); }
  void deallocUnsized(void* block) const noexcept { Memory::deallocUnsized(block); }
  [[nodiscard]] std::size_t usableSizeUnsized(const void* block) const noexcept {
    return Memory::usableSizeUnsized(block);
  }
  [[nodiscard]] void* reallocUnsized(void* block, std::size_t newSize) const noexcept {
    return Memory::reallocUnsized(block, newSize);
  }

  friend constexpr bool operator==(RawSystem /*one*/, RawSystem /*other*/) noexcept { return true; }
};
static_assert(GlobalAllocator<RawSystem>);

}  // namespace heaptap
