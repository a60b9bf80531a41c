// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/unwind/rule_cache.h"

#include "agent/capture/memory/own_memory.h"

namespace heaptap::capture {

const KnownFrame* RuleCache::findElsewhere(std::uint64_t key, unsigned newest) {
  for (unsigned level = key == kEmpty ? 0 : newest; level-- > 0;) {
    const Entry* table = m_tables[level].load(std::memory_order_acquire);
    const Entry* entry = table == nullptr ? nullptr : findIn(table, level, key);
    if (entry == nullptr) continue;
    insert(key, entry->known);
    return &entry->known;
  }
  return nullptr;
}

void RuleCache::makeAllTables() {
  for (unsigned level = 0; level < kLevels; ++level)
    if (m_tables[level].load(std::memory_order_acquire) == nullptr) makeTable(level);
}

RuleCache::Entry* RuleCache::makeTable(unsigned level) {
  if (m_mapNoMore.load(std::memory_order_relaxed)) return nullptr;
  auto* fresh = static_cast<Entry*>(takeOwnMemory(bytes(level), OwnPages::Huge));
  Entry* current = nullptr;
  if (fresh == nullptr || m_tables[level].compare_exchange_strong(current, fresh, std::memory_order_acq_rel))
    return fresh;
  giveOwnMemoryBack(fresh, bytes(level));  // Another thread was first.
  return current;
}

void RuleCache::insert(std::uint64_t key, const KnownFrame& known) {
  if (key == kEmpty) return;
  const std::uint32_t level = m_newest.load(std::memory_order_acquire);
  Entry* table = m_tables[level].load(std::memory_order_acquire);
  if (table == nullptr) table = makeTable(level);
  if (table == nullptr) return;
  const std::uint64_t used = m_used[level].fetch_add(1, std::memory_order_relaxed);
  if (used >= slots(level) / 2) {
    if (level + 1 < kLevels && (m_tables[level + 1].load() != nullptr || makeTable(level + 1) != nullptr)) {
      std::uint32_t expected = level;
      m_newest.compare_exchange_strong(expected, level + 1, std::memory_order_acq_rel);
    }
    // Without a larger table this one stays usable: a look-up needs an empty slot to end at.
    if (used >= slots(level) / 4 * 3) return;
  }
  const std::uint64_t mask = slots(level) - 1;
  for (std::uint64_t at = slotOf(key, mask + 1);; at = (at + 1) & mask) {
    std::uint64_t seen = table[at].key.load(std::memory_order_relaxed);
    if (seen == key) return;
    if (seen != kEmpty || !table[at].key.compare_exchange_strong(seen, kBusy, std::memory_order_acquire))
      continue;
    table[at].known = known;
    table[at].key.store(key, std::memory_order_release);
    return;
  }
}

}  // namespace heaptap::capture
