// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace heaptap::relay {

/// The memory of block tables: pieces of 32 bytes to some KiB, each named by 32 bits. Pieces of one size
/// share pages of 64 KiB, pages lie in slabs of 2 MiB, which are huge pages where the kernel has some, once
/// there is more than a little. A page that is empty serves another size, and what is not needed goes back.
/// Cost: constant for each piece; a slab is mapped, cleared and given back by the kernel in one step.
/// Threads: one at a time.
class BlockMemory {
 public:
  /// Units: 16 bytes.
  using Ref = std::uint32_t;
  static constexpr Ref kNone = 0;
  static constexpr std::size_t kMaxPiece = 5696;
  /// So many bytes behind each piece may be read.
  static constexpr std::size_t kReadableBehind = 32;

  BlockMemory() = default;
  ~BlockMemory();
  BlockMemory(const BlockMemory&) = delete;
  BlockMemory& operator=(const BlockMemory&) = delete;

  /// What a piece of at least so many bytes has.
  [[nodiscard]] static constexpr std::size_t pieceFor(std::size_t bytes) {
    if (bytes <= 32) return 32;
    if (bytes <= 48) return 48;
    return (bytes + 63) / 64 * 64;
  }
  /// Returns a piece of pieceFor(bytes) bytes, not cleared. Precondition: bytes <= kMaxPiece.
  /// Errors: std::bad_alloc.
  Ref allocate(std::size_t bytes);
  void free(Ref ref);

  [[nodiscard]] char* at(Ref ref) { return m_slabs[ref >> kSlabBits].base + unitOffset(ref); }
  [[nodiscard]] const char* at(Ref ref) const { return m_slabs[ref >> kSlabBits].base + unitOffset(ref); }

  /// Bytes of all pages that hold pieces, or held some and were not given back.
  [[nodiscard]] std::size_t backedBytes() const { return m_backedPages * kPageBytes; }

 private:
  static constexpr unsigned kUnitBytes = 16;
  static constexpr unsigned kPageBits = 12;  ///< Of units: 64 KiB.
  static constexpr unsigned kSlabBits = 17;  ///< 2 MiB.
  static constexpr std::size_t kPageBytes = std::size_t{kUnitBytes} << kPageBits;
  static constexpr std::size_t kSlabBytes = std::size_t{kUnitBytes} << kSlabBits;
  static constexpr std::size_t kPagesPerSlab = kSlabBytes / kPageBytes;
  static constexpr std::size_t kSlabsPerMapping = 8;
  /// Small programs do with less than a huge page.
  static constexpr std::size_t kFirstHugeSlab = 2;
  static constexpr std::uint32_t kNoPage = ~std::uint32_t{0};
  static constexpr std::size_t kClasses = 2 + kMaxPiece / 64;

  struct Page {
    std::uint16_t sizeClass = 0;
    std::uint16_t used = 0;    ///< Pieces that are handed out.
    std::uint16_t begun = 0;   ///< Pieces that ever were: those behind were not touched yet.
    Ref free = kNone;          ///< The first of a list.
    std::uint32_t before = 0;  ///< Neighbours in the list that it is in.
    std::uint32_t after = 0;
  };
  /// The page that was linked last is the first.
  struct PageList {
    std::uint32_t first = kNoPage;
    std::uint32_t last = kNoPage;
  };
  struct Slab {
    char* base = nullptr;
    std::uint32_t freePages = ~std::uint32_t{0};  ///< A bit for each.
    std::uint32_t backedPages = 0;                ///< Those that were used and not given back.
  };
  struct Mapping {
    void* base = nullptr;
    std::size_t bytes = 0;
  };

  static constexpr std::size_t unitOffset(Ref ref) {
    return std::size_t{ref & ((1U << kSlabBits) - 1)} * kUnitBytes;
  }
  static constexpr std::uint16_t classOf(std::size_t bytes) {
    return static_cast<std::uint16_t>(bytes <= 32 ? 0 : bytes <= 48 ? 1 : 1 + (bytes + 63) / 64);
  }
  static constexpr std::size_t bytesOf(std::uint16_t sizeClass) {
    return sizeClass == 0 ? 32 : sizeClass == 1 ? 48 : (std::size_t{sizeClass} - 1) * 64;
  }
  static constexpr std::uint16_t piecesOf(std::uint16_t sizeClass) {
    return static_cast<std::uint16_t>((kPageBytes - kReadableBehind) / bytesOf(sizeClass));
  }
  static constexpr Ref firstOf(std::uint32_t page) { return page << kPageBits; }
  static constexpr std::uint32_t bitOf(std::uint32_t page) { return 1U << page % kPagesPerSlab; }
  [[nodiscard]] Slab& slabOf(std::uint32_t page) { return m_slabs[page / kPagesPerSlab]; }

  std::uint32_t takePage(std::uint16_t sizeClass);
  std::uint32_t backPage();
  void givePage(std::uint32_t page);
  void giveBack(std::uint32_t page);
  void addSlabs();
  void link(PageList& list, std::uint32_t page);
  void unlink(PageList& list, std::uint32_t page);

  std::vector<Slab> m_slabs;
  std::vector<Page> m_pages;
  std::vector<Mapping> m_mappings;
  std::array<PageList, kClasses> m_withRoom;  ///< By size.
  /// The empty pages that still have memory: that which was emptied last is used first. What a table needs
  /// next is a page that it has just emptied, as a leaf that grows moves from size to size.
  PageList m_emptied;
  std::size_t m_firstFreeSlab = 0;  ///< No slab before has a free page without memory.
  std::size_t m_usedPages = 0;
  std::size_t m_backedPages = 0;
};

}  // namespace heaptap::relay
