// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

#include "agent/capture/system/kernel.h"
#include "agent/capture/unwind/frame_rule.h"
#include "agent/wire/page.h"

namespace heaptap::capture {

/// Process-wide memory of rules by pc: insert-only hash tables, each four times as large as the one before;
/// a look-up goes from the newest to the oldest and copies forward what it finds.
///
/// A rule is valid for one generation of the loaded binaries: modulesChanged() starts the next, in which all
/// is looked up anew, so that no rule outlives a dlclose. Entries are never changed or removed.
/// Owns: its tables, never freed. Constant-initialised. Threads: any; no lock.
class RuleCache {
  struct Entry;

 public:
  /// What a walk looks rules up with: the generation and the table of when it was made.
  class View {
   public:
    /// Names a pc in the generation; 0 when it cannot be cached. The generation is older than the look-up of
    /// the rule, so that a rule found while modules change is never filed under the new one.
    /// `exact`: the pc is an interrupted instruction, not a return address.
    [[nodiscard]] std::uint64_t keyOf(std::uint64_t pc, bool exact) const {
      if (pc - wire::kPage >= m_pcs) return kEmpty;
      return pc | m_keyBits | (exact ? 1ULL << 63 : 0);
    }
    [[nodiscard]] std::uint32_t generation() const { return m_generation; }

   private:
    friend class RuleCache;
    std::uint64_t m_pcs = 0;      // So many from the first page on can be cached; none without a table.
    std::uint64_t m_keyBits = 0;  // The generation.
    std::uint64_t m_mask = 0;     // Of places.
    const Entry* m_table = nullptr;
    std::uint32_t m_generation = 0;
    unsigned m_level = 0;
  };

  [[nodiscard]] View view() {
    View view;
    view.m_generation = m_generation.load(std::memory_order_acquire);
    view.m_level = m_newest.load(std::memory_order_acquire);
    view.m_table = m_tables[view.m_level].load(std::memory_order_acquire);
    if (view.m_table == nullptr) [[unlikely]]
      view.m_table = makeTable(view.m_level);
    view.m_mask = slots(view.m_level) - 1;
    view.m_keyBits = std::uint64_t{view.m_generation} << kPcBits;
    if (view.m_table != nullptr && view.m_generation < kGenerations)
      view.m_pcs = (1ULL << kPcBits) - wire::kPage;
    return view;
  }

  /// Nothing when it is not cached. Hot path.
  KnownFrame find(const View& view, std::uint64_t key) {
    if (key == kEmpty) return {};
    const std::uint64_t home = homeOf(key) & view.m_mask;
    for (std::uint64_t step = 0; step < kLine; ++step) {
      const Entry& entry = view.m_table[home ^ step];
      if (entry.key.load(std::memory_order_acquire) == key) return entry.known;
    }
    return findElsewhere(view, key);
  }
  /// Loads what find() looks at for the return address `pc` into the cache, for a use soon.
  void prefetch(const View& view, std::uint64_t pc) const {
    __builtin_prefetch(view.m_table + (homeOf(view.keyOf(pc, false)) & view.m_mask));
  }
  void insert(std::uint64_t key, KnownFrame known);

  /// Makes all tables now, untouched: from here on the cache grows without a system call.
  void makeAllTables();
  /// Makes no more tables: what then does not fit is not remembered.
  void mapNoMore() { m_mapNoMore.store(true, std::memory_order_relaxed); }

  void modulesChanged() { m_generation.fetch_add(1, std::memory_order_acq_rel); }

 private:
  struct Entry {
    std::atomic<std::uint64_t> key;  // kEmpty, kBusy, or a key; written last (release).
    KnownFrame known;
  };
  static_assert(sizeof(Entry) == 16);
  static constexpr std::uint64_t kEmpty = 0;
  static constexpr std::uint64_t kBusy = 1;
  static constexpr unsigned kPcBits = 48;
  static constexpr unsigned kLevels = 5;
  static constexpr unsigned kFirstBits = 12;
  // The key has 15 bits for the generation; a process that unloads more often goes uncached.
  static constexpr std::uint32_t kGenerations = 1U << 15;

  static constexpr std::uint64_t slots(unsigned level) { return 1ULL << (kFirstBits + 2 * level); }
  // From 1 MiB on, whole huge pages.
  static std::uint64_t bytes(unsigned level) {
    const std::uint64_t needed = slots(level) * sizeof(Entry);
    return needed < 1U << 20 ? needed
                             : (needed + kernel::kHugePage - 1) / kernel::kHugePage * kernel::kHugePage;
  }

  // Entries are searched a cache line at a time: first all of the line where the key belongs, from its own
  // place on, then the next one. So most look-ups miss the cache once, also where the table is nearly full.
  static constexpr std::uint64_t kLine = 64 / sizeof(Entry);

  // Fibonacci hashing: the upper bits of the product are the well-mixed ones.
  static std::uint64_t homeOf(std::uint64_t key) { return key * 0x9E37'79B9'7F4A'7C15 >> 32; }

  /// The places for a key, in the order of the search, without end.
  class Probe {
   public:
    Probe(std::uint64_t key, unsigned level) : m_first(homeOf(key)), m_mask(slots(level) - 1) {}
    [[nodiscard]] std::uint64_t place() const { return (m_first & m_mask) ^ m_step; }
    void next() {
      m_step = (m_step + 1) % kLine;
      if (m_step == 0) m_first += kLine;
    }

   private:
    std::uint64_t m_first;
    std::uint64_t m_mask;
    std::uint64_t m_step = 0;
  };

  static KnownFrame findIn(const Entry* table, unsigned level, std::uint64_t key);
  KnownFrame findElsewhere(const View& view, std::uint64_t key);
  Entry* makeTable(unsigned level);

  std::atomic<std::uint32_t> m_generation{0};
  std::atomic<std::uint32_t> m_newest{0};
  std::atomic<bool> m_mapNoMore{false};
  std::atomic<std::uint64_t> m_used[kLevels] = {};
  std::atomic<Entry*> m_tables[kLevels] = {};
};

}  // namespace heaptap::capture
