// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/match/fork_heaps.h"

#include <utility>

namespace heaptap::relay {

void ForkHeaps::keep(std::uint32_t number, std::uint32_t parent, InheritedHeap heap, bool isDear) {
  m_kept.erase(number);
  while (m_kept.size() >= m_maxHeaps) m_kept.erase(m_kept.begin());
  // Two, as one comes; and not all at once, as their memory goes only after them.
  for (int i = 0; isDear && i < 2 && !m_kept.empty(); ++i) m_kept.erase(m_kept.begin());
  m_kept.emplace(number, Kept{parent, std::move(heap)});
}

std::optional<InheritedHeap> ForkHeaps::take(std::uint32_t number, std::uint32_t parent) {
  const auto kept = m_kept.find(number);
  if (kept == m_kept.end() || kept->second.parent != parent) return std::nullopt;
  InheritedHeap heap = std::move(kept->second.heap);
  m_kept.erase(kept);
  return heap;
}

}  // namespace heaptap::relay
