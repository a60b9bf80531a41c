// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc/layout.h>

#include <cstdlib>
#include <cstring>

#if defined(__APPLE__)
#include <malloc/malloc.h>
#else
#include <malloc.h>
#endif

namespace heaptap::platform {

/// The memory functions of libc by their public names, so that whatever is in front of them, a sanitizer,
/// valgrind, a preloaded library, sees every block.
struct LibcNames {
  static constexpr bool kAlignsSmallBlocks = false;  // Not every malloc does: jemalloc gives 8 bytes 8.
  static void* malloc(std::size_t size) noexcept { return std::malloc(size); }
  static void* calloc(std::size_t size) noexcept { return std::calloc(1, size); }
  static void* realloc(void* block, std::size_t size) noexcept { return std::realloc(block, size); }
  static void free(void* block) noexcept { std::free(block); }
  static std::size_t usableSize(const void* block) noexcept {
#if defined(__APPLE__)
    return malloc_size(block);
#else
    return malloc_usable_size(const_cast<void*>(block));
#endif
  }
  static void* aligned(std::size_t size, std::size_t align) noexcept {
#if defined(__APPLE__)
    // posix_memalign of macOS returns blocks that are not aligned when more than 2^31 is asked for; so Rust.
    if (align > (std::size_t{1} << 31)) return nullptr;
#endif
    void* block = nullptr;
    // It refuses alignments below that of a pointer.
    return posix_memalign(&block, align < sizeof(void*) ? sizeof(void*) : align, size) == 0 ? block : nullptr;
  }
};

/// Layouts over a malloc family. When malloc's own alignment is enough, is decided as by Rust's System on
/// Unix.
template <class Family>
struct UnixMemory {
  static void* alloc(Layout layout) noexcept {
    return isNatural(layout.size(), layout.align()) ? Family::malloc(layout.size())
                                                    : Family::aligned(layout.size(), layout.align());
  }

  static void* allocZeroed(Layout layout) noexcept {
    if (isNatural(layout.size(), layout.align())) return Family::calloc(layout.size());
    void* const block = Family::aligned(layout.size(), layout.align());
    if (block != nullptr) std::memset(block, 0, layout.size());
    return block;
  }

  static void* realloc(void* block, Layout old, std::size_t newSize) noexcept {
    if (isNatural(newSize, old.align())) return Family::realloc(block, newSize);
    const auto layout = Layout::from(newSize, old.align());
    void* const moved = layout ? alloc(*layout) : nullptr;
    if (moved == nullptr) return nullptr;
    std::memcpy(moved, block, old.size() < newSize ? old.size() : newSize);
    Family::free(block);
    return moved;
  }

  static void dealloc(void* block, Layout /*layout*/) noexcept { Family::free(block); }
  static void deallocUnsized(void* block) noexcept { Family::free(block); }
  static std::size_t usableSizeUnsized(const void* block) noexcept { return Family::usableSize(block); }
  static void* reallocUnsized(void* block, std::size_t size) noexcept { return Family::realloc(block, size); }

 private:
  static constexpr std::size_t kNaturalAlign = sizeof(void*) == 8 ? 16 : 8;

  static constexpr bool isNatural(std::size_t size, std::size_t align) noexcept {
    return align <= kNaturalAlign && (Family::kAlignsSmallBlocks || align <= size);
  }
};

}  // namespace heaptap::platform
