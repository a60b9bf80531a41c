// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc/allocator_traits.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace heaptap {

/// An allocator of any type, by reference: so that the tests below are compiled once.
class AnyAllocator {
 public:
  template <GlobalAllocator A>
  AnyAllocator(const A& allocator)  // NOLINT(google-explicit-constructor)
      : m_allocator(&allocator), m_calls(&kCallsOf<A>) {}

  void* alloc(Layout l) const { return m_calls->alloc(m_allocator, l); }
  void* allocZeroed(Layout l) const { return m_calls->allocZeroed(m_allocator, l); }
  void dealloc(void* p, Layout l) const { m_calls->dealloc(m_allocator, p, l); }
  void* realloc(void* p, Layout l, std::size_t n) const { return m_calls->realloc(m_allocator, p, l, n); }
  std::size_t usableSize(void* p, Layout l) const { return m_calls->usableSize(m_allocator, p, l); }
  bool growInPlace(void* p, Layout l, std::size_t n) const { return m_calls->grow(m_allocator, p, l, n); }
  bool shrinkInPlace(void* p, Layout l, std::size_t n) const { return m_calls->shrink(m_allocator, p, l, n); }

 private:
  struct Calls {
    void* (*alloc)(const void*, Layout);
    void* (*allocZeroed)(const void*, Layout);
    void (*dealloc)(const void*, void*, Layout);
    void* (*realloc)(const void*, void*, Layout, std::size_t);
    std::size_t (*usableSize)(const void*, const void*, Layout);
    bool (*grow)(const void*, void*, Layout, std::size_t);
    bool (*shrink)(const void*, void*, Layout, std::size_t);
  };

  template <class A>
  static const A& as(const void* allocator) {
    return *static_cast<const A*>(allocator);
  }

  template <class A, class T = AllocatorTraits<const A>>
  static constexpr Calls kCallsOf{
      [](const void* a, Layout l) { return T::alloc(as<A>(a), l); },
      [](const void* a, Layout l) { return T::allocZeroed(as<A>(a), l); },
      [](const void* a, void* p, Layout l) { T::dealloc(as<A>(a), p, l); },
      [](const void* a, void* p, Layout l, std::size_t n) { return T::realloc(as<A>(a), p, l, n); },
      [](const void* a, const void* p, Layout l) { return T::usableSize(as<A>(a), p, l); },
      [](const void* a, void* p, Layout l, std::size_t n) { return T::growInPlace(as<A>(a), p, l, n); },
      [](const void* a, void* p, Layout l, std::size_t n) { return T::shrinkInPlace(as<A>(a), p, l, n); }};

  const void* m_allocator;
  const Calls* m_calls;
};

/// A block whose bytes tell their place, and the layout that it has at present. Its end checks them.
class MarkedBlock {
 public:
  MarkedBlock(AnyAllocator allocator, Layout layout);
  MarkedBlock(MarkedBlock&& other) noexcept
      : m_allocator(other.m_allocator),
        m_layout(other.m_layout),
        m_bytes(std::exchange(other.m_bytes, nullptr)) {}
  MarkedBlock& operator=(MarkedBlock&&) = delete;
  ~MarkedBlock();

  explicit operator bool() const { return m_bytes != nullptr; }
  [[nodiscard]] Layout layout() const { return m_layout; }
  [[nodiscard]] const void* address() const { return m_bytes; }

  /// False: out of memory, and nothing has changed.
  bool realloc(std::size_t size);
  bool resizeInPlace(std::size_t size);

 private:
  std::uint8_t* place(void* block) const;
  void mark(std::size_t from);
  [[nodiscard]] bool isMarked(std::size_t size) const;

  AnyAllocator m_allocator;
  Layout m_layout;
  std::uint8_t* m_bytes;
};

inline constexpr std::array<std::size_t, 9> kSizes{1, 2, 15, 16, 17, 100, 256, 257, 5000};
inline constexpr std::array<std::size_t, 6> kAlignments{1, 8, 16, 64, 4096, 8192};

/// What every allocator promises, with small, large, over-aligned and impossible layouts.
void expectContract(AnyAllocator allocator);

/// Sixteen threads at once, each of which ends blocks of the others, too: 16 × rounds × 2 allocations.
void expectContractFromThreads(AnyAllocator allocator, int rounds);

}  // namespace heaptap
