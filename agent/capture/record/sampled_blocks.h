// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "agent/capture/record/block_tags.h"
#include "agent/include/heaptap/abi.h"
#include "agent/wire/layout.h"

namespace heaptap::capture {

/// The live blocks that were sampled, so that nothing needs to be written of the frees of all others.
///
/// Two tables: a filter of 64 KiB, which counts the blocks that share a byte of it and mostly says no after
/// one load; and the addresses themselves with their tags (block_tags.h), in levels of which each is 16 times
/// the one before, so that a program with few samples touches few pages. Where a block finds no place among
/// these, its byte of the filter says "perhaps" from then on: such frees are written without need, and the
/// relay ignores what it does not know. Never is the free of a sampled block missed. Owns: both tables,
/// private, so that a forked child has its own; never freed. Constant-initialised. Threads: any; no lock.
/// A thread that frees a block got it from the one that allocated it, which orders the two.
class SampledBlocks {
 public:
  /// Gets the tables. False: there is no memory for them.
  bool open();

  /// For inline code: filter()[heaptap_filter_place(address)] is 0 when the block is surely not in here.
  [[nodiscard]] const std::uint8_t* filter() const { return reinterpret_cast<const std::uint8_t*>(m_filter); }

  void add(std::uint64_t address, BlockTags::Tag tag);
  /// Returns: none if the block was not in here; its tag, or kUnknownTag if it may have been.
  std::optional<BlockTags::Tag> remove(std::uint64_t address);

 private:
  static constexpr unsigned kLevels = 3;
  static constexpr unsigned kFirstLevelBits = 12;
  static constexpr std::size_t kProbes = 16;
  static constexpr std::uint64_t kEmpty = 0;
  static constexpr std::uint64_t kRemoved = 1;  // No block lies at this address.
  static constexpr unsigned kTagShift = 48;     // A place is tag:16 | address:48.
  static constexpr std::uint8_t kPerhaps = 0xFF;

  static constexpr unsigned bitsOf(unsigned level) { return kFirstLevelBits + 4 * level; }
  /// Places in all levels before.
  static constexpr std::size_t firstOf(unsigned level) {
    std::size_t places = 0;
    for (unsigned before = 0; before < level; ++before) places += std::size_t{1} << bitsOf(before);
    return places;
  }
  [[nodiscard]] std::atomic<std::uint64_t>& place(std::uint64_t address, unsigned level,
                                                  std::size_t probe) const {
    const std::uint64_t home = (address >> 4) * 0x9E37'79B9'7F4A'7C15 >> (64 - bitsOf(level));
    return m_places[firstOf(level) + ((home + probe) & ((std::size_t{1} << bitsOf(level)) - 1))];
  }
  bool addTo(unsigned level, std::uint64_t address, BlockTags::Tag tag);
  std::optional<BlockTags::Tag> removeFrom(unsigned level, std::uint64_t address);
  static void countUp(std::atomic<std::uint8_t>& count, std::uint8_t step);

  std::atomic<std::uint8_t>* m_filter = nullptr;
  std::atomic<std::uint64_t>* m_places = nullptr;
  std::atomic<unsigned> m_lastLevel{
      0};  ///< The last that was ever used. Zero at first, so that all of this lies in .bss.
};

/// The process's own. Only where allocations are sampled.
extern constinit SampledBlocks g_samples;

}  // namespace heaptap::capture
