// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "agent/include/heaptap/abi.h"

namespace heaptap::interpose {

/// The allocator that the program would have without heaptap: the next definitions in load order, so that a
/// preloaded or linked jemalloc, tcmalloc or mimalloc stays in use. Entries that nobody defines are null.
struct RealAllocator {
  void* (*malloc)(std::size_t);
  void* (*calloc)(std::size_t, std::size_t);
  void* (*realloc)(void*, std::size_t);
  void (*free)(void*);
  void* (*alignedAlloc)(std::size_t, std::size_t);
  void* (*memalign)(std::size_t, std::size_t);
  int (*posixMemalign)(void**, std::size_t, std::size_t);
  void* (*valloc)(std::size_t);
  void* (*pvalloc)(std::size_t);
  std::size_t (*usableSize)(void*);
  void (*freeSized)(void*, std::size_t);
  void (*freeAlignedSized)(void*, std::size_t, std::size_t);
  /// Its code, where it is not libc's own: its functions may call one another, and so us. Else null.
  const heaptap_layer* layer;
};

extern constinit RealAllocator g_real;
extern constinit std::atomic<bool> g_realIsKnown;
void findRealAllocator();

/// Looked up at the first call. Threads: any.
inline const RealAllocator& realAllocator() {
  if (!g_realIsKnown.load(std::memory_order_acquire)) findRealAllocator();
  return g_real;
}

/// What every entry point asks first: HEAPTAP_GATE_….
inline std::uint32_t gate() { return *__atomic_load_n(&heaptap_gate, __ATOMIC_ACQUIRE); }

/// An allocation or a free that need only be counted, and is.
inline bool onlyCounted(std::uint32_t gate, std::size_t allocated) {
  return gate == HEAPTAP_GATE_SAMPLED && heaptap_is_unsampled_alloc(allocated) != 0;
}
inline bool onlyCounted(std::uint32_t gate, const void* freed) {
  return gate == HEAPTAP_GATE_SAMPLED && heaptap_is_unsampled_free(freed) != 0;
}

}  // namespace heaptap::interpose
