// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <utility>
#include <vector>

namespace heaptap::model {

/// Entries by position that are changed in place, in chunks that never move: one more costs a chunk at most,
/// however many there are (a vector of a million rows takes tens of milliseconds to grow, under ingest's
/// lock). See Column for tables of which copies share what does not change. Threads: none of its own.
template <class T>
class Chunked {
 public:
  /// A power of two; about 32 KiB.
  static constexpr std::size_t kChunkEntries = std::bit_floor(std::max<std::size_t>(32768 / sizeof(T), 16));

  [[nodiscard]] std::size_t size() const { return m_size; }
  /// Precondition: `at` < size().
  [[nodiscard]] T& operator[](std::size_t at) { return m_chunks[at / kChunkEntries][at % kChunkEntries]; }
  [[nodiscard]] const T& operator[](std::size_t at) const {
    return m_chunks[at / kChunkEntries][at % kChunkEntries];
  }
  void push_back(T entry) {
    if (m_size % kChunkEntries == 0) m_chunks.emplace_back().reserve(kChunkEntries);
    m_chunks.back().push_back(std::move(entry));
    ++m_size;
  }

 private:
  std::vector<std::vector<T>> m_chunks;  ///< Full but for the last one.
  std::size_t m_size = 0;
};

}  // namespace heaptap::model
