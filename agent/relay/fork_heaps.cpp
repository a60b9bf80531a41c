// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/fork_heaps.h"

#include <utility>

namespace heaptap::relay {

void ForkHeaps::drop(std::map<std::uint32_t, Kept>::iterator kept) {
  m_bytes -= kept->second.heap.memoryBytes();
  m_kept.erase(kept);
}

void ForkHeaps::keep(std::uint32_t number, std::uint32_t parent, InheritedHeap heap) {
  if (const auto before = m_kept.find(number); before != m_kept.end()) drop(before);
  while (!m_kept.empty() &&
         (m_kept.size() >= m_limits.heaps || m_bytes + heap.memoryBytes() > m_limits.bytes))
    drop(m_kept.begin());
  m_bytes += heap.memoryBytes();
  m_kept.emplace(number, Kept{parent, std::move(heap)});
}

std::optional<InheritedHeap> ForkHeaps::take(std::uint32_t number, std::uint32_t parent) {
  const auto kept = m_kept.find(number);
  if (kept == m_kept.end() || kept->second.parent != parent) return std::nullopt;
  InheritedHeap heap = std::move(kept->second.heap);
  m_bytes -= heap.memoryBytes();
  m_kept.erase(kept);
  return heap;
}

}  // namespace heaptap::relay
