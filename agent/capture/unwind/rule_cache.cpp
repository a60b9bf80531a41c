// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/unwind/rule_cache.h"

#include "agent/capture/memory/own_memory.h"

namespace heaptap::capture {

KnownFrame RuleCache::findIn(const Entry* table, unsigned level, std::uint64_t key) {
  for (Probe probe(key, level);; probe.next()) {
    const Entry& entry = table[probe.place()];
    const std::uint64_t seen = entry.key.load(std::memory_order_acquire);
    if (seen == key) return entry.known;
    if (seen == kEmpty) return {};
  }
}

KnownFrame RuleCache::findElsewhere(const View& view, std::uint64_t key) {
  if (const KnownFrame known = findIn(view.m_table, view.m_level, key); known.isKnown()) return known;
  for (unsigned level = view.m_level; level-- > 0;) {
    const Entry* table = m_tables[level].load(std::memory_order_acquire);
    const KnownFrame known = table == nullptr ? KnownFrame() : findIn(table, level, key);
    if (!known.isKnown()) continue;
    insert(key, known);
    return known;
  }
  return {};
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

void RuleCache::insert(std::uint64_t key, KnownFrame known) {
  if (key == kEmpty) return;
  const std::uint32_t level = m_newest.load(std::memory_order_acquire);
  Entry* table = m_tables[level].load(std::memory_order_acquire);
  if (table == nullptr) table = makeTable(level);
  if (table == nullptr) return;
  const std::uint64_t used = m_used[level].fetch_add(1, std::memory_order_relaxed);
  if (used >= slots(level) / 8 * 5) {
    if (level + 1 < kLevels && (m_tables[level + 1].load() != nullptr || makeTable(level + 1) != nullptr)) {
      std::uint32_t expected = level;
      m_newest.compare_exchange_strong(expected, level + 1, std::memory_order_acq_rel);
    }
    // Without a larger table this one stays usable: a look-up needs an empty slot to end at.
    if (used >= slots(level) / 4 * 3) return;
  }
  for (Probe probe(key, level);; probe.next()) {
    Entry& entry = table[probe.place()];
    std::uint64_t seen = entry.key.load(std::memory_order_relaxed);
    if (seen == key) return;
    if (seen != kEmpty || !entry.key.compare_exchange_strong(seen, kBusy, std::memory_order_acquire))
      continue;
    entry.known = known;
    entry.key.store(key, std::memory_order_release);
    return;
  }
}

}  // namespace heaptap::capture
