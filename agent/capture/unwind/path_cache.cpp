// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/unwind/path_cache.h"

#include "agent/capture/memory/own_memory.h"

namespace heaptap::capture {

void PathCache::open(bool sparse) {
  void* const table = takeOwnMemory(kBytes, sparse ? OwnPages::Small : OwnPages::Huge);
  m_table = static_cast<std::atomic<std::uint64_t>*>(table);
}

void PathCache::insert(std::uint64_t hash, std::uint32_t node) {
  if (m_table == nullptr) return;
  std::atomic<std::uint64_t>* set = setOf(hash);
  for (unsigned way = kWays - 1; way > 0; --way)
    set[way].store(set[way - 1].load(std::memory_order_relaxed), std::memory_order_relaxed);
  set[0].store((hash & kTag) | node, std::memory_order_release);
}

}  // namespace heaptap::capture
