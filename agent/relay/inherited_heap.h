// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace heaptap::relay {

/// The blocks that were live in a process when it forked: what its child begins with.
struct InheritedHeap {
  struct Block {
    std::uint64_t address = 0;
    std::uint64_t bytes = 0;
  };
  std::vector<Block> blocks;
  /// Of the other heaps, by their number in the shared memory, which parent and child have in common.
  std::map<std::uint32_t, std::vector<Block>> others;
  /// May the child have got blocks that are missing here? Then its frees of unknown blocks are no finding.
  bool incomplete = false;

  [[nodiscard]] std::size_t count() const {
    std::size_t sum = blocks.size();
    for (const auto& [heap, theirs] : others) sum += theirs.size();
    return sum;
  }
  [[nodiscard]] std::size_t memoryBytes() const {
    std::size_t places = blocks.capacity();
    for (const auto& [heap, theirs] : others) places += theirs.capacity();
    return places * sizeof(Block);
  }
};

}  // namespace heaptap::relay
