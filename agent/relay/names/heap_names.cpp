// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/names/heap_names.h"

namespace heaptap::relay {

std::string HeapNames::nameOf(std::uint32_t number) const {
  const wire::HeapEntry& entry = *m_memory.heap(number - wire::kFirstNamedHeap);
  const auto text = m_memory.text(__atomic_load_n(&entry.nameOffset, __ATOMIC_RELAXED),
                                  __atomic_load_n(&entry.nameLength, __ATOMIC_RELAXED));
  if (text.empty() || text.size() > wire::kMaxHeapNameBytes) return "heap " + std::to_string(number);
  return {text.data(), text.size()};
}

std::uint32_t HeapNames::canonical(std::uint32_t number) {
  if (number < wire::kFirstNamedHeap) return wire::kMallocHeap;
  const std::uint32_t position = number - wire::kFirstNamedHeap;
  if (position < m_canonical.size() && m_canonical[position] != kUnknown) return m_canonical[position];
  const wire::HeapEntry* const entry = m_memory.heap(position);
  if (entry == nullptr || entry->complete.load(std::memory_order_acquire) != 1) return wire::kMallocHeap;
  if (position >= m_canonical.size()) m_canonical.resize(position + 1, kUnknown);
  // The smaller number, whichever is met first: so that all processes agree.
  std::uint32_t first = number;
  const std::string name = nameOf(number);
  for (std::uint32_t other = wire::kFirstNamedHeap; other < number; ++other) {
    const wire::HeapEntry& earlier = *m_memory.heap(other - wire::kFirstNamedHeap);
    if (earlier.complete.load(std::memory_order_acquire) != 1 || nameOf(other) != name) continue;
    first = other;
    break;
  }
  return m_canonical[position] = first;
}

std::uint32_t HeapNames::idOf(std::uint32_t canonical) {
  const auto next = static_cast<std::uint32_t>(wire::kFirstNamedHeap + m_ids.size());
  const auto [place, isNew] = m_ids.try_emplace(canonical, next);
  if (isNew) m_new.add_name(nameOf(canonical));
  return place->second;
}

void HeapNames::flush(MessageSink& sink) {
  if (m_new.name_size() == 0) return;
  v1::RecordRequest request;
  request.mutable_heaps()->Swap(&m_new);
  sink.send(request);
  m_new.Clear();
}

}  // namespace heaptap::relay
