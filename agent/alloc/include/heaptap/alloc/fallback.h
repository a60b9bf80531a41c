// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc/inner.h>

#include <cstddef>
#include <utility>

namespace heaptap {

/// Asks `Second` for what `First` does not give. At a block's end `First` is asked whether it is its own:
/// without `owns` it would get others' blocks. Of both: GlobalAllocator; of First also owns. Threads: any.
template <GlobalAllocator First, GlobalAllocator Second>
class Fallback {
  static_assert(detail::HasOwns<const First>,
                "heaptap: Fallback<First, Second> needs First to have: bool owns(const void* block, Layout) "
                "const noexcept");
  using FirstTraits = AllocatorTraits<const First>;
  using SecondTraits = AllocatorTraits<const Second>;

 public:
  constexpr Fallback() = default;
  template <class FirstArgument, class SecondArgument>
  requires std::constructible_from<First, FirstArgument> && std::constructible_from<Second, SecondArgument>
  constexpr Fallback(FirstArgument&& first, SecondArgument&& second)
      : m_first(std::forward<FirstArgument>(first)), m_second(std::forward<SecondArgument>(second)) {}

  [[nodiscard]] void* alloc(Layout layout) const noexcept {
    void* const block = FirstTraits::alloc(m_first, layout);
    return block != nullptr ? block : SecondTraits::alloc(m_second, layout);
  }

  void dealloc(void* block, Layout layout) const noexcept {
    m_first.owns(block, layout) ? FirstTraits::dealloc(m_first, block, layout)
                                : SecondTraits::dealloc(m_second, block, layout);
  }

  [[nodiscard]] void* allocZeroed(Layout layout) const noexcept {
    void* const block = FirstTraits::allocZeroed(m_first, layout);
    return block != nullptr ? block : SecondTraits::allocZeroed(m_second, layout);
  }

  /// What `First` cannot make larger moves to `Second`; nothing moves back.
  [[nodiscard]] void* realloc(void* block, Layout old, std::size_t newSize) const noexcept {
    if (!m_first.owns(block, old)) return SecondTraits::realloc(m_second, block, old, newSize);
    void* const same = FirstTraits::realloc(m_first, block, old, newSize);
    return same != nullptr ? same : detail::moveBlock(m_first, m_second, block, old, newSize);
  }

  [[nodiscard]] std::size_t usableSize(const void* block, Layout layout) const noexcept {
    return m_first.owns(block, layout) ? FirstTraits::usableSize(m_first, block, layout)
                                       : SecondTraits::usableSize(m_second, block, layout);
  }

  [[nodiscard]] bool growInPlace(void* block, Layout old, std::size_t newSize) const noexcept {
    return m_first.owns(block, old) ? FirstTraits::growInPlace(m_first, block, old, newSize)
                                    : SecondTraits::growInPlace(m_second, block, old, newSize);
  }

  [[nodiscard]] bool shrinkInPlace(void* block, Layout old, std::size_t newSize) const noexcept {
    return m_first.owns(block, old) ? FirstTraits::shrinkInPlace(m_first, block, old, newSize)
                                    : SecondTraits::shrinkInPlace(m_second, block, old, newSize);
  }

  [[nodiscard]] bool owns(const void* block,
                          Layout layout) const noexcept requires detail::HasOwns<const Second> {
    return m_first.owns(block, layout) || m_second.owns(block, layout);
  }

  [[nodiscard]] const First& first() const noexcept { return m_first; }
  [[nodiscard]] const Second& second() const noexcept { return m_second; }

 private:
  [[no_unique_address]] First m_first{};
  [[no_unique_address]] Second m_second{};
};

}  // namespace heaptap
