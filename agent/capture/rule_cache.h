// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

#include "agent/capture/frame_rule.h"

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
  [[nodiscard]] std::uint64_t keyOf(std::uint64_t pc, bool exact) const;

  /// Kind Unknown when not cached.
  KnownFrame find(std::uint64_t key);
  void insert(std::uint64_t key, const KnownFrame& known);

  [[nodiscard]] std::uint32_t generation() const { return m_generation.load(std::memory_order_acquire); }
  void modulesChanged() { m_generation.fetch_add(1, std::memory_order_acq_rel); }

 private:
  struct Entry {
    std::atomic<std::uint64_t> key;  // kEmpty, kBusy, or a key; written last (release).
    std::uint64_t rule;
    std::uint32_t frame;
    std::uint32_t reserved;
  };
  static constexpr std::uint64_t kEmpty = 0;
  static constexpr std::uint64_t kBusy = 1;
  static constexpr unsigned kLevels = 5;
  static constexpr unsigned kFirstBits = 12;
  // The key has 15 bits for the generation; a process that unloads more often goes uncached.
  static constexpr std::uint32_t kGenerations = 1U << 15;

  static std::uint64_t slots(unsigned level) { return 1ULL << (kFirstBits + 2 * level); }
  static std::uint64_t bytes(unsigned level) { return slots(level) * sizeof(Entry); }
  static const Entry* findIn(const Entry* table, unsigned level, std::uint64_t key);
  void insertKey(std::uint64_t key, std::uint64_t rule, std::uint32_t frame);
  Entry* makeTable(unsigned level);

  std::atomic<std::uint32_t> m_generation{0};
  std::atomic<std::uint32_t> m_newest{0};
  std::atomic<std::uint64_t> m_used[kLevels] = {};
  std::atomic<Entry*> m_tables[kLevels] = {};
};

}  // namespace heaptap::capture
