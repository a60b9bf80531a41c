// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

#include "agent/wire/layout.h"
#include "agent/wire/origin.h"

namespace heaptap::capture {

/// What the target itself remembers of blocks: enough to suspect, at a free, that something is wrong with it,
/// while its stack can still be taken. The relay, which knows every block, is the judge.
///
/// A word of 16 bits for each 16 bytes of heap, in a table of fixed size that a heap of up to 64 MiB in one
/// piece does not fill: neighbouring blocks have neighbouring words. Beyond that, blocks share words, and of
/// those only the last one is remembered: then a wrong free may go unsuspected, and is found without its
/// stack. Owns: one private table, so that a forked child has its own; never freed. Constant-initialised.
/// Threads: any; no lock. A thread that frees a block got it from the one that allocated it: that orders the
/// two.
class BlockTags {
 public:
  enum class Verdict : std::uint8_t {
    Usual,      ///< Allocated by this family, with that size, and not freed since.
    Unknown,    ///< Another block has taken its place here.
    Suspicious  ///< Anything else.
  };
  using Tag = std::uint16_t;

  /// Gets the table; without memory for it everything is Unknown.
  void open();

  /// Loads the word of this block into the cache, for a use soon.
  void prefetch(std::uint64_t address) const {
    if (m_tags != nullptr) __builtin_prefetch(&word(address), 1);
  }

  /// What is remembered of a live block; never kUnknownTag.
  static constexpr Tag liveTag(std::uint64_t address, wire::Family family, std::uint64_t size,
                               unsigned alignLog2) {
    return tagOf(address, stateOf(family), byteOf(family, size, alignLog2));
  }
  static constexpr Tag kUnknownTag = 0;

  void allocated(std::uint64_t address, wire::Family family, std::uint64_t size, unsigned alignLog2 = 0) {
    if (m_tags == nullptr) return;
    const Tag now = liveTag(address, family, size, alignLog2);
    std::atomic<Tag>& place = word(address);
    const Tag before = place.load(std::memory_order_relaxed);
    if (isLive(before) && ((before ^ now) & kCheck) != 0) noteCollision();
    place.store(now, std::memory_order_relaxed);
  }

  /// What the program says of a block.
  struct Declared {
    std::uint64_t size;
    unsigned alignLog2;  ///< Looked at where wire::hasLayout(family).
  };

  /// Of a free of the block that has the tag `before`. `declared`: null when the program says nothing.
  static Verdict verdictOn(Tag before, wire::Family family, const Declared* declared) {
    if (!isLive(before)) return Verdict::Suspicious;
    if (family != wire::Family::Any && (before & kState) != stateOf(family)) return Verdict::Suspicious;
    if (declared == nullptr) return Verdict::Usual;
    const unsigned size = byteOf(family, declared->size, declared->alignLog2);
    return before >> 8 == size ? Verdict::Usual : Verdict::Suspicious;
  }

  /// Returns: in `before` what restore() needs when the block is not freed after all.
  Verdict freed(std::uint64_t address, wire::Family family, const Declared* declared, Tag& before);

  void restore(std::uint64_t address, Tag before) {
    if (m_tags != nullptr) word(address).store(before, std::memory_order_relaxed);
  }

 private:
  // size:8 | check:5 | state:3. Families that have a layout share a state; their sizes are not comparable.
  static constexpr unsigned kBits = 22;
  static constexpr Tag kState = 7;
  static constexpr Tag kCheck = 0x1F << 3;
  static constexpr Tag kSize = 0xFF << 8;
  static constexpr Tag kEmpty = kUnknownTag;
  static constexpr Tag kFreed = 1;
  static constexpr Tag kLiveAny = 2;  ///< Of Family::Any, too, which hardly ever comes.

  static constexpr Tag stateOf(wire::Family family) {
    return wire::hasLayout(family) ? kLiveAny : static_cast<Tag>(kLiveAny + static_cast<Tag>(family));
  }
  static_assert(kLiveAny + static_cast<Tag>(wire::Family::NewArrayAligned) <= kState);

  static constexpr unsigned byteOf(wire::Family family, std::uint64_t size, unsigned alignLog2) {
    const unsigned who = wire::hasLayout(family) ? static_cast<unsigned>(family) * 0x49 : 0;
    return (wire::foldBlock(family, size, alignLog2) ^ who) & 0xFF;
  }

  static constexpr bool isLive(Tag tag) { return (tag & kState) >= kLiveAny; }
  static constexpr Tag tagOf(std::uint64_t address, Tag state, unsigned size) {
    const std::uint64_t check = address * 0x9E37'79B9'7F4A'7C15 >> 59;
    return static_cast<Tag>(std::uint64_t{size} << 8 | check << 3 | state);
  }
  [[nodiscard]] std::atomic<Tag>& word(std::uint64_t address) const {
    // Where mappings lie, at the top of the address space, the arenas of threads begin at multiples of 64
    // MiB: each gets another offset, of whole pages. The heap below (brk) is one piece.
    const std::uint64_t arena = address >> 45 == 3 ? address >> 26 : 0;
    const std::uint64_t offset = arena * 0x9E37'79B9'7F4A'7C15 >> (64 - kBits) & ~0x7FFULL;
    return m_tags[((address >> 4) + offset) & ((1ULL << kBits) - 1)];
  }
  void noteCollision() {
    if (!m_crowded.load(std::memory_order_relaxed)) m_crowded.store(true, std::memory_order_relaxed);
  }

  std::atomic<Tag>* m_tags = nullptr;
  std::atomic<bool> m_crowded{false};  ///< Two live blocks have had the same word.
};

inline BlockTags::Verdict BlockTags::freed(std::uint64_t address, wire::Family family,
                                           const Declared* declared, Tag& before) {
  if (m_tags == nullptr) return Verdict::Unknown;
  std::atomic<Tag>& place = word(address);
  before = place.load(std::memory_order_relaxed);
  const Tag now = tagOf(address, kFreed, 0);
  if (((before ^ now) & kCheck) != 0 && before != kEmpty) {
    // Another block's. While blocks have their words for themselves, there is no such block.
    return m_crowded.load(std::memory_order_relaxed) ? Verdict::Unknown : Verdict::Suspicious;
  }
  place.store(now, std::memory_order_relaxed);
  return verdictOn(before, family, declared);
}

/// The process's own. Only where every allocation is recorded.
extern constinit BlockTags g_tags;

}  // namespace heaptap::capture
