// SPDX-License-Identifier: Apache-2.0
//
// The malloc family as the program sees it. Every function calls the real one with unchanged arguments and
// returns its result; recording never changes what the program observes, errno included.
#include <errno.h>

#include <cstddef>

#include "agent/include/heaptap/abi.h"
#include "agent/interpose/real_allocator.h"
#include "agent/interpose/reports.h"
#include "agent/interpose/unrelocated.h"

#define HEAPTAP_INTERPOSED extern "C" __attribute__((visibility("default")))

namespace {

using namespace heaptap::interpose;

// Some entry points jump to one of these as the last thing that they do, so that the caller is theirs. They
// need no frame of their own then, which is most of what a counted allocation would cost.
[[gnu::noinline]] void* reportInPlace(void* block, std::size_t size, heaptap_origin origin) {
  return report(block, size, 0, origin);
}
[[gnu::noinline]] void freeInPlace(void* block) {
  const heaptap_call_site from = heaptap_caller();
  // First: after the real free another thread may own the address.
  heaptap_on_dealloc(block, 0, 0, HEAPTAP_ORIGIN_FREE, &from);
  g_real.free(block);
}

// For each thread the loader allocates a vector (dtv) with a place for each object that has thread-local
// variables, some to spare, and two places before them (glibc elf/dl-tls.c, allocate_dtv). One place is that
// of libheaptap.so.1, and not the program's.
constexpr std::size_t kVectorPlaceBytes = 16;
constexpr std::size_t kShortestVector = 1 + 14 + 2;

std::size_t usableSizeOfVector(void* block) { return realAllocator().usableSize(block) - kVectorPlaceBytes; }
UsableSize usableSizeOfVectors() {
  return realAllocator().usableSize != nullptr ? usableSizeOfVector : nullptr;
}

bool makesVector(std::size_t count, std::size_t size, const void* caller) {
  return size == kVectorPlaceBytes && count >= kShortestVector && heaptap_is_loader(caller) != 0;
}

[[gnu::noinline]] void* callocInLayer(std::size_t count, std::size_t size) {
  void* const block = answeringFor([&] { return realAllocator().calloc(count, size); });
  if (makesVector(count, size, __builtin_return_address(0)))
    return reported<usableSizeOfVectors>(block, count * size - kVectorPlaceBytes, 0, HEAPTAP_ORIGIN_CALLOC);
  return reported(block, count * size, 0, HEAPTAP_ORIGIN_CALLOC);
}

[[gnu::noinline]] void* reportVectorInPlace(void* block, std::size_t size) {
  return report<usableSizeOfVectors>(block, size, 0, HEAPTAP_ORIGIN_CALLOC);
}

// Is this the calling thread's own, which the loader enlarges (_dl_resize_dtv)? The thread's control block
// has its address in the second word, that of its second place (tcbhead_t).
bool isVector([[maybe_unused]] const void* block) {
#if defined(__x86_64__)
  const char* vector = nullptr;
  asm("mov %%fs:8, %0" : "=r"(vector));
  return block == vector - kVectorPlaceBytes;
#else
  return false;
#endif
}

[[gnu::noinline]] void* reallocVectorInPlace(void* old, std::size_t size) {
  return reallocReported<usableSizeOfVectors>(realAllocator().realloc, old, size, HEAPTAP_ORIGIN_REALLOC,
                                              kVectorPlaceBytes);
}

// Of calls that are recorded, in an entry point or in what it jumps to.

[[gnu::always_inline]] inline void* mallocRecorded(std::size_t size) {
  void* const block = g_real.malloc(size);
  return settleAllocation(block, size) ? block : reportInPlace(block, size, HEAPTAP_ORIGIN_MALLOC);
}

[[gnu::always_inline]] inline void* callocRecorded(std::size_t count, std::size_t size) {
  // The product cannot overflow when the call succeeded.
  if (g_real.layer != nullptr) return callocInLayer(count, size);
  void* const block = g_real.calloc(count, size);
  const std::size_t bytes = count * size;
  if (makesVector(count, size, __builtin_return_address(0))) {
    const std::size_t theirs = bytes - kVectorPlaceBytes;
    return settleAllocation(block, theirs) ? block : reportVectorInPlace(block, theirs);
  }
  return settleAllocation(block, bytes) ? block : reportInPlace(block, bytes, HEAPTAP_ORIGIN_CALLOC);
}

// The first calls: the real allocator is to be found, if this library is relocated.

[[gnu::noinline]] void* mallocUnsettled(std::size_t size) {
  if (!isRelocated()) return mallocUnrelocated(size, __builtin_return_address(0));
  realAllocator();
  return mallocRecorded(size);
}

[[gnu::noinline]] void* callocUnsettled(std::size_t count, std::size_t size) {
  if (!isRelocated()) return callocUnrelocated(count, size, __builtin_return_address(0));
  realAllocator();
  return callocRecorded(count, size);
}

[[gnu::noinline]] void freeUnsettled(void* block) {
  if (!isRelocated()) return freeUnrelocated(block);
  realAllocator();
  if (settleFree(block)) return g_real.free(block);
  freeInPlace(block);
}

}  // namespace

