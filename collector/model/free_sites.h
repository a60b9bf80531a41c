// SPDX-License-Identifier: Apache-2.0
#pragma once

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

  void add(PairId pair, StackId stack, std::uint64_t frees = 1) { m_frees[key(pair, stack)] += frees; }

  [[nodiscard]] bool empty() const { return m_frees.empty(); }
  /// By pair, then by stack.
  [[nodiscard]] std::vector<Entry> entries() const;

 private:
  static std::uint64_t key(PairId pair, StackId stack) {
    return static_cast<std::uint64_t>(index(pair)) << 32 | index(stack);
  }

  std::unordered_map<std::uint64_t, std::uint64_t> m_frees;
};

}  // namespace heaptap::model
