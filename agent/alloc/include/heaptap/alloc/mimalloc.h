// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc/layout.h>

#include <cstddef>
#include <cstdio>

/// What is used of mimalloc 2, in heaptap's private copy, the library heaptap::mimalloc. As in mimalloc.h.
extern "C" {
void* mi_malloc_aligned(std::size_t size, std::size_t align) noexcept;
void* mi_zalloc_aligned(std::size_t size, std::size_t align) noexcept;
void* mi_realloc_aligned(void* block, std::size_t size, std::size_t align) noexcept;
void* mi_realloc(void* block, std::size_t size) noexcept;
void* mi_expand(void* block, std::size_t size) noexcept;
void mi_free(void* block) noexcept;
void mi_free_size_aligned(void* block, std::size_t size, std::size_t align) noexcept;
std::size_t mi_usable_size(const void* block) noexcept;
void mi_collect(bool force) noexcept;
void mi_stats_print_out(void (*write)(const char*, void*), void* argument) noexcept;
}

namespace heaptap {

/// mimalloc, with a heap for each thread. The program's malloc stays what it is.
/// It has no owns: mi_is_in_heap_region knows those blocks only that the kernel put where mimalloc wished.
/// Errors:  nullptr also for alignments above 1 MiB, which mimalloc 2.0 does not support.
/// Threads: any.
class Mimalloc {
 public:
  [[nodiscard]] void* alloc(Layout layout) const noexcept {
    return mi_malloc_aligned(layout.size(), layout.align());
  }

  void dealloc(void* block, Layout layout) const noexcept {
    mi_free_size_aligned(block, layout.size(), layout.align());
  }

  [[nodiscard]] void* allocZeroed(Layout layout) const noexcept {
    return mi_zalloc_aligned(layout.size(), layout.align());
  }

  [[nodiscard]] void* realloc(void* block, Layout old, std::size_t newSize) const noexcept {
    return mi_realloc_aligned(block, newSize, old.align());
  }

  [[nodiscard]] std::size_t usableSize(const void* block, Layout /*layout*/) const noexcept {
    return mi_usable_size(block);
  }

  [[nodiscard]] bool growInPlace(void* block, Layout /*old*/, std::size_t newSize) const noexcept {
    return mi_expand(block, newSize) != nullptr;
  }

  void deallocUnsized(void* block) const noexcept { mi_free(block); }

  [[nodiscard]] void* reallocUnsized(void* block, std::size_t newSize) const noexcept {
    return mi_realloc(block, newSize);
  }

  [[nodiscard]] std::size_t usableSizeUnsized(const void* block) const noexcept {
    return mi_usable_size(block);
  }

  /// Gives free memory back to the system.
  static void collect() noexcept { mi_collect(true); }

  /// The statistics of the calling thread and of those that have ended, as text.
  static void dumpStatistics(std::FILE* to) noexcept {
    mi_stats_print_out([](const char* text, void* file) { std::fputs(text, static_cast<std::FILE*>(file)); },
                       to);
  }

  friend constexpr bool operator==(Mimalloc, Mimalloc) noexcept { return true; }
};

}  // namespace heaptap
