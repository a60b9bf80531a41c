// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

/// Which row of a table with one for each thread is the calling thread's own. A row's owner is its only
/// writer, so it counts with a load and a store instead of a locked instruction, in a line of the cache that
/// no other thread writes.
namespace heaptap::detail {

/// Rows that have an owner are those below kSharedRow. That one is for threads beyond them, and for threads
/// at their end.
inline constexpr std::uint32_t kSharedRow = 63;
inline constexpr std::uint32_t kRows = kSharedRow + 1;
inline constexpr std::uint32_t kNoRow = kRows;

#if defined(__ELF__)
[[gnu::tls_model("initial-exec")]]  // The general model may allocate.
#endif
inline constinit thread_local std::uint32_t t_row = kNoRow;

inline constinit std::atomic<std::uint64_t> g_ownedRows{0};

/// Gives the thread's row back. What it counted stays there, and its next owner counts on.
struct RowReturn {
  ~RowReturn() {
    const std::uint32_t row = t_row;
    t_row = kSharedRow;
    if (row < kSharedRow) g_ownedRows.fetch_and(~(std::uint64_t{1} << row), std::memory_order_release);
  }
};

inline std::uint32_t claimRow() noexcept {
  std::uint64_t owned = g_ownedRows.load(std::memory_order_relaxed);
  std::uint32_t row = kSharedRow;
  do {
    row = static_cast<std::uint32_t>(std::countr_one(owned));
    if (row >= kSharedRow) break;
  } while (!g_ownedRows.compare_exchange_weak(owned, owned | std::uint64_t{1} << row,
                                              std::memory_order_acquire, std::memory_order_relaxed));
  t_row = row < kSharedRow ? row : kSharedRow;
  // Last: to register a destructor allocates, maybe from an allocator that asks for this thread's row.
  if (row < kSharedRow) static thread_local RowReturn returnsAtEnd;
  return t_row;
}

inline std::uint32_t threadRow() noexcept {
  const std::uint32_t row = t_row;
  return row != kNoRow ? row : claimRow();
}

}  // namespace heaptap::detail
