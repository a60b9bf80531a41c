// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

#include "agent/relay/match/block_store.h"

namespace heaptap::relay {

/// The blocks that a table had at one moment. They take no memory of their own but for what has since been
/// changed in that table, and in those that began with them.
/// Threads: one at a time, with all tables of the store.
class SharedBlocks {
 public:
  SharedBlocks() = default;
  SharedBlocks(std::shared_ptr<BlockStore> store, BlockRegions regions, std::size_t size)
      : m_store(std::move(store)), m_regions(std::move(regions)), m_size(size) {}
  ~SharedBlocks() {
    if (m_regions) m_store->leftovers.push_back(*std::move(m_regions));
  }
  SharedBlocks(SharedBlocks&& other) noexcept { swap(other); }
  SharedBlocks& operator=(SharedBlocks&& other) noexcept {
    SharedBlocks before(std::move(other));
    swap(before);
    return *this;
  }

  [[nodiscard]] std::size_t size() const { return m_size; }
  /// Takes them out. Precondition: they came from a table, and were not taken out before.
  [[nodiscard]] BlockRegions regions() && { return *std::exchange(m_regions, std::nullopt); }

 private:
  void swap(SharedBlocks& other) noexcept {
    m_store.swap(other.m_store);
    m_regions.swap(other.m_regions);
    std::swap(m_size, other.m_size);
  }

  std::shared_ptr<BlockStore> m_store;
  std::optional<BlockRegions> m_regions;
  std::size_t m_size = 0;
};

}  // namespace heaptap::relay
