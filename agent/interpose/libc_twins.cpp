// SPDX-License-Identifier: Apache-2.0
//
// libc's allocator by its other names, which glibc exports and wrappers of malloc call; tcmalloc and mimalloc
// define some of them, too. Blocks that come from here go to free, and the other way round.
//
// A program's own malloc, in front of heaptap's, that is made of these is recorded here. An allocator behind
// heaptap's is called by it: what that asks for by these names has been reported already.
#include <atomic>
#include <cstddef>

#include "agent/include/heaptap/abi.h"
#include "agent/interpose/real_allocator.h"
#include "agent/interpose/reports.h"
#include "agent/interpose/unrelocated.h"

#define HEAPTAP_INTERPOSED extern "C" __attribute__((visibility("default")))

namespace {

using namespace heaptap::interpose;

/// The next definition of such a name, or else malloc's.
template <class Function>
class Twin {
 public:
  constexpr Twin(const char* name, Function RealAllocator::*malloc) : m_name(name), m_malloc(malloc) {}

  Function get() {
    Function known = m_known.load(std::memory_order_acquire);
    if (known != nullptr) return known;
    known = reinterpret_cast<Function>(heaptap_next_symbol(m_name, &g_real));
    if (known == nullptr) known = realAllocator().*m_malloc;
    m_known.store(known, std::memory_order_release);
    return known;
  }

 private:
  const char* m_name;
  Function RealAllocator::*m_malloc;
  std::atomic<Function> m_known{nullptr};
};
template <class Function>
Twin(const char*, Function RealAllocator::*) -> Twin<Function>;

constinit Twin g_malloc{"__libc_malloc", &RealAllocator::malloc};
constinit Twin g_calloc{"__libc_calloc", &RealAllocator::calloc};
constinit Twin g_realloc{"__libc_realloc", &RealAllocator::realloc};
constinit Twin g_memalign{"__libc_memalign", &RealAllocator::memalign};
constinit Twin g_valloc{"__libc_valloc", &RealAllocator::valloc};
constinit Twin g_pvalloc{"__libc_pvalloc", &RealAllocator::pvalloc};
constinit Twin g_posixMemalign{"__posix_memalign", &RealAllocator::posixMemalign};
constinit Twin g_free{"__libc_free", &RealAllocator::free};
constinit Twin g_cfree{"cfree", &RealAllocator::free};
constinit Twin g_libcCfree{"__libc_cfree", &RealAllocator::free};

// Of who defines the twins: libc, or the allocator in its place.
UsableSize usableSizeOfTwins() {
  static constinit std::atomic<UsableSize> known{nullptr};
  UsableSize usable = known.load(std::memory_order_acquire);
  if (usable != nullptr) return usable;
  const auto code = [](const void* address) { return heaptap_code_at(address).start; };
  const auto allocator = code(reinterpret_cast<const void*>(g_malloc.get()));
  void* found = heaptap_libc_symbol("malloc_usable_size");
  if (code(found) != allocator) found = heaptap_next_symbol("malloc_usable_size", &g_real);
  if (code(found) != allocator) return nullptr;
  usable = reinterpret_cast<UsableSize>(found);
  known.store(usable, std::memory_order_release);
  return usable;
}

// Inlined: the caller is the entry point's.
[[gnu::always_inline]] inline bool isReported() { return isInAllocators(__builtin_return_address(0)); }

[[gnu::always_inline]] inline void* allocated(void* block, std::size_t size, std::size_t align,
                                              heaptap_origin origin) {
  return isReported() ? block : reported<usableSizeOfTwins>(block, size, align, origin);
}

[[gnu::always_inline]] inline void* reallocated(void* old, std::size_t size, heaptap_origin origin) {
  if (!isRelocated()) return reallocUnrelocated(old, size, __builtin_return_address(0));
  const auto real = g_realloc.get();
  return isReported() ? real(old, size) : reallocReported<usableSizeOfTwins>(real, old, size, origin);
}

template <class Real>
[[gnu::always_inline]] inline void freed(void* block, Real& twin) {
  if (!isRelocated()) return freeUnrelocated(block);
  const auto real = twin.get();
  if (!isReported()) reportFree(block, 0, HEAPTAP_ORIGIN_FREE);
  real(block);
  staysInFrame();
}

}  // namespace

// NOLINTBEGIN(bugprone-reserved-identifier, readability-identifier-naming): the names are libc's.
HEAPTAP_INTERPOSED void* __libc_malloc(std::size_t size) {
  if (!isRelocated()) return mallocUnrelocated(size, __builtin_return_address(0));
  const auto real = g_malloc.get();
  return allocated(answeringFor([&] { return real(size); }), size, 0, HEAPTAP_ORIGIN_MALLOC);
}

HEAPTAP_INTERPOSED void* __libc_calloc(std::size_t count, std::size_t size) {
  if (!isRelocated()) return callocUnrelocated(count, size, __builtin_return_address(0));
  const auto real = g_calloc.get();
  // The product cannot overflow when the call succeeded.
  return allocated(answeringFor([&] { return real(count, size); }), count * size, 0, HEAPTAP_ORIGIN_CALLOC);
}

HEAPTAP_INTERPOSED void* __libc_realloc(void* old, std::size_t size) {
  return reallocated(old, size, HEAPTAP_ORIGIN_REALLOC);
}

HEAPTAP_INTERPOSED void* __libc_reallocarray(void* old, std::size_t count, std::size_t size) {
  std::size_t bytes = 0;
  if (__builtin_mul_overflow(count, size, &bytes)) return outOfMemory();
  return reallocated(old, bytes, HEAPTAP_ORIGIN_REALLOCARRAY);
}

HEAPTAP_INTERPOSED void* __libc_memalign(std::size_t align, std::size_t size) {
  if (!isRelocated()) return alignedUnrelocated(align, size, __builtin_return_address(0));
  const auto real = g_memalign.get();
  if (real == nullptr) return outOfMemory();
  return allocated(answeringFor([&] { return real(align, size); }), size, align, HEAPTAP_ORIGIN_MEMALIGN);
}

HEAPTAP_INTERPOSED int __posix_memalign(void** block, std::size_t align, std::size_t size) {
  const auto real = g_posixMemalign.get();
  if (real == nullptr) return ENOMEM;
  const int result = answeringFor([&] { return real(block, align, size); });
  if (result == 0) allocated(*block, size, align, HEAPTAP_ORIGIN_POSIX_MEMALIGN);
  return result;
}

HEAPTAP_INTERPOSED void* __libc_valloc(std::size_t size) {
  const auto real = g_valloc.get();
  if (real == nullptr) return outOfMemory();
  return allocated(answeringFor([&] { return real(size); }), size, kPage, HEAPTAP_ORIGIN_VALLOC);
}

HEAPTAP_INTERPOSED void* __libc_pvalloc(std::size_t size) {
  const auto real = g_pvalloc.get();
  if (real == nullptr) return outOfMemory();
  return allocated(answeringFor([&] { return real(size); }), size, kPage, HEAPTAP_ORIGIN_PVALLOC);
}

HEAPTAP_INTERPOSED void __libc_free(void* block) { freed(block, g_free); }
HEAPTAP_INTERPOSED void __libc_cfree(void* block) { freed(block, g_libcCfree); }
// Of programs that were linked before glibc 2.26.
HEAPTAP_INTERPOSED void cfree(void* block) { freed(block, g_cfree); }
// NOLINTEND(bugprone-reserved-identifier, readability-identifier-naming)
