// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc/allocator_traits.h>

#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

/// The conveniences of RFC 1398 for objects of a type: functions over any allocator, which none can have its
/// own of. `a` may be const where its type is a GlobalAllocator.
///
/// | expression                | result                                      | errors                      |
/// |---------------------------|---------------------------------------------|-----------------------------|
/// | allocOne<T>(a)            | T*: room for one, and no object yet         | nullptr                     |
/// | deallocOne(a, p)          | the room is given back                      | none                        |
/// | makeOne<T>(a, x…)         | T*: an object, constructed from x…          | nullptr; what the           |
/// |                           |                                             | constructor throws, and the |
/// |                           |                                             | room is given back          |
/// | destroyOne(a, p)          | the object is destroyed, its room given     | none                        |
/// |                           | back; p may be nullptr                      |                             |
/// | allocArray<T>(a, n)       | T*: room for n, and no objects yet          | nullptr; also for n = 0 and |
/// |                           |                                             | for an overflow             |
/// | reallocArray(a, p, n, m)  | T*: room for m, here or elsewhere, with     | nullptr, and p is as it     |
/// |                           | what both have in common; T is trivially    | was; also for m = 0,        |
/// |                           | copyable                                    | overflow                    |
/// | deallocArray(a, p, n)     | the room is given back                      | none                        |
namespace heaptap {

template <class T, Allocator A>
[[nodiscard]] T* allocOne(A& allocator) noexcept {
  return static_cast<T*>(AllocatorTraits<A>::alloc(allocator, Layout::of<T>()));
}

template <Allocator A, class T>
void deallocOne(A& allocator, T* object) noexcept {
  AllocatorTraits<A>::dealloc(allocator, object, Layout::of<T>());
}

template <class T, Allocator A, class... Arguments>
[[nodiscard]] T* makeOne(A& allocator, Arguments&&... arguments) noexcept(
    std::is_nothrow_constructible_v<T, Arguments...>) {
  T* const room = allocOne<T>(allocator);
  if (room == nullptr) return nullptr;
  /// Gives the room back where the constructor throws; needs no catch, so that this compiles without
  /// exceptions.
  struct Room {
    ~Room() {
      if (room != nullptr) deallocOne(allocator, room);
    }
    A& allocator;
    T* room;
  } held{allocator, room};
  T* const object = std::construct_at(room, std::forward<Arguments>(arguments)...);
  held.room = nullptr;
  return object;
}

template <Allocator A, class T>
void destroyOne(A& allocator, T* object) noexcept {
  if (object == nullptr) return;
  std::destroy_at(object);
  deallocOne(allocator, object);
}

template <class T, Allocator A>
[[nodiscard]] T* allocArray(A& allocator, std::size_t count) noexcept {
  const auto layout = Layout::array<T>(count);
  if (!layout || count == 0) return nullptr;
  return static_cast<T*>(AllocatorTraits<A>::alloc(allocator, *layout));
}

template <Allocator A, class T>
[[nodiscard]] T* reallocArray(A& allocator, T* objects, std::size_t count, std::size_t newCount) noexcept {
  static_assert(std::is_trivially_copyable_v<T>, "heaptap: realloc moves bytes, and these objects are more");
  const auto layout = Layout::array<T>(newCount);
  if (!layout || newCount == 0) return nullptr;
  const Layout old = Layout::fromUnchecked(count * sizeof(T), alignof(T));
  return static_cast<T*>(AllocatorTraits<A>::realloc(allocator, objects, old, layout->size()));
}

template <Allocator A, class T>
void deallocArray(A& allocator, T* objects, std::size_t count) noexcept {
  AllocatorTraits<A>::dealloc(allocator, objects, Layout::fromUnchecked(count * sizeof(T), alignof(T)));
}

}  // namespace heaptap
