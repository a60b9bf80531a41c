// SPDX-License-Identifier: Apache-2.0
//
// The malloc family as the program sees it. Every function calls the real one with unchanged arguments and
// returns its result; recording never changes what the program observes, errno included.
#include <errno.h>

#include <cstddef>
#include <cstdint>

#include "agent/include/heaptap/abi.h"
#include "agent/interpose/libc_errno.h"
#include "agent/interpose/real_allocator.h"

#define HEAPTAP_INTERPOSED extern "C" __attribute__((visibility("default")))

namespace {

using heaptap::interpose::isShut;
using heaptap::interpose::realAllocator;
using heaptap::interpose::realFree;
using heaptap::interpose::realMalloc;
using heaptap::interpose::setErrno;

// Inlined, as all that takes the call site: it is that of the entry point.
[[gnu::always_inline]] inline void* report(void* block, std::size_t size, std::size_t align,
                                           heaptap_origin origin) {
  const heaptap_call_site from = heaptap_caller();
  const heaptap_allocation allocation{block, size, align, origin, realAllocator().usableSize};
  heaptap_on_alloc(&allocation, &from);
  return block;
}

// Is there nothing to report?
[[gnu::always_inline]] inline bool isDone(const void* block, std::size_t size) {
  return block == nullptr || heaptap_is_unsampled_alloc(size) != 0 || isShut();
}
[[gnu::always_inline]] inline bool isFreeDone(const void* block) {
  return block == nullptr || heaptap_is_unsampled_free(block) != 0 || isShut();
}

[[gnu::always_inline]] inline void* reported(void* block, std::size_t size, std::size_t align,
                                             heaptap_origin origin) {
  return isDone(block, size) ? block : report(block, size, align, origin);
}

// The other way: entry points jump here as the last thing that they do, so that the caller is theirs. They
// need no frame of their own then, which is most of what a counted allocation would cost.
[[gnu::noinline]] void* reportInPlace(void* block, std::size_t size, heaptap_origin origin) {
  return report(block, size, 0, origin);
}
[[gnu::noinline]] void freeInPlace(void* block) {
  const heaptap_call_site from = heaptap_caller();
  // First: after the real free another thread may own the address.
  heaptap_on_dealloc(block, 0, 0, HEAPTAP_ORIGIN_FREE, &from);
  realFree(block);
}

// Calls one of the real functions that may be made of others: those report nothing meanwhile, as the caller
// does.
template <class Call>
[[gnu::always_inline]] inline auto answeringFor(Call&& call) {
  const heaptap_layer* const layer = realAllocator().layer;
  if (layer == nullptr || isShut()) return call();
  const heaptap_call_site from = heaptap_caller();
  if (heaptap_enter_layer(layer, &from) == 0) return call();
  const auto result = call();
  heaptap_leave_layer();
  return result;
}

// By a jump as well.
[[gnu::noinline]] void* callocInLayer(std::size_t count, std::size_t size) {
  void* const block = answeringFor([&] { return realAllocator().calloc(count, size); });
  return reported(block, count * size, 0, HEAPTAP_ORIGIN_CALLOC);
}

void* outOfMemory() {
  setErrno(ENOMEM);
  return nullptr;
}

[[gnu::always_inline]] inline void* reallocReported(void* old, std::size_t size, heaptap_origin origin) {
  const auto real = realAllocator().realloc;
  if (old == nullptr) return reported(answeringFor([&] { return real(nullptr, size); }), size, 0, origin);
  if (size != 0 && heaptap_is_unsampled_realloc(old) != 0) {
    void* const now = answeringFor([&] { return real(old, size); });
    if (now != nullptr) heaptap_freed_unsampled();
    return reported(now, size, 0, origin);
  }
  if (isShut()) return real(old, size);
  const heaptap_call_site from = heaptap_caller();
  if (size == 0) {
    // glibc frees and returns null; an allocator that returns a minimal block instead has made a new one.
    heaptap_on_dealloc(old, 0, 0, origin, &from);
    return reported(answeringFor([&] { return real(old, 0); }), 0, 0, origin);
  }
  const std::uint64_t token = heaptap_on_realloc_begin(old, 0, 0, origin, &from);
  void* now = answeringFor([&] { return real(old, size); });
  const heaptap_allocation allocation{now, size, 0, origin, realAllocator().usableSize};
  heaptap_on_realloc_end(token, old, &allocation, &from);
  return now;
}

[[gnu::always_inline]] inline void reportFree(void* block, std::size_t size, heaptap_origin origin) {
  if (isFreeDone(block)) return;
  const heaptap_call_site from = heaptap_caller();
  heaptap_on_dealloc(block, size, 0, origin, &from);
}

}  // namespace

