// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "agent/relay/match/block_store.h"

namespace heaptap::relay {

/// The blocks of malloc's heaps are divided by address into shards, each with tables and a store of its own,
/// so that as many threads can match as there are shards. The processes of a tree have the same ones, as they
/// inherit each other's blocks.
class BlockStores {
 public:
  explicit BlockStores(unsigned shards) {
    for (unsigned i = 0; i < shards; ++i) m_stores.push_back(std::make_shared<BlockStore>());
  }
  /// One shard.
  BlockStores(std::shared_ptr<BlockStore> store) : m_stores{std::move(store)} {}

  [[nodiscard]] unsigned shards() const { return static_cast<unsigned>(m_stores.size()); }
  [[nodiscard]] const std::shared_ptr<BlockStore>& of(unsigned shard) const { return m_stores[shard]; }

  /// Blocks that a table keeps together, as they are neighbours in memory (BlockTable), are of one shard.
  [[nodiscard]] static unsigned shardOf(std::uint64_t address, unsigned shards) {
    const std::uint64_t mixed = (address >> 16) * 0x9E37'79B9'7F4A'7C15 >> 32;
    return static_cast<unsigned>(mixed * shards >> 32);
  }

  /// What the blocks of all processes take.
  [[nodiscard]] std::size_t backedBytes() const {
    std::size_t bytes = 0;
    for (const auto& store : m_stores) bytes += store->memory.backedBytes();
    return bytes;
  }

 private:
  std::vector<std::shared_ptr<BlockStore>> m_stores;
};

}  // namespace heaptap::relay
