// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

namespace heaptap {

/// The size and alignment of a block: what an allocator is asked with, and gets again at the block's end.
///
/// Invariant: the alignment is a power of two, and the size, rounded up to it, is at most PTRDIFF_MAX. All
/// numbers are those of std::alloc::Layout in Rust 1.95, so that blocks of both languages compare.
///
/// | expression               | result                                             | std::nullopt when     |
/// |--------------------------|----------------------------------------------------|-----------------------|
/// | Layout::from(s, a)       | size s, alignment a                                | the invariant breaks  |
/// | Layout::fromUnchecked()  | the same; the caller answers for the invariant     |                       |
/// | Layout::of<T>()          | one T                                              |                       |
/// | Layout::forValue(x)      | one object of the static type of x                 |                       |
/// | Layout::array<T>(n)      | n T in a row                                       | overflow              |
/// | l.alignTo(a)             | the same size, aligned to a at least; no padding   | overflow, or a is no  |
/// |                          |                                                    | power of two          |
/// | l.paddingNeededFor(a)    | bytes from the end of l to the next multiple of a  | a is no power of two  |
/// | l.padToAlign()           | the size rounded up to the alignment of l          |                       |
/// | l.repeat(n)              | n times l, each aligned, no padding at the end;    | overflow              |
/// |                          | and the stride                                     |                       |
/// | l.repeatPacked(n)        | n times l, no padding: only the first is aligned   | overflow              |
/// | l.extend(m)              | l, then m aligned, no padding at the end; and      | overflow              |
/// |                          | where m begins                                     |                       |
/// | l.extendPacked(m)        | l, then m without padding, aligned as l            | overflow              |
/// | l.dangling()             | an aligned pointer, for a block of no bytes        |                       |
///
/// Units: bytes. `*l.extend(m)`, without a look at the optional, is the unchecked form of each.
class Layout {
 public:
  struct Repeated;
  struct Extended;

  static constexpr std::optional<Layout> from(std::size_t size, std::size_t align) noexcept {
    if (!isValid(size, align)) return std::nullopt;
    return Layout(size, align);
  }

  static constexpr Layout fromUnchecked(std::size_t size, std::size_t align) noexcept {
    assert(isValid(size, align));
    return Layout(size, align);
  }

  template <class T>
  static constexpr Layout of() noexcept {
    return Layout(sizeof(T), alignof(T));  // NOLINT(bugprone-sizeof-expression): T may well be a pointer.
  }

  template <class T>
  static constexpr Layout forValue(const T& /*value*/) noexcept {
    return of<T>();
  }

  template <class T>
  static constexpr std::optional<Layout> array(std::size_t count) noexcept {
    return of<T>().repeatPacked(count);  // Without padding: sizeof is a multiple of alignof.
  }

  [[nodiscard]] constexpr std::size_t size() const noexcept { return m_size; }
  [[nodiscard]] constexpr std::size_t align() const noexcept { return m_align; }

  [[nodiscard]] constexpr std::optional<Layout> alignTo(std::size_t align) const noexcept {
    if (!isPowerOfTwo(align)) return std::nullopt;
    return from(m_size, align > m_align ? align : m_align);
  }

  [[nodiscard]] constexpr std::optional<std::size_t> paddingNeededFor(std::size_t align) const noexcept {
    if (!isPowerOfTwo(align)) return std::nullopt;
    return roundedUp(align) - m_size;
  }

  [[nodiscard]] constexpr Layout padToAlign() const noexcept { return Layout(roundedUp(m_align), m_align); }

  [[nodiscard]] constexpr std::optional<Repeated> repeat(std::size_t count) const noexcept;

  [[nodiscard]] constexpr std::optional<Layout> repeatPacked(std::size_t count) const noexcept {
    if (m_size != 0 && count > largestSize(m_align) / m_size) return std::nullopt;
    return Layout(m_size * count, m_align);
  }

  [[nodiscard]] constexpr std::optional<Extended> extend(Layout next) const noexcept;

  [[nodiscard]] constexpr std::optional<Layout> extendPacked(Layout next) const noexcept {
    return from(m_size + next.m_size, m_align);  // Both are at most PTRDIFF_MAX: no overflow.
  }

  /// The alignment that `size` bytes have when none is asked for (malloc, operator new): enough for any
  /// object of at most that size, [basic.stc.dynamic.allocation].
  static constexpr std::size_t naturalAlign(std::size_t size) noexcept {
    if (size >= __STDCPP_DEFAULT_NEW_ALIGNMENT__) return __STDCPP_DEFAULT_NEW_ALIGNMENT__;
    return size == 0 ? 1 : std::bit_floor(size);
  }

  /// What stands for a block of no bytes.
  [[nodiscard]] void* dangling() const noexcept {
    return reinterpret_cast<void*>(static_cast<std::uintptr_t>(m_align));
  }

  friend constexpr bool operator==(const Layout&, const Layout&) noexcept = default;

 private:
  constexpr Layout(std::size_t size, std::size_t align) noexcept : m_size(size), m_align(align) {}

  static constexpr bool isPowerOfTwo(std::size_t align) noexcept {
    return align != 0 && (align & (align - 1)) == 0;
  }

  /// PTRDIFF_MAX rounded down to `align`.
  static constexpr std::size_t largestSize(std::size_t align) noexcept {
    return static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max()) + 1 - align;
  }

  static constexpr bool isValid(std::size_t size, std::size_t align) noexcept {
    return isPowerOfTwo(align) && size <= largestSize(align);
  }

  /// No overflow: the size is at most PTRDIFF_MAX, and so is a power of two less one.
  [[nodiscard]] constexpr std::size_t roundedUp(std::size_t align) const noexcept {
    return (m_size + (align - 1)) & ~(align - 1);
  }

  std::size_t m_size;
  std::size_t m_align;
};

/// A row of equal layouts.
struct Layout::Repeated {
  Layout layout;
  std::size_t stride;  ///< From the beginning of one to that of the next.
};

/// One layout after another, as the members of a struct.
struct Layout::Extended {
  Layout layout;
  std::size_t offset;  ///< Where the second begins.
};

constexpr std::optional<Layout::Repeated> Layout::repeat(std::size_t count) const noexcept {
  const Layout padded = padToAlign();
  if (count == 0) return Repeated{Layout(0, m_align), padded.m_size};
  const auto allButLast = padded.repeatPacked(count - 1);
  if (!allButLast) return std::nullopt;
  const auto all = allButLast->extendPacked(*this);
  if (!all) return std::nullopt;
  return Repeated{*all, padded.m_size};
}

constexpr std::optional<Layout::Extended> Layout::extend(Layout next) const noexcept {
  const std::size_t offset =
      roundedUp(next.m_align);  // At most PTRDIFF_MAX + 1, so the sum does not overflow.
  const auto both = from(offset + next.m_size, m_align > next.m_align ? m_align : next.m_align);
  if (!both) return std::nullopt;
  return Extended{*both, offset};
}

}  // namespace heaptap