HEAPTAP_INTERPOSED void* malloc(std::size_t size) {
  void* const block = realMalloc(size);
  return isDone(block, size) ? block : reportInPlace(block, size, HEAPTAP_ORIGIN_MALLOC);
}

HEAPTAP_INTERPOSED void* calloc(std::size_t count, std::size_t size) {
  // The product cannot overflow when the call succeeded.
  if (realAllocator().layer != nullptr) return callocInLayer(count, size);
  void* const block = realAllocator().calloc(count, size);
  return isDone(block, count * size) ? block : reportInPlace(block, count * size, HEAPTAP_ORIGIN_CALLOC);
}

HEAPTAP_INTERPOSED void* realloc(void* old, std::size_t size) {
  return reallocReported(old, size, HEAPTAP_ORIGIN_REALLOC);
}

HEAPTAP_INTERPOSED void* reallocarray(void* old, std::size_t count, std::size_t size) {
  std::size_t bytes = 0;
  if (__builtin_mul_overflow(count, size, &bytes)) return outOfMemory();
  return reallocReported(old, bytes, HEAPTAP_ORIGIN_REALLOCARRAY);
}

HEAPTAP_INTERPOSED void free(void* block) {
  if (isFreeDone(block)) return realFree(block);
  freeInPlace(block);
}

// C23's: not yet in every libc, where free does the same.
HEAPTAP_INTERPOSED void free_sized(void* block, std::size_t size) {
  reportFree(block, size, HEAPTAP_ORIGIN_FREE_SIZED);
  const auto real = realAllocator().freeSized;
  if (real == nullptr) return realFree(block);
  real(block, size);
}

HEAPTAP_INTERPOSED void free_aligned_sized(void* block, std::size_t align, std::size_t size) {
  reportFree(block, size, HEAPTAP_ORIGIN_FREE_ALIGNED_SIZED);
  const auto real = realAllocator().freeAlignedSized;
  if (real == nullptr) return realFree(block);
  real(block, align, size);
}

HEAPTAP_INTERPOSED void* aligned_alloc(std::size_t align, std::size_t size) {
  const auto real = realAllocator().alignedAlloc;
  if (real == nullptr) return outOfMemory();
  return reported(answeringFor([&] { return real(align, size); }), size, align, HEAPTAP_ORIGIN_ALIGNED_ALLOC);
}

HEAPTAP_INTERPOSED void* memalign(std::size_t align, std::size_t size) {
  const auto real = realAllocator().memalign;
  if (real == nullptr) return outOfMemory();
  return reported(answeringFor([&] { return real(align, size); }), size, align, HEAPTAP_ORIGIN_MEMALIGN);
}

HEAPTAP_INTERPOSED int posix_memalign(void** block, std::size_t align, std::size_t size) {
  const auto real = realAllocator().posixMemalign;
  if (real == nullptr) return ENOMEM;
  const int result = answeringFor([&] { return real(block, align, size); });
  if (result == 0) reported(*block, size, align, HEAPTAP_ORIGIN_POSIX_MEMALIGN);
  return result;
}

HEAPTAP_INTERPOSED void* valloc(std::size_t size) {
  const auto real = realAllocator().valloc;
  if (real == nullptr) return outOfMemory();
  return reported(answeringFor([&] { return real(size); }), size, 4096, HEAPTAP_ORIGIN_VALLOC);
}

HEAPTAP_INTERPOSED void* pvalloc(std::size_t size) {
  const auto real = realAllocator().pvalloc;
  if (real == nullptr) return outOfMemory();
  return reported(answeringFor([&] { return real(size); }), size, 4096, HEAPTAP_ORIGIN_PVALLOC);
}
