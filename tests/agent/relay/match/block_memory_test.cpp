// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/match/block_memory.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace heaptap::relay {
namespace {

constexpr std::size_t kMegabyte = 1 << 20;
/// Eleven of them share a page of 64 KiB.
constexpr std::size_t kLarge = BlockMemory::kMaxPiece;

long pageFaults() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return used.ru_minflt;
}

/// So many megabytes of large pieces, written to.
std::vector<BlockMemory::Ref> filled(BlockMemory& memory, std::size_t megabytes) {
  std::vector<BlockMemory::Ref> pieces(megabytes * kMegabyte / kLarge);
  for (BlockMemory::Ref& piece : pieces) std::fill_n(memory.at(piece = memory.allocate(kLarge)), kLarge, 'x');
  return pieces;
}

TEST(BlockMemory, GivesBackWhatIsNotNeeded) {
  BlockMemory memory;
  std::vector<BlockMemory::Ref> pieces = filled(memory, 64);
  EXPECT_GE(memory.backedBytes(), 63 * kMegabyte);
  for (const BlockMemory::Ref piece : pieces) memory.free(piece);
  EXPECT_LE(memory.backedBytes(), 2 * kMegabyte);
}

// Pages that were given back lie before those that are kept: what is needed next must be one of these.
TEST(BlockMemory, AnEmptiedPageIsTheNextOneThatIsUsed) {
  BlockMemory memory;
  std::vector<BlockMemory::Ref> pieces = filled(memory, 64);
  for (const BlockMemory::Ref piece : pieces) memory.free(piece);
  const long before = pageFaults();
  for (int i = 0; i < 10'000; ++i) {
    const BlockMemory::Ref piece = memory.allocate(kLarge);
    std::fill_n(memory.at(piece), kLarge, 'y');
    memory.free(piece);
  }
  EXPECT_LT(pageFaults() - before, 1000);
}

// As leaves that grow go from one size to the next.
TEST(BlockMemory, PagesServeOneSizeAfterTheOther) {
  BlockMemory memory;
  std::vector<BlockMemory::Ref> others = filled(memory, 8);
  std::vector<BlockMemory::Ref> pieces(100);
  for (BlockMemory::Ref& piece : pieces) piece = memory.allocate(64);
  const long before = pageFaults();
  for (int round = 0; round < 200; ++round)
    for (std::size_t bytes = 64; bytes <= kLarge - 64; bytes += 64)
      for (BlockMemory::Ref& piece : pieces) {
        const BlockMemory::Ref larger = memory.allocate(bytes + 64);
        std::fill_n(memory.at(larger), bytes + 64, 'z');
        memory.free(std::exchange(piece, larger));
      }
  EXPECT_LT(pageFaults() - before, 5000);
  EXPECT_LE(memory.backedBytes(), 12 * kMegabyte);
}

// A piece keeps what is in it whatever happens to its neighbours.
TEST(BlockMemory, PiecesAreApart) {
  BlockMemory memory;
  struct Piece {
    BlockMemory::Ref ref;
    std::size_t bytes;
    char content;
  };
  std::vector<Piece> pieces;
  std::uint32_t random = 1;
  const auto below = [&](std::uint32_t limit) {
    random = random * 1'664'525 + 1'013'904'223;
    return (random >> 8) % limit;
  };
  const auto isWhole = [&](const Piece& piece) {
    const char* const begin = memory.at(piece.ref);
    return std::all_of(begin, begin + piece.bytes, [&](char c) { return c == piece.content; });
  };
  // It grows to some thousands of pieces, shrinks to some, and grows again.
  for (std::uint32_t round = 0; round < 60'000; ++round) {
    const bool grows = round / 10'000 % 2 == 0;
    if (pieces.empty() || below(8) < (grows ? 7 : 1)) {
      const std::size_t bytes = 1 + below(kLarge);
      pieces.push_back({memory.allocate(bytes), bytes, static_cast<char>(round)});
      std::fill_n(memory.at(pieces.back().ref), bytes, pieces.back().content);
    } else {
      std::swap(pieces[below(static_cast<std::uint32_t>(pieces.size()))], pieces.back());
      ASSERT_TRUE(isWhole(pieces.back())) << "round " << round;
      memory.free(pieces.back().ref);
      pieces.pop_back();
    }
  }
  for (const Piece& piece : pieces) ASSERT_TRUE(isWhole(piece));
}

}  // namespace
}  // namespace heaptap::relay
