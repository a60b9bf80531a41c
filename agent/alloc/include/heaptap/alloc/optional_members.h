// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc/layout.h>

#include <concepts>
#include <cstddef>
#include <type_traits>

/// Which of the optional members of an allocator a type has. A member with the right name and another
/// signature is not a missing one but a mistake: OptionalMembers refuses to compile, and names the type and
/// the member.
namespace heaptap::detail {

// clang-format off
template <class A>
concept HasAllocZeroed = requires(A& a, Layout l) {
  { a.allocZeroed(l) } noexcept -> std::same_as<void*>;
};
template <class A>
concept HasRealloc = requires(A& a, void* p, Layout l, std::size_t n) {
  { a.realloc(p, l, n) } noexcept -> std::same_as<void*>;
};
template <class A>
concept HasUsableSize = requires(A& a, const void* p, Layout l) {
  { a.usableSize(p, l) } noexcept -> std::same_as<std::size_t>;
};
template <class A>
concept HasGrowInPlace = requires(A& a, void* p, Layout l, std::size_t n) {
  { a.growInPlace(p, l, n) } noexcept -> std::same_as<bool>;
};
template <class A>
concept HasShrinkInPlace = requires(A& a, void* p, Layout l, std::size_t n) {
  { a.shrinkInPlace(p, l, n) } noexcept -> std::same_as<bool>;
};
template <class A>
concept HasOwns = requires(A& a, const void* p, Layout l) {
  { a.owns(p, l) } noexcept -> std::same_as<bool>;
};
template <class A>
concept HasDeallocUnsized = requires(A& a, void* p) {
  { a.deallocUnsized(p) } noexcept -> std::same_as<void>;
};
template <class A>
concept HasUsableSizeUnsized = requires(A& a, const void* p) {
  { a.usableSizeUnsized(p) } noexcept -> std::same_as<std::size_t>;
};
template <class A>
concept HasReallocUnsized = requires(A& a, void* p, std::size_t n) {
  { a.reallocUnsized(p, n) } noexcept -> std::same_as<void*>;
};

// clang-format on

// Is there a member of that name at all? Overloads have no address, so where a type can be derived from, a
// second base with the same name tells: the name is then ambiguous.
template <class A, class Named>
struct BesideNamed : A, Named {};

// clang-format off
#define HEAPTAP_NAMES_MEMBER(Name, member)                                                   \
  struct Named##Name { int member; };                                                        \
  template <class A>                                                                         \
  inline constexpr bool kNames##Name = requires { &A::member; };                             \
  template <class A> requires (std::is_class_v<A> && !std::is_final_v<A>)                    \
  inline constexpr bool kNames##Name<A> = !requires { &BesideNamed<A, Named##Name>::member; };
// clang-format on

HEAPTAP_NAMES_MEMBER(AllocZeroed, allocZeroed)
HEAPTAP_NAMES_MEMBER(Realloc, realloc)
HEAPTAP_NAMES_MEMBER(UsableSize, usableSize)
HEAPTAP_NAMES_MEMBER(GrowInPlace, growInPlace)
HEAPTAP_NAMES_MEMBER(ShrinkInPlace, shrinkInPlace)
#undef HEAPTAP_NAMES_MEMBER

// An adapter has these only where its inner allocator has them, by a requires clause, under which the name is
// there but the member is not. So: its address.
template <class A>
inline constexpr bool kNamesOwns = requires {
  &A::owns;
};
template <class A>
inline constexpr bool kNamesDeallocUnsized = requires {
  &A::deallocUnsized;
};
template <class A>
inline constexpr bool kNamesUsableSizeUnsized = requires {
  &A::usableSizeUnsized;
};
template <class A>
inline constexpr bool kNamesReallocUnsized = requires {
  &A::reallocUnsized;
};

/// To be instantiated for every allocator that is used. `A` is const where the allocator is shared: members
/// that are not const are then mistyped as well.
template <class A, class Plain = std::remove_const_t<A>>
struct OptionalMembers {
  static_assert(HasAllocZeroed<A> || !kNamesAllocZeroed<Plain>,
                "heaptap: mistyped member allocZeroed; expected: void* allocZeroed(Layout) const noexcept");
  static_assert(HasRealloc<A> || !kNamesRealloc<Plain>,
                "heaptap: mistyped member realloc; expected: "
                "void* realloc(void* block, Layout old, std::size_t newSize) const noexcept");
  static_assert(HasUsableSize<A> || !kNamesUsableSize<Plain>,
                "heaptap: mistyped member usableSize; expected: "
                "std::size_t usableSize(const void* block, Layout) const noexcept");
  static_assert(HasGrowInPlace<A> || !kNamesGrowInPlace<Plain>,
                "heaptap: mistyped member growInPlace; expected: "
                "bool growInPlace(void* block, Layout old, std::size_t newSize) const noexcept");
  static_assert(HasShrinkInPlace<A> || !kNamesShrinkInPlace<Plain>,
                "heaptap: mistyped member shrinkInPlace; expected: "
                "bool shrinkInPlace(void* block, Layout old, std::size_t newSize) const noexcept");
  static_assert(
      HasOwns<A> || !kNamesOwns<Plain>,
      "heaptap: mistyped member owns; expected: bool owns(const void* block, Layout) const noexcept");
  static_assert(
      HasDeallocUnsized<A> || !kNamesDeallocUnsized<Plain>,
      "heaptap: mistyped member deallocUnsized; expected: void deallocUnsized(void* block) const noexcept");
  static_assert(HasUsableSizeUnsized<A> || !kNamesUsableSizeUnsized<Plain>,
                "heaptap: mistyped member usableSizeUnsized; expected: "
                "std::size_t usableSizeUnsized(const void* block) const noexcept");
  static_assert(HasReallocUnsized<A> || !kNamesReallocUnsized<Plain>,
                "heaptap: mistyped member reallocUnsized; expected: "
                "void* reallocUnsized(void* block, std::size_t newSize) const noexcept");
  static constexpr bool kWellTyped = true;
};

}  // namespace heaptap::detail
