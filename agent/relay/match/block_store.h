// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "agent/relay/encode/pair_facts.h"
#include "agent/relay/match/block_memory.h"
#include "agent/relay/match/block_region.h"

namespace heaptap::relay {

/// What the block tables of processes that may inherit from each other have in common: the memory of their
/// leaves, and what the rows of each leaf mean. A row names a pair of the session that wrote it (its view);
/// to a process that was forked from it such a block is inherited, and the pair only says how large it is.
/// Threads: one at a time.
class BlockStore {
 public:
  BlockMemory memory;
  /// The directories of tables that are gone; their blocks' memory is still to be given back.
  std::vector<BlockRegions> leftovers;

  /// A view of a table that writes rows with these pairs.
  std::uint32_t addView(std::shared_ptr<const PairFacts> facts) {
    std::uint32_t view = static_cast<std::uint32_t>(m_views.size());
    if (!m_free.empty()) {
      view = m_free.back();
      m_free.pop_back();
    } else {
      m_views.emplace_back();
    }
    m_views[view] = {std::move(facts), 1};
    return view;
  }
  /// Its table, or a leaf with rows of this view, is there, or is gone.
  void refer(std::uint32_t view) { ++m_views[view].uses; }
  void leave(std::uint32_t view) {
    if (--m_views[view].uses != 0) return;
    m_views[view].facts.reset();
    m_free.push_back(view);
  }
  [[nodiscard]] std::uint64_t sizeOf(std::uint32_t view, std::uint32_t pair) const {
    return (*m_views[view].facts)[pair].size;
  }

 private:
  struct View {
    std::shared_ptr<const PairFacts> facts;
    std::uint64_t uses = 0;
  };
  std::vector<View> m_views;
  std::vector<std::uint32_t> m_free;
};

}  // namespace heaptap::relay
