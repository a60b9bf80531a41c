// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace heaptap::relay {

/// The blocks that were live in a process when it forked: what its child begins with.
struct InheritedHeap {
  struct Block {
    std::uint64_t address = 0;
    std::uint64_t bytes = 0;
  };
  std::vector<Block> blocks;
  /// May the child have got blocks that are missing here? Then its frees of unknown blocks are no finding.
  bool incomplete = false;

  [[nodiscard]] std::size_t memoryBytes() const { return blocks.capacity() * sizeof(Block); }
};

}  // namespace heaptap::relay
