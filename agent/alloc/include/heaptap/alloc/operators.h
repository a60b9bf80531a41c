// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc/alloc_error.h>
#include <heaptap/alloc/allocator_traits.h>
#include <heaptap/alloc/entry_point.h>

#include <bit>
#include <new>

namespace heaptap::detail {

/// What operators new and delete do, for the static object `Global`: [new.delete].
///
/// | operator          | does                                                                            |
/// |-------------------|---------------------------------------------------------------------------------|
/// | new(n)            | alloc({n, Layout::naturalAlign(n)}); n is at least 1                            |
/// | new(n, a)         | alloc({n, a})                                                                   |
/// | … out of memory   | calls the new handler, and tries again; without one throws std::bad_alloc       |
/// | … nothrow         | the same, but nullptr for all that is thrown                                    |
/// | delete(p, n …)    | dealloc, with the layout that new had                                           |
/// | delete(p …)       | deallocUnsized                                                                  |
///
/// A size over PTRDIFF_MAX is out of memory; an alignment that is no power of two, std::bad_alloc at once.
template <auto& Global>
struct Operators {
  using Shared = const std::remove_cvref_t<decltype(Global)>;
  using Origin = heaptap_origin;

  static void* make(Origin origin, std::size_t size) { return make(origin, Request(size)); }
  static void* make(Origin origin, std::size_t size, std::align_val_t align) {
    return make(origin, Request(size, align));
  }
  static void* makeOrNull(Origin origin, std::size_t size) noexcept {
    return makeOrNull(origin, Request(size));
  }
  static void* makeOrNull(Origin origin, std::size_t size, std::align_val_t align) noexcept {
    return makeOrNull(origin, Request(size, align));
  }

  static void end(Origin origin, void* block) noexcept {
    if (block != nullptr) deallocUnsizedAs<Shared>(Global, origin, block);
  }
  static void end(Origin origin, void* block, std::size_t size) noexcept {
    end(origin, block, Request(size));
  }
  static void end(Origin origin, void* block, std::size_t size, std::align_val_t align) noexcept {
    end(origin, block, Request(size, align));
  }

 private:
  struct Request {
    explicit Request(std::size_t bytes) noexcept
        : size(bytes == 0 ? 1 : bytes), align(Layout::naturalAlign(size)) {}
    Request(std::size_t bytes, std::align_val_t boundary) noexcept
        : size(bytes == 0 ? 1 : bytes), align(static_cast<std::size_t>(boundary)) {}
    std::size_t size;
    std::size_t align;
  };

  static void* tryOnce(Origin origin, Request request) noexcept {
    const auto layout = Layout::from(request.size, request.align);
    return layout ? allocAs<Shared>(Global, origin, *layout) : nullptr;
  }

  static void* make(Origin origin, Request request) {
    for (;;) {
      if (void* const block = tryOnce(origin, request)) return block;
      const std::new_handler handler = std::get_new_handler();
      if (handler == nullptr || !std::has_single_bit(request.align)) outOfMemory(request);
      handler();
    }
  }

  static void* makeOrNull(Origin origin, Request request) noexcept {
#if defined(__cpp_exceptions)
    try {
      return make(origin, request);
    } catch (...) {
      return nullptr;
    }
#else
    return tryOnce(origin, request);
#endif
  }

  [[noreturn]] static void outOfMemory(Request request) {
#if defined(__cpp_exceptions)
    static_cast<void>(request);
    throw std::bad_alloc();
#else
    handleAllocError(Layout::from(request.size, request.align).value_or(Layout::of<char>()));
#endif
  }

  static void end(Origin origin, void* block, Request request) noexcept {
    if (block == nullptr) return;
    deallocAs<Shared>(Global, origin, block, Layout::fromUnchecked(request.size, request.align));
  }
};

}  // namespace heaptap::detail

