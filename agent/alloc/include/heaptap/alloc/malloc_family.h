// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc/agent.h>
#include <heaptap/alloc/entry_point.h>
#include <heaptap/alloc/global_allocator.h>
#include <heaptap/alloc/raw_system.h>

#include <bit>
#include <cerrno>

namespace heaptap::detail {

/// What the malloc family does, for the static object `Global`: the behaviour of glibc 2.36, with errno. All
/// blocks are aligned to 16 at least, and end by deallocUnsized.
template <auto& Global>
struct MallocFamily {
  using Shared = const std::remove_cvref_t<decltype(Global)>;
  using Origin = heaptap_origin;
  static constexpr std::size_t kAlign = __STDCPP_DEFAULT_NEW_ALIGNMENT__;
  static constexpr std::size_t kPage = 4096;

  static void* aligned(Origin origin, std::size_t align, std::size_t size) noexcept {
    const auto layout = Layout::from(size == 0 ? 1 : size, align < kAlign ? kAlign : align);
    return orNoMemory(layout ? allocAs<Shared>(Global, origin, *layout) : nullptr);
  }

  static void* zeroed(std::size_t count, std::size_t size) noexcept {
    std::size_t bytes = 0;
    if (__builtin_mul_overflow(count, size, &bytes)) return orNoMemory(nullptr);
    const auto layout = Layout::from(bytes == 0 ? 1 : bytes, kAlign);
    return orNoMemory(layout ? allocZeroedAs<Shared>(Global, HEAPTAP_ORIGIN_CALLOC, *layout) : nullptr);
  }

  static void end(Origin origin, void* block) noexcept {
    if (block == nullptr) return;
    const int before = errno;
    deallocUnsizedAs<Shared>(Global, origin, block);
    errno = before;
  }

  static void* resize(Origin origin, void* block, std::size_t size) noexcept {
    if (block == nullptr) return aligned(origin, kAlign, size);
    if (size == 0) {
      end(origin, block);
      return nullptr;
    }
    return orNoMemory(reallocUnsizedAs<Shared>(Global, origin, block, size));
  }

  static void* resizeArray(void* block, std::size_t count, std::size_t size) noexcept {
    std::size_t bytes = 0;
    return __builtin_mul_overflow(count, size, &bytes) ? orNoMemory(nullptr)
                                                       : resize(HEAPTAP_ORIGIN_REALLOCARRAY, block, bytes);
  }

  /// ISO C leaves other alignments open; here they are refused, as by later versions of glibc.
  static void* alignedExactly(std::size_t align, std::size_t size) noexcept {
    if (std::has_single_bit(align)) return aligned(HEAPTAP_ORIGIN_ALIGNED_ALLOC, align, size);
    errno = EINVAL;
    return nullptr;
  }

  static void* alignedUp(std::size_t align, std::size_t size) noexcept {
    return align > (SIZE_MAX / 2 + 1) ? orNoMemory(nullptr)
                                      : aligned(HEAPTAP_ORIGIN_MEMALIGN, std::bit_ceil(align), size);
  }

  static int alignedTo(void** result, std::size_t align, std::size_t size) noexcept {
    if (!std::has_single_bit(align) || align % sizeof(void*) != 0) return EINVAL;
    const int before = errno;
    void* const block = aligned(HEAPTAP_ORIGIN_POSIX_MEMALIGN, align, size);
    errno = before;
    if (block == nullptr) return ENOMEM;
    *result = block;
    return 0;
  }

  static void* wholePages(std::size_t size) noexcept {
    const std::size_t pages = (size + kPage - 1) / kPage;
    return size > SIZE_MAX - kPage
               ? orNoMemory(nullptr)
               : aligned(HEAPTAP_ORIGIN_PVALLOC, kPage, pages == 0 ? kPage : pages * kPage);
  }

  static std::size_t usableSize(void* block) noexcept {
    return block == nullptr ? 0 : AllocatorTraits<Shared>::usableSizeUnsized(Global, block);
  }

