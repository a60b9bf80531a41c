// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

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
};

/// Looked up at the first call. Threads: any.
const RealAllocator& realAllocator();

}  // namespace heaptap::interpose
