// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "collector/model/ids.h"

namespace heaptap::model {

/// Which stacks have freed the blocks of which pair, and how many: known where the stacks of frees are
/// recorded.
/// Threads: one at a time.
class FreeSites {
 public:
  struct Entry {
    PairId pair{};
    StackId stack{};
    std::uint64_t frees = 0;

    bool operator==(const Entry&) const = default;
  };

  /// The position of an entry in entries(), which is added when it is new.
  std::size_t at(PairId pair, StackId stack) {
    const auto [found, isNew] = m_positions.try_emplace(key(pair, stack), m_entries.size());
    if (isNew) m_entries.push_back({.pair = pair, .stack = stack});
    return found->second;
  }
  void add(std::size_t position, std::uint64_t frees = 1) { m_entries[position].frees += frees; }

  /// In the order in which they were added.
  [[nodiscard]] const std::vector<Entry>& entries() const { return m_entries; }

  /// By pair, then by stack.
  static void sort(std::vector<Entry>& entries);

 private:
  static std::uint64_t key(PairId pair, StackId stack) {
    return static_cast<std::uint64_t>(index(pair)) << 32 | index(stack);
  }

  std::vector<Entry> m_entries;
  std::unordered_map<std::uint64_t, std::size_t> m_positions;
};

}  // namespace heaptap::model
