// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "agent/wire/origin.h"

namespace heaptap::relay {

/// One live block, as the matcher must remember it: an allocation of the session, or one that the process
/// got from the process it was forked from.
struct Block {
  static constexpr std::uint64_t kInherited = ~std::uint64_t{0};

  std::uint64_t address = 0;
  std::uint64_t number = 0;  ///< Counts the allocations of the session: 0, 1, 2, …; or kInherited.
  std::uint64_t timeNs = 0;  ///< Session time of the allocation. Of an inherited block: its size instead.
  std::uint32_t pair = 0;
  std::uint16_t foldedSize = 0;  ///< wire::foldSize.
  wire::Family family = wire::Family::Any;

  static Block inherited(std::uint64_t address, std::uint64_t bytes) { return {address, kInherited, bytes}; }
  [[nodiscard]] bool isInherited() const { return number == kInherited; }
  /// Only when inherited.
  [[nodiscard]] std::uint64_t inheritedBytes() const { return timeNs; }
};
static_assert(sizeof(Block) == 32, "two blocks a cache line");

/// The live blocks by address: open addressing with linear probing, at most half full, no tombstones.
/// An operation costs one cache miss in the usual case. The multiplier is random, so that a target cannot
/// choose addresses that collide.
/// Address 0 is not stored: it marks an empty place.
class BlockTable {
 public:
  static constexpr unsigned kFirstBits = 12;

  /// Begins with room for 2^(bits - 1) blocks.
  explicit BlockTable(unsigned bits = kFirstBits) : m_places(std::size_t{1} << bits), m_shift(64 - bits) {
    std::random_device random;
    m_multiplier = (std::uint64_t{random()} << 32 | random()) | 1;
  }

  [[nodiscard]] std::size_t size() const { return m_size; }

  /// The place of `address`: its block, or an empty one where it belongs (Block::address is 0).
  /// Valid until the next insert or erase.
  Block& find(std::uint64_t address) {
    std::size_t at = home(address);
    while (m_places[at].address != address && m_places[at].address != 0)
      at = (at + 1) & (m_places.size() - 1);
    return m_places[at];
  }

  /// Fills an empty place that `find` returned for this block's address.
  void insert(Block& place, const Block& block) {
    place = block;
    if (++m_size * 2 > m_places.size()) grow();
  }

  /// Empties a filled place that `find` returned.
  void erase(Block& place) {
    // Blocks that follow move up, unless that would carry them before their home.
    const std::size_t mask = m_places.size() - 1;
    std::size_t hole = static_cast<std::size_t>(&place - m_places.data());
    for (std::size_t at = (hole + 1) & mask; m_places[at].address != 0; at = (at + 1) & mask) {
      const std::size_t wanted = home(m_places[at].address);
      if (((at - wanted) & mask) < ((at - hole) & mask)) continue;
      m_places[hole] = m_places[at];
      hole = at;
    }
    m_places[hole].address = 0;
    --m_size;
  }

  /// Calls `look` with every block.
  template <class Look>
  void forEach(Look&& look) const {
    for (const Block& block : m_places)
      if (block.address != 0) look(block);
  }

  /// Loads the place where `address` belongs into the cache, for a use soon.
  void prefetch(std::uint64_t address) const { __builtin_prefetch(&m_places[home(address)], 1); }

 private:
  [[nodiscard]] std::size_t home(std::uint64_t address) const {
    return static_cast<std::size_t>((address >> 3) * m_multiplier >> m_shift);
  }

  void grow() {
    std::vector<Block> before(m_places.size() * 2);
    before.swap(m_places);
    --m_shift;
    for (const Block& block : before)
      if (block.address != 0) find(block.address) = block;
  }

  std::vector<Block> m_places;
  unsigned m_shift;
  std::uint64_t m_multiplier;
  std::size_t m_size = 0;
};

}  // namespace heaptap::relay
