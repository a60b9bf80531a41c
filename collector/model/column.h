// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

namespace heaptap::model {

/// The entries of a table that only grows, by position, in chunks that never move:
///
///     m_chunks  [ 0 ] ─► T T T T T T T T     every chunk is full but the last one
///               [ 1 ] ─► T T T T T T T T
///               [ 2 ] ─► T T T . . . . .     m_size = 19
///
/// A copy shares the chunks and keeps its length, so that it costs some pointers and shows the table as it
/// was. Only the Definitions that own the original append; what they write lies beyond the length of every
/// copy. Threads: copies may be read anywhere, also while the original grows, once the copy was handed over.
template <class T>
class Column {
 public:
  /// A power of two; about 32 KiB.
  static constexpr std::size_t kChunkEntries = std::bit_floor(std::max<std::size_t>(32768 / sizeof(T), 16));

  [[nodiscard]] std::size_t size() const { return m_size; }
  [[nodiscard]] bool empty() const { return m_size == 0; }
  /// Precondition: `at` < size().
  [[nodiscard]] const T& operator[](std::size_t at) const {
    return m_chunks[at / kChunkEntries][at % kChunkEntries];
  }
  /// Precondition: the column is not empty.
  [[nodiscard]] const T& back() const { return (*this)[m_size - 1]; }

  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using pointer = const T*;
    using reference = const T&;

    Iterator(const Column& column, std::size_t at) : m_column(&column), m_at(at) {}
    const T& operator*() const { return (*m_column)[m_at]; }
    Iterator& operator++() {
      ++m_at;
      return *this;
    }
    Iterator operator++(int) { return {*m_column, m_at++}; }
    bool operator==(const Iterator& other) const { return m_at == other.m_at; }

   private:
    const Column* m_column;
    std::size_t m_at;
  };
  [[nodiscard]] Iterator begin() const { return {*this, 0}; }
  [[nodiscard]] Iterator end() const { return {*this, m_size}; }

 private:
  friend class Definitions;

  void append(T value) {
    if (m_size == m_chunks.size() * kChunkEntries)
      m_chunks.push_back(std::make_shared_for_overwrite<T[]>(kChunkEntries));
    m_chunks[m_size / kChunkEntries][m_size % kChunkEntries] = std::move(value);
    ++m_size;
  }

  std::vector<std::shared_ptr<T[]>> m_chunks;
  std::size_t m_size = 0;
};

}  // namespace heaptap::model
