// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/rule_cache.h"

#include "agent/capture/kernel.h"

namespace heaptap::capture {
namespace {

std::uint64_t slotOf(std::uint64_t key, std::uint64_t slots) {
  // Fibonacci hashing: the upper bits of the product are the well-mixed ones.
  return (key * 0x9E37'79B9'7F4A'7C15 >> 32) & (slots - 1);
}

}  // namespace

std::uint64_t RuleCache::keyOf(std::uint64_t pc, bool exact) const {
  const std::uint32_t now = generation();
  if (now >= kGenerations || pc >> 48 != 0 || pc < 4096) return kEmpty;
  return pc | static_cast<std::uint64_t>(now) << 48 | (exact ? 1ULL << 63 : 0);
}

const RuleCache::Entry* RuleCache::findIn(const Entry* table, unsigned level, std::uint64_t key) {
  const std::uint64_t mask = slots(level) - 1;
  for (std::uint64_t at = slotOf(key, mask + 1);; at = (at + 1) & mask) {
    const std::uint64_t seen = table[at].key.load(std::memory_order_acquire);
    if (seen == key) return &table[at];
    if (seen == kEmpty) return nullptr;
  }
}

KnownFrame RuleCache::find(std::uint64_t key) {
  if (key == kEmpty) return {};
  const unsigned newest = m_newest.load(std::memory_order_acquire);
  for (unsigned level = newest + 1; level-- > 0;) {
    const Entry* table = m_tables[level].load(std::memory_order_acquire);
    const Entry* entry = table == nullptr ? nullptr : findIn(table, level, key);
    if (entry == nullptr) continue;
    if (level != newest) insertKey(key, entry->rule, entry->frame);
    return {FrameRule::unpack(entry->rule), entry->frame};
  }
  return {};
}

RuleCache::Entry* RuleCache::makeTable(unsigned level) {
  auto* fresh = static_cast<Entry*>(
      kernel::map(bytes(level), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE));
  Entry* current = nullptr;
  if (fresh == nullptr ||
      m_tables[level].compare_exchange_strong(current, fresh, std::memory_order_acq_rel)) {
    return fresh;
  }
  kernel::unmap(fresh, bytes(level));  // Another thread was first.
  return current;
}

void RuleCache::insertKey(std::uint64_t key, std::uint64_t rule, std::uint32_t frame) {
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
    table[at].rule = rule;
    table[at].frame = frame;
    table[at].key.store(key, std::memory_order_release);
    return;
  }
}

void RuleCache::insert(std::uint64_t key, const KnownFrame& known) {
  if (key != kEmpty) insertKey(key, known.rule.pack(), known.frame);
}

}  // namespace heaptap::capture