HEAPTAP_INTERPOSED void* malloc(std::size_t size) {
  const Way way = wayOfCalls();
  if (way == Way::Straight) return g_real.malloc(size);
  if (way == Way::Unsettled) return mallocUnsettled(size);
  return mallocRecorded(size);
}

HEAPTAP_INTERPOSED void* calloc(std::size_t count, std::size_t size) {
  const Way way = wayOfCalls();
  if (way == Way::Straight) return g_real.calloc(count, size);
  if (way == Way::Unsettled) return callocUnsettled(count, size);
  return callocRecorded(count, size);
}

HEAPTAP_INTERPOSED void* realloc(void* old, std::size_t size) {
  const Way way = wayOfCalls();
  if (way == Way::Straight) return g_real.realloc(old, size);
  if (way == Way::Unsettled && !isRelocated())
    return reallocUnrelocated(old, size, __builtin_return_address(0));
  if (isVector(old)) return reallocVectorInPlace(old, size);
  return reallocReported(realAllocator().realloc, old, size, HEAPTAP_ORIGIN_REALLOC);
}

HEAPTAP_INTERPOSED void* reallocarray(void* old, std::size_t count, std::size_t size) {
  std::size_t bytes = 0;
  if (__builtin_mul_overflow(count, size, &bytes)) return outOfMemory();
  if (!isRelocated()) return reallocUnrelocated(old, bytes, __builtin_return_address(0));
  return reallocReported(realAllocator().realloc, old, bytes, HEAPTAP_ORIGIN_REALLOCARRAY);
}

HEAPTAP_INTERPOSED void free(void* block) {
  const Way way = wayOfCalls();
  if (way == Way::Straight) return g_real.free(block);
  if (way == Way::Unsettled) return freeUnsettled(block);
  if (settleFree(block)) return g_real.free(block);
  freeInPlace(block);
}

// C23's: not yet in every libc, where free does the same.
HEAPTAP_INTERPOSED void free_sized(void* block, std::size_t size) {
  if (!isRelocated()) return freeUnrelocated(block);
  reportFree(block, size, HEAPTAP_ORIGIN_FREE_SIZED);
  const auto real = realAllocator().freeSized;
  if (real == nullptr) return realAllocator().free(block);
  real(block, size);
  staysInFrame();
}

HEAPTAP_INTERPOSED void free_aligned_sized(void* block, std::size_t align, std::size_t size) {
  if (!isRelocated()) return freeUnrelocated(block);
  reportFree(block, size, HEAPTAP_ORIGIN_FREE_ALIGNED_SIZED);
  const auto real = realAllocator().freeAlignedSized;
  if (real == nullptr) return realAllocator().free(block);
  real(block, align, size);
  staysInFrame();
}

HEAPTAP_INTERPOSED void* aligned_alloc(std::size_t align, std::size_t size) {
  if (!isRelocated()) return alignedUnrelocated(align, size, __builtin_return_address(0));
  const auto real = realAllocator().alignedAlloc;
  if (real == nullptr) return outOfMemory();
  return reported(answeringFor([&] { return real(align, size); }), size, align, HEAPTAP_ORIGIN_ALIGNED_ALLOC);
}

HEAPTAP_INTERPOSED void* memalign(std::size_t align, std::size_t size) {
  if (!isRelocated()) return alignedUnrelocated(align, size, __builtin_return_address(0));
  const auto real = realAllocator().memalign;
  if (real == nullptr) return outOfMemory();
  return reported(answeringFor([&] { return real(align, size); }), size, align, HEAPTAP_ORIGIN_MEMALIGN);
}

HEAPTAP_INTERPOSED int posix_memalign(void** block, std::size_t align, std::size_t size) {
  if (!isRelocated()) {
    void* const aligned = alignedUnrelocated(align, size, __builtin_return_address(0));
    if (aligned != nullptr) *block = aligned;
    return aligned != nullptr ? 0 : ENOMEM;
  }
  const auto real = realAllocator().posixMemalign;
  if (real == nullptr) return ENOMEM;
  const int result = answeringFor([&] { return real(block, align, size); });
  if (result == 0) reported(*block, size, align, HEAPTAP_ORIGIN_POSIX_MEMALIGN);
  return result;
}

HEAPTAP_INTERPOSED void* valloc(std::size_t size) {
  if (!isRelocated()) return alignedUnrelocated(kPage, size, __builtin_return_address(0));
  const auto real = realAllocator().valloc;
  if (real == nullptr) return outOfMemory();
  return reported(answeringFor([&] { return real(size); }), size, kPage, HEAPTAP_ORIGIN_VALLOC);
}

HEAPTAP_INTERPOSED void* pvalloc(std::size_t size) {
  if (!isRelocated())
    return alignedUnrelocated(kPage, (size + kPage - 1) & ~(kPage - 1), __builtin_return_address(0));
  const auto real = realAllocator().pvalloc;
  if (real == nullptr) return outOfMemory();
  return reported(answeringFor([&] { return real(size); }), size, kPage, HEAPTAP_ORIGIN_PVALLOC);
}
