// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

#include "agent/capture/system/kernel.h"
#include "agent/capture/unwind/frame_rule.h"
#include "agent/wire/page.h"

namespace heaptap::capture {

/// What is known of one pc.
struct KnownFrame {
  FrameRule rule;
  std::uint32_t frame = 0;  ///< Id in the shared frame table; 0 for the agent's own code, which is not shown.
};

/// Process-wide memory of rules by pc: insert-only hash tables, each four times as large as the one before;
/// a look-up goes from the newest to the oldest and copies forward what it finds.
///
/// A rule is valid for one generation of the loaded binaries: modulesChanged() starts the next, in which all
/// is looked up anew, so that no rule outlives a dlclose. Entries are never changed or removed.
/// Owns: its tables, never freed. Constant-initialised. Threads: any; no lock.
class RuleCache {
 public:
  /// Names a pc in the present generation; 0 when it cannot be cached. Taken before the rule is looked up, so
  /// that a rule found while modules change is never filed under the new generation.
  /// `exact`: the pc is an interrupted instruction, not a return address.
  [[nodiscard]] std::uint64_t keyOf(std::uint64_t pc, bool exact) const {
    const std::uint32_t now = generation();
    if (now >= kGenerations || pc >> 48 != 0 || pc < wire::kPage) return kEmpty;
    return pc | static_cast<std::uint64_t>(now) << 48 | (exact ? 1ULL << 63 : 0);
  }

  /// Null when not cached. The result never changes. Hot path.
  const KnownFrame* find(std::uint64_t key) {
    const unsigned newest = m_newest.load(std::memory_order_acquire);
    const Entry* table = m_tables[newest].load(std::memory_order_acquire);
    if (table != nullptr && key != kEmpty) {
      if (const Entry* entry = findIn(table, newest, key)) return &entry->known;
    }
    return findElsewhere(key, newest);
  }
  void insert(std::uint64_t key, const KnownFrame& known);

  /// Makes all tables now, untouched: from here on the cache grows without a system call.
  void makeAllTables();
  /// Makes no more tables: what then does not fit is not remembered.
  void mapNoMore() { m_mapNoMore.store(true, std::memory_order_relaxed); }

  [[nodiscard]] std::uint32_t generation() const { return m_generation.load(std::memory_order_acquire); }
  void modulesChanged() { m_generation.fetch_add(1, std::memory_order_acq_rel); }

 private:
  struct Entry {
    std::atomic<std::uint64_t> key;  // kEmpty, kBusy, or a key; written last (release).
    KnownFrame known;
  };
  static_assert(sizeof(Entry) == 24);
  static constexpr std::uint64_t kEmpty = 0;
  static constexpr std::uint64_t kBusy = 1;
  static constexpr unsigned kLevels = 5;
  static constexpr unsigned kFirstBits = 12;
  // The key has 15 bits for the generation; a process that unloads more often goes uncached.
  static constexpr std::uint32_t kGenerations = 1U << 15;

  static std::uint64_t slots(unsigned level) { return 1ULL << (kFirstBits + 2 * level); }
  // From 1 MiB on, whole huge pages.
  static std::uint64_t bytes(unsigned level) {
    const std::uint64_t needed = slots(level) * sizeof(Entry);
    return needed < 1U << 20 ? needed
                             : (needed + kernel::kHugePage - 1) / kernel::kHugePage * kernel::kHugePage;
  }
  static std::uint64_t slotOf(std::uint64_t key, std::uint64_t slots) {
    // Fibonacci hashing: the upper bits of the product are the well-mixed ones.
    return (key * 0x9E37'79B9'7F4A'7C15 >> 32) & (slots - 1);
  }
  static const Entry* findIn(const Entry* table, unsigned level, std::uint64_t key) {
    const std::uint64_t mask = slots(level) - 1;
    for (std::uint64_t at = slotOf(key, mask + 1);; at = (at + 1) & mask) {
      const std::uint64_t seen = table[at].key.load(std::memory_order_acquire);
      if (seen == key) return &table[at];
      if (seen == kEmpty) return nullptr;
    }
  }
  const KnownFrame* findElsewhere(std::uint64_t key, unsigned newest);
  Entry* makeTable(unsigned level);

  std::atomic<std::uint32_t> m_generation{0};
  std::atomic<std::uint32_t> m_newest{0};
  std::atomic<bool> m_mapNoMore{false};
  std::atomic<std::uint64_t> m_used[kLevels] = {};
  std::atomic<Entry*> m_tables[kLevels] = {};
};

}  // namespace heaptap::capture