// The default visibility: all of a process share one set of operators.
// clang-format off
// NOLINTBEGIN(bugprone-macro-parentheses): declarations.
#define HEAPTAP_NEW(NAME, OPERATOR, CALL, ORIGIN, ...)                                   \
  __attribute__((visibility("default"))) void* operator OPERATOR {                       \
    return ::heaptap::detail::Operators<NAME>::CALL(HEAPTAP_ORIGIN_##ORIGIN, __VA_ARGS__); \
  }
#define HEAPTAP_DELETE(NAME, OPERATOR, ORIGIN, ...)                                      \
  __attribute__((visibility("default"))) void operator OPERATOR noexcept {               \
    ::heaptap::detail::Operators<NAME>::end(HEAPTAP_ORIGIN_##ORIGIN, __VA_ARGS__);       \
  }

/// Defines the twenty replaceable operators new and delete, for the static object NAME, in the file where it stands.
#define HEAPTAP_DEFINE_OPERATORS(NAME) \
  HEAPTAP_NEW(NAME, new(std::size_t n), make, OPERATOR_NEW, n)                                                                              \
  HEAPTAP_NEW(NAME, new(std::size_t n, std::align_val_t a), make, NEW_ALIGNED, n, a)                                                        \
  HEAPTAP_NEW(NAME, new(std::size_t n, const std::nothrow_t&) noexcept, makeOrNull, NEW_NOTHROW, n)                                         \
  HEAPTAP_NEW(NAME, new(std::size_t n, std::align_val_t a, const std::nothrow_t&) noexcept, makeOrNull, NEW_ALIGNED_NOTHROW, n, a)          \
  HEAPTAP_NEW(NAME, new[](std::size_t n), make, NEW_ARRAY, n)                                                                               \
  HEAPTAP_NEW(NAME, new[](std::size_t n, std::align_val_t a), make, NEW_ARRAY_ALIGNED, n, a)                                                \
  HEAPTAP_NEW(NAME, new[](std::size_t n, const std::nothrow_t&) noexcept, makeOrNull, NEW_ARRAY_NOTHROW, n)                                 \
  HEAPTAP_NEW(NAME, new[](std::size_t n, std::align_val_t a, const std::nothrow_t&) noexcept, makeOrNull, NEW_ARRAY_ALIGNED_NOTHROW, n, a)  \
  HEAPTAP_DELETE(NAME, delete(void* p), OPERATOR_DELETE, p)                                                                                 \
  HEAPTAP_DELETE(NAME, delete(void* p, std::size_t n), DELETE_SIZED, p, n)                                                                  \
  HEAPTAP_DELETE(NAME, delete(void* p, std::align_val_t), DELETE_ALIGNED, p)                                                                \
  HEAPTAP_DELETE(NAME, delete(void* p, std::size_t n, std::align_val_t a), DELETE_SIZED_ALIGNED, p, n, a)                                   \
  HEAPTAP_DELETE(NAME, delete(void* p, const std::nothrow_t&), DELETE_NOTHROW, p)                                                           \
  HEAPTAP_DELETE(NAME, delete(void* p, std::align_val_t, const std::nothrow_t&), DELETE_ALIGNED_NOTHROW, p)                                 \
  HEAPTAP_DELETE(NAME, delete[](void* p), DELETE_ARRAY, p)                                                                                  \
  HEAPTAP_DELETE(NAME, delete[](void* p, std::size_t n), DELETE_ARRAY_SIZED, p, n)                                                          \
  HEAPTAP_DELETE(NAME, delete[](void* p, std::align_val_t), DELETE_ARRAY_ALIGNED, p)                                                        \
  HEAPTAP_DELETE(NAME, delete[](void* p, std::size_t n, std::align_val_t a), DELETE_ARRAY_SIZED_ALIGNED, p, n, a)                           \
  HEAPTAP_DELETE(NAME, delete[](void* p, const std::nothrow_t&), DELETE_ARRAY_NOTHROW, p)                                                   \
  HEAPTAP_DELETE(NAME, delete[](void* p, std::align_val_t, const std::nothrow_t&), DELETE_ARRAY_ALIGNED_NOTHROW, p)
// NOLINTEND(bugprone-macro-parentheses)
// clang-format on
