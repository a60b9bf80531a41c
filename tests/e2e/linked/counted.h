// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc/system.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdio>

/// System, counting what reaches it: the program's own numbers, which the report's are compared with.
class Counted {
 public:
  [[nodiscard]] void* alloc(heaptap::Layout layout) const noexcept {
    return begun(heaptap::System().alloc(layout), layout.size());
  }
  [[nodiscard]] void* allocZeroed(heaptap::Layout layout) const noexcept {
    return begun(heaptap::System().allocZeroed(layout), layout.size());
  }
  void dealloc(void* block, heaptap::Layout /*layout*/) const noexcept { deallocUnsized(block); }
  [[nodiscard]] void* realloc(void* block, heaptap::Layout old, std::size_t newSize) const noexcept {
    void* const now = begun(heaptap::System().realloc(block, old, newSize), newSize);
    if (now != nullptr) ++m_frees;
    return now;
  }
  void deallocUnsized(void* block) const noexcept {
    ++m_frees;
    heaptap::System().deallocUnsized(block);
  }
  [[nodiscard]] std::size_t usableSizeUnsized(const void* block) const noexcept {
    return heaptap::System().usableSizeUnsized(block);
  }

  /// Prints the numbers and ends the process at once: nothing is allocated after they were read.
  [[noreturn]] void finish() const {
    char line[96];
    const int length = std::snprintf(line, sizeof line, "%zu %zu %zu\n", m_allocations.load(), m_bytes.load(),
                                     m_frees.load());
    const bool written = write(STDOUT_FILENO, line, static_cast<std::size_t>(length)) == length;
    _exit(written ? 0 : 1);
  }

 private:
  void* begun(void* block, std::size_t size) const noexcept {
    if (block == nullptr) return nullptr;
    ++m_allocations;
    m_bytes += size;
    return block;
  }

  mutable std::atomic<std::size_t> m_allocations{0};
  mutable std::atomic<std::size_t> m_bytes{0};
  mutable std::atomic<std::size_t> m_frees{0};
};
