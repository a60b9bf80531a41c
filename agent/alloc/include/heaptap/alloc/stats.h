// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc/inner.h>
#include <heaptap/alloc/stats_row.h>
#include <heaptap/alloc/thread_row.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace heaptap {

/// What a Stats has counted. Bytes as requested. A realloc is a free and an allocation, never two live
/// blocks.
struct StatsSnapshot {
  static constexpr std::size_t kClasses = detail::StatsRow::kClasses;
  struct Count {
    std::uint64_t blocks = 0;
    std::uint64_t bytes = 0;
    friend bool operator==(const Count&, const Count&) = default;
  };
  struct Class {
    std::size_t upTo = 0;  ///< Sizes above the class before, to this one; SIZE_MAX for the last.
    Count live, total;
  };

  Count live, total;
  std::uint64_t peakBytes =
      0;  ///< The largest sum of live bytes. Exact with one thread, else within 64 KiB a thread.
  std::array<Class, kClasses> classes;
};

/// Counts blocks and bytes: live, in total, by size, and the peak.
/// Each thread counts in a row of its own, and tells the others of each 64 KiB of change, for the peak:
/// nothing shared is written for small blocks. More than 63 threads at once share one row, with locked
/// instructions. Of A:    GlobalAllocator. Cost:    84 KiB of zeros, of which threads and sizes that do not
/// occur touch nothing. Threads: any. A snapshot is exact when no thread allocates, and never shows more
/// freed than allocated.
template <GlobalAllocator A>
class Stats {
  using Inner = AllocatorTraits<const A>;

 public:
  constexpr Stats() = default;
  template <class... Args>
  requires detail::InnerArguments<A, Args...>
  constexpr explicit Stats(Args&&... inner) : m_inner(std::forward<Args>(inner)...) {}

  [[nodiscard]] void* alloc(Layout layout) const noexcept {
    return counted(Inner::alloc(m_inner, layout), layout);
  }

  [[nodiscard]] void* allocZeroed(Layout layout) const noexcept {
    return counted(Inner::allocZeroed(m_inner, layout), layout);
  }

  void dealloc(void* block, Layout layout) const noexcept {
    countFree(layout.size());  // First: afterwards another thread may own the block.
    Inner::dealloc(m_inner, block, layout);
  }

  [[nodiscard]] void* realloc(void* block, Layout old, std::size_t newSize) const noexcept {
    void* const moved = Inner::realloc(m_inner, block, old, newSize);
    if (moved != nullptr) countResize(old.size(), newSize);
    return moved;
  }

  [[nodiscard]] bool growInPlace(void* block, Layout old, std::size_t newSize) const noexcept {
    const bool done = Inner::growInPlace(m_inner, block, old, newSize);
    if (done) countResize(old.size(), newSize);
    return done;
  }

  [[nodiscard]] bool shrinkInPlace(void* block, Layout old, std::size_t newSize) const noexcept {
    const bool done = Inner::shrinkInPlace(m_inner, block, old, newSize);
    if (done) countResize(old.size(), newSize);
    return done;
  }

  [[nodiscard]] bool owns(const void* block, Layout layout) const noexcept requires detail::HasOwns<const A> {
    return m_inner.owns(block, layout);
  }

  // No usableSize: a block ends with the size that was counted at its beginning.

  [[nodiscard]] StatsSnapshot snapshot() const noexcept;

  [[nodiscard]] const A& inner() const noexcept { return m_inner; }

 private:
  using Row = detail::StatsRow;
  static constexpr std::int64_t kTell = std::int64_t{64} << 10;

  void* counted(void* block, Layout layout) const noexcept {
    if (block != nullptr) countAlloc(layout.size());
    return block;
  }

  void countAlloc(std::size_t size) const noexcept {
    const std::uint32_t index = detail::threadRow();
    Row& row = m_rows[index];
    if (index == detail::kSharedRow) {
      row.countAlloc<true>(size);
      return tell(static_cast<std::int64_t>(size), static_cast<std::int64_t>(size));
    }
    row.countAlloc<false>(size);
    const std::int64_t live = row.live.load(std::memory_order_relaxed) + static_cast<std::int64_t>(size);
    row.live.store(live, std::memory_order_relaxed);
    if (live <= row.high.load(std::memory_order_relaxed)) return;
    row.high.store(live, std::memory_order_relaxed);
    if (live >= kTell) tellOf(row);
  }

  void countFree(std::size_t size) const noexcept {
    const std::uint32_t index = detail::threadRow();
    Row& row = m_rows[index];
    if (index == detail::kSharedRow) {
      row.countFree<true>(size);
      return tell(-static_cast<std::int64_t>(size), 0);
    }
    row.countFree<false>(size);
    const std::int64_t live = row.live.load(std::memory_order_relaxed) - static_cast<std::int64_t>(size);
    row.live.store(live, std::memory_order_relaxed);
    if (live <= -kTell) tellOf(row);
  }

  void countResize(std::size_t oldSize, std::size_t newSize) const noexcept {
    countFree(oldSize);
    countAlloc(newSize);
  }

  /// For the peak, all that a row has counted since it last published.
  void tellOf(Row& row) const noexcept {
    tell(row.live.load(std::memory_order_relaxed), row.high.load(std::memory_order_relaxed));
    row.live.store(0, std::memory_order_relaxed);
    row.high.store(0, std::memory_order_relaxed);
  }

  /// Live bytes changed by `change`, and were higher by `high` meanwhile.
  void tell(std::int64_t change, std::int64_t high) const noexcept {
    const std::int64_t candidate = m_told.fetch_add(change, std::memory_order_relaxed) + high;
    std::int64_t peak = m_peak.load(std::memory_order_relaxed);
    while (peak < candidate && !m_peak.compare_exchange_weak(peak, candidate, std::memory_order_relaxed)) {
    }
  }

  [[no_unique_address]] A m_inner{};
  alignas(128) mutable std::atomic<std::int64_t> m_told{0};
  mutable std::atomic<std::int64_t> m_peak{0};
  mutable std::array<Row, detail::kRows> m_rows{};
};

template <GlobalAllocator A>
StatsSnapshot Stats<A>::snapshot() const noexcept {
  std::array<Row::Sums, Row::kClasses> sums{};
  for (const Row& row : m_rows) row.addFreesTo(sums);
  for (const Row& row : m_rows) row.addAllocsTo(sums);

  StatsSnapshot result;
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const Row::Sums& sum = sums[i];
    StatsSnapshot::Class& size = result.classes[i];
    size.upTo = i + 1 < sums.size() ? std::size_t{1} << i : static_cast<std::size_t>(-1);
    size.total = {sum.allocs, sum.allocBytes};
    size.live = {sum.allocs - sum.frees, sum.allocBytes - sum.freeBytes};
    result.total.blocks += size.total.blocks;
    result.total.bytes += size.total.bytes;
    result.live.blocks += size.live.blocks;
    result.live.bytes += size.live.bytes;
  }

  // Had one thread reached its highest while the others were as they are now.
  std::int64_t now = m_told.load(std::memory_order_relaxed);
  std::int64_t above = 0;
  for (const Row& row : m_rows) {
    const std::int64_t live = row.live.load(std::memory_order_relaxed);
    now += live;
    above = std::max(above, row.high.load(std::memory_order_relaxed) - live);
  }
  const std::int64_t peak = std::max(m_peak.load(std::memory_order_relaxed), now + above);
  result.peakBytes = peak > 0 ? static_cast<std::uint64_t>(peak) : 0;
  return result;
}

}  // namespace heaptap
