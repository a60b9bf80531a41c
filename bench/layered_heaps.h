// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdlib>

/// Composition as Heap Layers has it, to compare with: each layer inherits from the one below, and there are
/// no layouts, so that a layer that must know a size keeps it in a header. Only the idea is theirs.
namespace heaptap::layered {

struct MallocHeap {
  void* malloc(std::size_t size) { return std::malloc(size); }
  void free(void* block) { std::free(block); }
};

/// Keeps sizes in front of blocks.
template <class Super>
struct SizeHeap : Super {
  void* malloc(std::size_t size) {
    auto* const whole = static_cast<std::size_t*>(Super::malloc(size + 16));
    if (whole == nullptr) return nullptr;
    *whole = size;
    return whole + 2;
  }
  void free(void* block) { Super::free(static_cast<std::size_t*>(block) - 2); }
  static std::size_t getSize(const void* block) { return *(static_cast<const std::size_t*>(block) - 2); }
};

/// Counts in shared atomics.
template <class Super>
struct StatsHeap : Super {
  void* malloc(std::size_t size) {
    void* const block = Super::malloc(size);
    if (block == nullptr) return nullptr;
    total.fetch_add(1, std::memory_order_relaxed);
    const std::size_t now = live.fetch_add(size, std::memory_order_relaxed) + size;
    std::size_t before = peak.load(std::memory_order_relaxed);
    while (before < now && !peak.compare_exchange_weak(before, now, std::memory_order_relaxed)) {
    }
    return block;
  }
  void free(void* block) {
    live.fetch_sub(Super::getSize(block), std::memory_order_relaxed);
    Super::free(block);
  }

  std::atomic<std::size_t> total{0}, live{0}, peak{0};
};

}  // namespace heaptap::layered