 private:
  static void* orNoMemory(void* block) noexcept {
    if (block == nullptr) errno = ENOMEM;
    return block;
  }
};

/// An allocator in malloc's place that reports itself is no loss.
template <class A>
void tellThatMallocReports() noexcept {
  if constexpr (KnowsEntryPoints<const A>) {
    if (const heaptap_agent* const agent = Agent::find()) agent->mallocReports();
  }
}

}  // namespace heaptap::detail

#if HEAPTAP_SANITIZED
#define HEAPTAP_ROUTE_MALLOC(NAME) \
  static_assert(::heaptap::detail::MallocAllocatorType<std::remove_cvref_t<decltype(NAME)>>::kIsValid)
#else

#define HEAPTAP_MALLOC(NAME, RESULT, FUNCTION, CALL, ...)                                   \
  extern "C" __attribute__((visibility("default"))) RESULT FUNCTION(__VA_ARGS__) noexcept { \
    return ::heaptap::detail::MallocFamily<NAME>::CALL;                                     \
  }

/// Puts the global allocator NAME, which was defined before in the same file, into the place of malloc and
/// its family in the whole process. Of that allocator's parts, RawSystem must be the one that asks libc. Only
/// a program can do that, not a static one; a library's would come too late.
#define HEAPTAP_ROUTE_MALLOC(NAME)                                                                         \
  static_assert(::heaptap::detail::MallocAllocatorType<std::remove_cvref_t<decltype(NAME)>>::kIsValid);    \
  /* `heaptap run` looks at this section before it warns of a malloc that it would not see. */             \
  __attribute__((used, section("heaptap_malloc"))) static const char heaptap_malloc_reports_##NAME =       \
      ::heaptap::detail::KnowsEntryPoints<const std::remove_cvref_t<decltype(NAME)>> ? 1 : 0;              \
  __attribute__((constructor)) static void heaptap_tell_##NAME() {                                         \
    ::heaptap::detail::tellThatMallocReports<std::remove_cvref_t<decltype(NAME)>>();                       \
  }                                                                                                        \
  HEAPTAP_MALLOC(NAME, void*, malloc, aligned(HEAPTAP_ORIGIN_MALLOC, 16, n), std::size_t n)                \
  HEAPTAP_MALLOC(NAME, void*, calloc, zeroed(count, n), std::size_t count, std::size_t n)                  \
  HEAPTAP_MALLOC(NAME, void*, realloc, resize(HEAPTAP_ORIGIN_REALLOC, p, n), void* p, std::size_t n)       \
  HEAPTAP_MALLOC(NAME, void*, reallocarray, resizeArray(p, count, n), void* p, std::size_t count,          \
                 std::size_t n)                                                                            \
  HEAPTAP_MALLOC(NAME, void, free, end(HEAPTAP_ORIGIN_FREE, p), void* p)                                   \
  HEAPTAP_MALLOC(NAME, void, free_sized, end(HEAPTAP_ORIGIN_FREE, p), void* p, std::size_t)                \
  HEAPTAP_MALLOC(NAME, void, free_aligned_sized, end(HEAPTAP_ORIGIN_FREE, p), void* p, std::size_t,        \
                 std::size_t)                                                                              \
  HEAPTAP_MALLOC(NAME, void*, aligned_alloc, alignedExactly(align, n), std::size_t align, std::size_t n)   \
  HEAPTAP_MALLOC(NAME, void*, memalign, alignedUp(align, n), std::size_t align, std::size_t n)             \
  HEAPTAP_MALLOC(NAME, int, posix_memalign, alignedTo(result, align, n), void** result, std::size_t align, \
                 std::size_t n)                                                                            \
  HEAPTAP_MALLOC(NAME, void*, valloc, aligned(HEAPTAP_ORIGIN_VALLOC, 4096, n), std::size_t n)              \
  HEAPTAP_MALLOC(NAME, void*, pvalloc, wholePages(n), std::size_t n)                                       \
  HEAPTAP_MALLOC(NAME, std::size_t, malloc_usable_size, usableSize(p), void* p)                            \
  static_assert(true)
#endif
