// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc/alloc_error.h>
#include <heaptap/alloc/allocator_traits.h>

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
  using Traits = AllocatorTraits<const std::remove_cvref_t<decltype(Global)>>;

  static void* make(std::size_t size) { return make(Request(size)); }
  static void* make(std::size_t size, std::align_val_t align) { return make(Request(size, align)); }
  static void* makeOrNull(std::size_t size) noexcept { return makeOrNull(Request(size)); }
  static void* makeOrNull(std::size_t size, std::align_val_t align) noexcept {
    return makeOrNull(Request(size, align));
  }

  static void end(void* block) noexcept {
    if (block != nullptr) Traits::deallocUnsized(Global, block);
  }
  static void end(void* block, std::size_t size) noexcept { end(block, Request(size)); }
  static void end(void* block, std::size_t size, std::align_val_t align) noexcept {
    end(block, Request(size, align));
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

  static void* tryOnce(Request request) noexcept {
    const auto layout = Layout::from(request.size, request.align);
    return layout ? Traits::alloc(Global, *layout) : nullptr;
  }

  static void* make(Request request) {
    for (;;) {
      if (void* const block = tryOnce(request)) return block;
      const std::new_handler handler = std::get_new_handler();
      if (handler == nullptr || !std::has_single_bit(request.align)) outOfMemory(request);
      handler();
    }
  }

  static void* makeOrNull(Request request) noexcept {
#if defined(__cpp_exceptions)
    try {
      return make(request);
    } catch (...) {
      return nullptr;
    }
#else
    return tryOnce(request);
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

  static void end(void* block, Request request) noexcept {
    if (block != nullptr) Traits::dealloc(Global, block, Layout::fromUnchecked(request.size, request.align));
  }
};

}  // namespace heaptap::detail

// The default visibility: all of a process share one set of operators.
// clang-format off
#define HEAPTAP_NEW(NAME, OPERATOR, CALL, ...)                              \
  __attribute__((visibility("default"))) void* operator OPERATOR(__VA_ARGS__) { \
    return ::heaptap::detail::Operators<NAME>::CALL;                        \
  }
#define HEAPTAP_NEW_NOTHROW(NAME, OPERATOR, CALL, ...)                      \
  __attribute__((visibility("default"))) void* operator OPERATOR(__VA_ARGS__) noexcept { \
    return ::heaptap::detail::Operators<NAME>::CALL;                        \
  }
#define HEAPTAP_DELETE(NAME, OPERATOR, CALL, ...)                           \
  __attribute__((visibility("default"))) void operator OPERATOR(__VA_ARGS__) noexcept { \
    ::heaptap::detail::Operators<NAME>::CALL;                               \
  }

/// Defines the twenty replaceable operators new and delete, for the static object NAME, in the file where it stands.
#define HEAPTAP_DEFINE_OPERATORS(NAME) \
  HEAPTAP_NEW(NAME, new, make(n), std::size_t n)                                                               \
  HEAPTAP_NEW(NAME, new, make(n, a), std::size_t n, std::align_val_t a)                                        \
  HEAPTAP_NEW_NOTHROW(NAME, new, makeOrNull(n), std::size_t n, const std::nothrow_t&)                          \
  HEAPTAP_NEW_NOTHROW(NAME, new, makeOrNull(n, a), std::size_t n, std::align_val_t a, const std::nothrow_t&)   \
  HEAPTAP_NEW(NAME, new[], make(n), std::size_t n)                                                             \
  HEAPTAP_NEW(NAME, new[], make(n, a), std::size_t n, std::align_val_t a)                                      \
  HEAPTAP_NEW_NOTHROW(NAME, new[], makeOrNull(n), std::size_t n, const std::nothrow_t&)                        \
  HEAPTAP_NEW_NOTHROW(NAME, new[], makeOrNull(n, a), std::size_t n, std::align_val_t a, const std::nothrow_t&) \
  HEAPTAP_DELETE(NAME, delete, end(p), void* p)                                                                \
  HEAPTAP_DELETE(NAME, delete, end(p, n), void* p, std::size_t n)                                              \
  HEAPTAP_DELETE(NAME, delete, end(p), void* p, std::align_val_t)                                              \
  HEAPTAP_DELETE(NAME, delete, end(p, n, a), void* p, std::size_t n, std::align_val_t a)                       \
  HEAPTAP_DELETE(NAME, delete, end(p), void* p, const std::nothrow_t&)                                         \
  HEAPTAP_DELETE(NAME, delete, end(p), void* p, std::align_val_t, const std::nothrow_t&)                       \
  HEAPTAP_DELETE(NAME, delete[], end(p), void* p)                                                              \
  HEAPTAP_DELETE(NAME, delete[], end(p, n), void* p, std::size_t n)                                            \
  HEAPTAP_DELETE(NAME, delete[], end(p), void* p, std::align_val_t)                                            \
  HEAPTAP_DELETE(NAME, delete[], end(p, n, a), void* p, std::size_t n, std::align_val_t a)                     \
  HEAPTAP_DELETE(NAME, delete[], end(p), void* p, const std::nothrow_t&)                                       \
  HEAPTAP_DELETE(NAME, delete[], end(p), void* p, std::align_val_t, const std::nothrow_t&)
// clang-format on
