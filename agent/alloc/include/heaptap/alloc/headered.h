// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc/fatal.h>
#include <heaptap/alloc/inner.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <new>
#include <optional>
#include <utility>

namespace heaptap {

/// Makes an allocator that needs layouts fit for free() and unsized delete: 16 bytes before each block say
/// what it is. Of A:    GlobalAllocator. Cost:    16 bytes a block, or its alignment where that is more.
/// Errors:  a block with no such header, as it is not this allocator's, freed or overwritten from below, ends
/// the program with a
///          line that names it. The layout given at a block's end is not needed, so a wrong one does no harm.
template <GlobalAllocator A>
class Headered {
  using Inner = AllocatorTraits<const A>;

 public:
  constexpr Headered() = default;
  template <class... Args>
  requires detail::InnerArguments<A, Args...>
  constexpr explicit Headered(Args&&... inner) : m_inner(std::forward<Args>(inner)...) {}

  [[nodiscard]] void* alloc(Layout layout) const noexcept {
    const auto whole = withHeader(layout);
    return whole ? begin(Inner::alloc(m_inner, *whole), layout) : nullptr;
  }

  [[nodiscard]] void* allocZeroed(Layout layout) const noexcept {
    const auto whole = withHeader(layout);
    return whole ? begin(Inner::allocZeroed(m_inner, *whole), layout) : nullptr;
  }

  void dealloc(void* block, Layout /*layout*/) const noexcept { deallocUnsized(block); }

  void deallocUnsized(void* block) const noexcept {
    const Layout layout = layoutOf(block);
    headerOf(block)->magic = 0;
    Inner::dealloc(m_inner, wholeOf(block, layout), *withHeader(layout));
  }

  [[nodiscard]] void* reallocUnsized(void* block, std::size_t newSize) const noexcept {
    return realloc(block, layoutOf(block), newSize);
  }

  [[nodiscard]] std::size_t usableSizeUnsized(const void* block) const noexcept {
    return layoutOf(block).size();
  }

  [[nodiscard]] std::size_t usableSize(const void* block, Layout /*layout*/) const noexcept {
    return usableSizeUnsized(block);
  }

  /// As it was allocated, or last resized.
  [[nodiscard]] Layout layoutOf(const void* block) const noexcept {
    if (!isLive(block)) detail::fatal("Headered: not a live block, or overwritten from below", block);
    const Header* const header = headerOf(block);
    return Layout::fromUnchecked(header->size, std::size_t{1} << header->alignLog2);
  }

  [[nodiscard]] void* realloc(void* block, Layout /*old*/, std::size_t newSize) const noexcept {
    const Layout old = layoutOf(block);
    const auto layout = Layout::from(newSize, old.align());
    const auto whole = layout ? withHeader(*layout) : std::nullopt;
    if (!whole) return nullptr;
    headerOf(block)->magic = 0;  // Where the block moves, nothing is left that looks like one.
    void* const moved = Inner::realloc(m_inner, wholeOf(block, old), *withHeader(old), whole->size());
    if (moved == nullptr) headerOf(block)->magic = magicFor(block);
    return begin(moved, *layout);
  }

  [[nodiscard]] bool growInPlace(void* block, Layout /*old*/, std::size_t newSize) const noexcept {
    return resize(block, newSize, &Inner::growInPlace);
  }

  [[nodiscard]] bool shrinkInPlace(void* block, Layout /*old*/, std::size_t newSize) const noexcept {
    return resize(block, newSize, &Inner::shrinkInPlace);
  }

  /// Reads no header: `block` may be of any allocator.
  [[nodiscard]] bool owns(const void* block, Layout layout) const noexcept requires detail::HasOwns<const A> {
    const auto whole = withHeader(layout);
    return whole && m_inner.owns(static_cast<const std::byte*>(block) - before(layout), *whole);
  }

  [[nodiscard]] const A& inner() const noexcept { return m_inner; }

 private:
  struct Header {
    std::size_t size;
    std::uint32_t alignLog2;
    std::uint32_t magic;
  };
  static_assert(sizeof(Header) <= 16);

  static std::uint32_t magicFor(const void* block) noexcept {
    return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(block) >> 3) ^ 0x48544844U;
  }

  static bool isLive(const void* block) noexcept {
    return reinterpret_cast<std::uintptr_t>(block) % 16 == 0 && headerOf(block)->magic == magicFor(block);
  }

  /// Bytes before the block: the header is the last 16 of them.
  static constexpr std::size_t before(Layout layout) noexcept {
    return layout.align() < 16 ? 16 : layout.align();
  }

  static constexpr std::optional<Layout> withHeader(Layout layout) noexcept {
    return Layout::from(before(layout) + layout.size(), before(layout));
  }

  static Header* headerOf(const void* block) noexcept {
    return reinterpret_cast<Header*>(static_cast<std::byte*>(const_cast<void*>(block)) - 16);
  }

  static void* wholeOf(void* block, Layout layout) noexcept {
    return static_cast<std::byte*>(block) - before(layout);
  }

  static void* begin(void* whole, Layout layout) noexcept {
    if (whole == nullptr) return nullptr;
    void* const block = static_cast<std::byte*>(whole) + before(layout);
    ::new (headerOf(block))
        Header{layout.size(), static_cast<std::uint32_t>(std::countr_zero(layout.align())), magicFor(block)};
    return block;
  }

  template <class Resize>
  bool resize(void* block, std::size_t newSize, Resize resizeInner) const noexcept {
    const Layout old = layoutOf(block);
    const auto layout = Layout::from(newSize, old.align());
    const auto whole = layout ? withHeader(*layout) : std::nullopt;
    if (!whole || !resizeInner(m_inner, wholeOf(block, old), *withHeader(old), whole->size())) return false;
    headerOf(block)->size = newSize;
    return true;
  }

  [[no_unique_address]] A m_inner{};
};

}  // namespace heaptap
