// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace heaptap::relay {

/// An array that is filled once and then read: its room is taken at once, in huge pages where the kernel has
/// some, and nothing is cleared before it is written. A first touch of four million small pages costs more
/// than what is done with them. Errors: std::bad_alloc.
template <class T>
class LargeArray {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
  LargeArray() = default;
  explicit LargeArray(std::size_t room) { reserve(room); }
  LargeArray(LargeArray&& other) noexcept
      : m_entries(std::move(other.m_entries)),
        m_size(std::exchange(other.m_size, 0)),
        m_room(std::exchange(other.m_room, 0)) {}
  LargeArray& operator=(LargeArray&& other) noexcept {
    m_entries = std::move(other.m_entries);
    m_size = std::exchange(other.m_size, 0);
    m_room = std::exchange(other.m_room, 0);
    return *this;
  }

  /// Makes room for so many in all; what is there stays.
  void reserve(std::size_t room) {
    if (room <= m_room) return;
    const std::size_t bytes = room * sizeof(T);
    const bool isLarge = bytes >= 2 * kHugePage;
    void* const memory = isLarge
                             ? std::aligned_alloc(kHugePage, (bytes + kHugePage - 1) / kHugePage * kHugePage)
                             : std::malloc(bytes);
    if (memory == nullptr) throw std::bad_alloc();
    if (isLarge) madvise(memory, bytes, MADV_HUGEPAGE);
    std::unique_ptr<T[], Free> entries(static_cast<T*>(memory));
    if (m_size != 0) std::memcpy(entries.get(), m_entries.get(), m_size * sizeof(T));
    m_entries = std::move(entries);
    m_room = room;
  }
  /// Precondition: there is room.
  void push_back(const T& entry) { m_entries[m_size++] = entry; }
  /// So many are there: those that are new were not written yet. Precondition: there is room.
  void setSize(std::size_t size) { m_size = size; }

  /// Empties it. More room than for so many goes back to the kernel, other room stays for the next use.
  void clear(std::size_t mostKept) {
    m_size = 0;
    if (m_room <= mostKept) return;
    m_entries.reset();
    m_room = 0;
  }

  [[nodiscard]] std::size_t size() const { return m_size; }
  [[nodiscard]] T& operator[](std::size_t at) { return m_entries[at]; }
  [[nodiscard]] const T& operator[](std::size_t at) const { return m_entries[at]; }
  [[nodiscard]] const T* begin() const { return m_entries.get(); }
  [[nodiscard]] const T* end() const { return m_entries.get() + m_size; }
  [[nodiscard]] T* data() { return m_entries.get(); }

 private:
  static constexpr std::size_t kHugePage = std::size_t{2} << 20;
  struct Free {
    void operator()(T* entries) const { std::free(entries); }
  };

  std::unique_ptr<T[], Free> m_entries;
  std::size_t m_size = 0;
  std::size_t m_room = 0;
};

}  // namespace heaptap::relay
