// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "agent/include/heaptap/abi.h"
#include "agent/wire/page.h"

namespace heaptap::interpose {

using wire::kPage;

/// The allocator that the program would have without heaptap: the next definitions in load order, so that a
/// preloaded or linked jemalloc, tcmalloc or mimalloc stays in use. Entries that no library defines are null.
struct RealAllocator {
  void* (*malloc)(std::size_t) = nullptr;
  void* (*calloc)(std::size_t, std::size_t) = nullptr;
  void* (*realloc)(void*, std::size_t) = nullptr;
  void (*free)(void*) = nullptr;
  void* (*alignedAlloc)(std::size_t, std::size_t) = nullptr;
  void* (*memalign)(std::size_t, std::size_t) = nullptr;
  int (*posixMemalign)(void**, std::size_t, std::size_t) = nullptr;
  void* (*valloc)(std::size_t) = nullptr;
  void* (*pvalloc)(std::size_t) = nullptr;
  std::size_t (*usableSize)(void*) = nullptr;
  void (*freeSized)(void*, std::size_t) = nullptr;
  void (*freeAlignedSized)(void*, std::size_t, std::size_t) = nullptr;
  /// Its code, where it is not libc's own: its functions may call one another, and so us. Else null.
  const heaptap_layer* layer = nullptr;
};

/// Behind a call: it is not made by a jump, so that what it calls sees heaptap's code as its caller.
[[gnu::always_inline]] inline void staysInFrame() { asm volatile(""); }

/// Does `code` belong to an object whose malloc may have been called through heaptap's, or to heaptap? What
/// that asks of libc's allocator by other names is on behalf of a call that has been reported.
bool isInAllocators(const void* code);

extern constinit RealAllocator g_real;
extern constinit std::atomic<bool> g_realIsKnown;
void findRealAllocator();

/// Looked up at the first call. Threads: any.
inline const RealAllocator& realAllocator() {
  if (!g_realIsKnown.load(std::memory_order_acquire)) findRealAllocator();
  return g_real;
}

/// Its two functions that are called most, without a look at whether they are known: until then they are
/// functions that find out.
inline void* realMalloc(std::size_t size) { return __atomic_load_n(&g_real.malloc, __ATOMIC_RELAXED)(size); }
inline void realFree(void* block) { __atomic_load_n(&g_real.free, __ATOMIC_RELAXED)(block); }

/// Returns true when this process is not recorded.
inline bool isShut() { return *__atomic_load_n(&heaptap_gate, __ATOMIC_ACQUIRE) == HEAPTAP_GATE_SHUT; }

}  // namespace heaptap::interpose
