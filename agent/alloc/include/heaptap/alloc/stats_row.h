// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace heaptap::detail {

/// What one thread has counted: Stats has a table of these. The owner writes with a load and a store. Frees
/// are released and read first, so that a reader who sees a free also sees its allocation: live is never
/// below zero.
class alignas(128) StatsRow {
 public:
  static constexpr std::size_t kClasses = 40;

  struct Sums {
    std::uint64_t allocs, allocBytes, frees, freeBytes;
  };

  /// 0 for one byte, 1 for 2, 2 for 3 and 4, …: powers of two. The last one takes all above.
  static constexpr std::size_t classOf(std::size_t size) noexcept {
    const auto bits = static_cast<std::size_t>(std::bit_width(size - (size > 0)));
    return bits < kClasses ? bits : kClasses - 1;
  }

  template <bool kShared>
  void countAlloc(std::size_t size) noexcept {
    Class& sizes = m_classes[classOf(size)];
    add<kShared>(sizes.allocs, 1);
    add<kShared>(sizes.allocBytes, size);
  }

  template <bool kShared>
  void countFree(std::size_t size) noexcept {
    Class& sizes = m_classes[classOf(size)];
    add<kShared>(sizes.frees, 1);
    add<kShared>(sizes.freeBytes, size);
  }

  void addFreesTo(std::array<Sums, kClasses>& sums) const noexcept {
    for (std::size_t i = 0; i < kClasses; ++i) {
      sums[i].frees += m_classes[i].frees.load(std::memory_order_acquire);
      sums[i].freeBytes += m_classes[i].freeBytes.load(std::memory_order_acquire);
    }
  }

  void addAllocsTo(std::array<Sums, kClasses>& sums) const noexcept {
    for (std::size_t i = 0; i < kClasses; ++i) {
      sums[i].allocs += m_classes[i].allocs.load(std::memory_order_relaxed);
      sums[i].allocBytes += m_classes[i].allocBytes.load(std::memory_order_relaxed);
    }
  }

  /// Live bytes and their highest sum, both since the owner last published them. A shared row has none.
  std::atomic<std::int64_t> live{0};
  std::atomic<std::int64_t> high{0};

 private:
  struct alignas(32) Class {
    std::atomic<std::uint64_t> allocs{0}, allocBytes{0}, frees{0}, freeBytes{0};
  };

  template <bool kShared>
  static void add(std::atomic<std::uint64_t>& counter, std::uint64_t by) noexcept {
    if constexpr (kShared) {
      counter.fetch_add(by, std::memory_order_release);
    } else {
      counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_release);
    }
  }

  std::array<Class, kClasses> m_classes{};
};

}  // namespace heaptap::detail
