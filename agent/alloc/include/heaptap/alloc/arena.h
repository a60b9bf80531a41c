// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc/inner.h>
#include <heaptap/alloc/system.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <utility>

namespace heaptap {

/// Blocks that end together: an allocation moves a pointer through chunks from `A`, reset() takes everything
/// back at once. A single block's end costs nothing and gives nothing back, unless it is the newest: that one
/// can also change its size. Of A:    GlobalAllocator, asked for a chunk at a time: 4 KiB, then twice as much
/// each time, up to 1 MiB. Owns:    the chunks; it does not move, and its blocks end with it. Threads: one;
/// Locked<Arena<>> is for many, Ref<Arena<>> for the members of one thread.
template <GlobalAllocator A = System>
class Arena {
  using Inner = AllocatorTraits<const A>;

 public:
  static constexpr std::size_t kFirstChunk = std::size_t{4} << 10;
  static constexpr std::size_t kLargestChunk = std::size_t{1} << 20;

  constexpr Arena() = default;

  /// Begins in `buffer`, which it does not own.
  template <class... Args>
  requires(sizeof...(Args) == 0 ||
           detail::InnerArguments<A, Args...>) constexpr explicit Arena(std::span<std::byte> buffer,
                                                                        Args&&... inner)
      : m_inner(std::forward<Args>(inner)...), m_buffer(buffer), m_free(buffer) {}

  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena() { reset(); }

  /// Ends all blocks. The chunks go back, the buffer is used again.
  void reset() noexcept {
    while (m_chunks != nullptr) {
      Chunk* const chunk = m_chunks;
      m_chunks = chunk->older;
      Inner::dealloc(m_inner, chunk, Layout::fromUnchecked(chunk->size, alignof(Chunk)));
    }
    m_free = m_buffer;
    m_newest = nullptr;
    m_nextSize = kFirstChunk;
  }

  [[nodiscard]] void* alloc(Layout layout) noexcept {
    if (void* const block = take(layout)) return block;
    return addChunk(layout) ? take(layout) : nullptr;
  }

  void dealloc(void* block, Layout layout) noexcept {
    if (block != m_newest) return;
    resizeNewest(layout.size(), 0);
    m_newest = nullptr;
  }

  [[nodiscard]] bool growInPlace(void* block, Layout old, std::size_t newSize) noexcept {
    return newSize <= old.size() || (block == m_newest && resizeNewest(old.size(), newSize));
  }

  /// Always: what the block no longer needs is lost until reset(), if it is not the newest.
  [[nodiscard]] bool shrinkInPlace(void* block, Layout old, std::size_t newSize) noexcept {
    if (block == m_newest) resizeNewest(old.size(), newSize);
    return true;
  }

  [[nodiscard]] bool owns(const void* block, Layout /*layout*/) const noexcept {
    if (contains(m_buffer, block)) return true;
    for (const Chunk* chunk = m_chunks; chunk != nullptr; chunk = chunk->older) {
      if (contains({reinterpret_cast<const std::byte*>(chunk), chunk->size}, block)) return true;
    }
    return false;
  }

 private:
  struct alignas(std::max_align_t) Chunk {
    Chunk* older;
    std::size_t size;
  };

  static bool contains(std::span<const std::byte> memory, const void* address) noexcept {
    return reinterpret_cast<std::uintptr_t>(address) - reinterpret_cast<std::uintptr_t>(memory.data()) <
           memory.size();
  }

  void* take(Layout layout) noexcept {
    const std::size_t padding = (0 - reinterpret_cast<std::uintptr_t>(m_free.data())) & (layout.align() - 1);
    if (padding > m_free.size() || layout.size() > m_free.size() - padding) return nullptr;
    m_newest = m_free.data() + padding;
    m_free = m_free.subspan(padding + layout.size());
    return m_newest;
  }

  bool resizeNewest(std::size_t size, std::size_t newSize) noexcept {
    const std::size_t room = size + m_free.size();
    if (newSize > room) return false;
    m_free = {m_newest + newSize, room - newSize};
    return true;
  }

  bool addChunk(Layout layout) noexcept {
    const auto needed =
        Layout::from(layout.size() + sizeof(Chunk), layout.align());  // At most PTRDIFF_MAX + 16.
    const auto largest =
        needed ? Layout::from(needed->size() + layout.align(), alignof(Chunk)) : std::nullopt;
    if (!largest) return false;
    const std::size_t size = std::max(m_nextSize, largest->size());
    void* const memory = Inner::alloc(m_inner, Layout::fromUnchecked(size, alignof(Chunk)));
    if (memory == nullptr) return false;
    m_chunks = ::new (memory) Chunk{m_chunks, size};
    m_free = {reinterpret_cast<std::byte*>(m_chunks + 1), size - sizeof(Chunk)};
    m_nextSize = std::min(2 * m_nextSize, kLargestChunk);
    return true;
  }

  [[no_unique_address]] A m_inner{};
  std::span<std::byte> m_buffer;
  std::span<std::byte> m_free;
  std::byte* m_newest = nullptr;  ///< The last block, which ends where m_free begins.
  Chunk* m_chunks = nullptr;
  std::size_t m_nextSize = kFirstChunk;
};

}  // namespace heaptap
