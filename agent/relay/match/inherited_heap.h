// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "agent/relay/match/shared_blocks.h"

namespace heaptap::relay {

/// What was live in a process when it forked: what its child begins with.
struct InheritedHeap {
  struct Block {
    std::uint64_t address = 0;
    std::uint64_t bytes = 0;
  };
  /// Of one allocator.
  struct Blocks {
    std::vector<SharedBlocks> shared;  ///< By shard.
    std::uint64_t bytes = 0;           ///< Of all that is shared.
    std::vector<Block> moving;         ///< Beside them: those that a realloc was about to move.
  };
  Blocks blocks;
  /// Of the other heaps, by their number in the shared memory, which parent and child have in common.
  std::map<std::uint32_t, Blocks> named;
  std::vector<Block> mappings;
  /// May the child have got blocks that are missing here? Then its frees of unknown blocks are no finding.
  bool incomplete = false;
};

}  // namespace heaptap::relay
