// SPDX-License-Identifier: Apache-2.0
#include "columns/address_guesses.h"

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <random>
#include <vector>

#include "columns/chunk_bytes.h"

namespace heaptap::columns {
namespace {

TEST(ChunkBytes, areThoseOfGlibc) {
  EXPECT_EQ(chunkBytes(1, 0), 32U);
  EXPECT_EQ(chunkBytes(24, 0), 32U);
  EXPECT_EQ(chunkBytes(25, 0), 48U);
  EXPECT_EQ(chunkBytes(20, 5), 32U) << "24 bytes can be used";
  EXPECT_EQ(chunkBytes(1000, 9), 1024U);
}

TEST(ChunkBytes, knowNoOverflow) {
  const std::uint32_t most = chunkBytes(~std::uint64_t{0}, 0);
  EXPECT_EQ(chunkBytes(~std::uint64_t{0} - 3, 100), most);
  EXPECT_EQ(chunkBytes(std::uint64_t{1} << 32, 0), most);
  EXPECT_LE(chunkBytes(0xFFFF'FF00, 0), most);
}

class AddressGuessesTest : public testing::Test {
 protected:
  std::uint8_t tell(std::uint32_t thread, std::uint32_t chunk, std::uint64_t address) {
    const std::uint8_t code = writer.codeOf(thread, chunk, address);
    std::uint64_t read = 0;
    EXPECT_TRUE(reader.resolve(thread, chunk, code, code == AddressGuesses::kTold ? address : 0, read));
    EXPECT_EQ(read, address);
    return code;
  }
  void free(std::uint32_t thread, std::uint32_t chunk, std::uint64_t address) {
    writer.freed(thread, chunk, address);
    reader.freed(thread, chunk, address);
  }
  void begin() {
    writer.begin();
    reader.begin();
  }
  AddressGuesses writer;
  AddressGuesses reader;
};

TEST_F(AddressGuessesTest, whatWasFreedLastIsHandedOutAgain) {
  begin();
  EXPECT_EQ(tell(0, 32, 0x1000), AddressGuesses::kTold);
  EXPECT_EQ(tell(0, 32, 0x5000), AddressGuesses::kTold);
  free(0, 32, 0x1000);
  free(0, 32, 0x5000);
  EXPECT_EQ(tell(0, 48, 0x5000 + 32), AddressGuesses::kBehind) << "another size, behind the last fresh block";
  EXPECT_EQ(tell(0, 32, 0x5000), AddressGuesses::kReused);
  EXPECT_EQ(tell(0, 32, 0x1000), AddressGuesses::kReused);
}

TEST_F(AddressGuessesTest, blocksOfOneSizeInOneRowAreGuessed) {
  begin();
  tell(0, 64, 0x1000);
  tell(0, 64, 0x1030);
  EXPECT_EQ(tell(0, 64, 0x1060), AddressGuesses::kStep);
  EXPECT_EQ(tell(0, 64, 0x1090), AddressGuesses::kStep);
}

TEST_F(AddressGuessesTest, eachThreadHasItsOwn) {
  begin();
  tell(0, 32, 0x1000);
  free(1, 32, 0x1000);
  EXPECT_EQ(tell(0, 32, 0x7000), AddressGuesses::kTold);
  EXPECT_EQ(tell(1, 32, 0x1000), AddressGuesses::kReused);
}

TEST_F(AddressGuessesTest, aBatchKnowsNothingOfTheOneBefore) {
  begin();
  tell(0, 32, 0x1000);
  free(0, 32, 0x1000);
  begin();
  EXPECT_EQ(tell(0, 32, 0x1000), AddressGuesses::kTold);
}

TEST_F(AddressGuessesTest, namesNoBlockThatWasNotFreed) {
  begin();
  tell(0, 32, 0x1000);
  free(0, 32, 0x1000);
  std::uint64_t address = 0;
  EXPECT_FALSE(reader.resolve(0, 32, AddressGuesses::kReused + 1, 0, address));
  EXPECT_FALSE(reader.resolve(0, 48, AddressGuesses::kReused, 0, address));
  EXPECT_TRUE(reader.resolve(0, 32, AddressGuesses::kReused, 0, address));
  EXPECT_FALSE(reader.resolve(0, 32, AddressGuesses::kReused, 0, address));
}

/// More threads and sizes than there are places, and more free blocks of a size than are remembered.
TEST_F(AddressGuessesTest, whoeverReadsGuessesAsWhoWrites) {
  std::mt19937_64 random(7);
  std::vector<std::pair<std::uint64_t, std::uint32_t>> live;
  std::map<std::uint32_t, std::deque<std::uint64_t>> unused;
  std::uint64_t top = 0x5555'0000'0000;
  std::size_t told = 0;
  std::size_t allocations = 0;
  begin();
  for (int i = 0; i < 200'000; ++i) {
    if (i % 20'000 == 0) begin();
    const auto thread = static_cast<std::uint32_t>(random() % 200);
    if (!live.empty() && random() % 2 == 0) {
      const std::size_t at = random() % live.size();
      free(thread, live[at].second, live[at].first);
      unused[live[at].second].push_back(live[at].first);
      live[at] = live.back();
      live.pop_back();
      continue;
    }
    const std::uint32_t chunk = chunkBytes(random() % (i % 5 == 0 ? 1U << 20 : 500), random() % 3);
    auto& blocks = unused[chunk];
    std::uint64_t address = top;
    if (blocks.empty() || random() % 10 == 0) {
      top += chunk;
    } else {
      address = blocks.back();
      blocks.pop_back();
    }
    ++allocations;
    told += tell(thread, chunk, address) == AddressGuesses::kTold ? 1 : 0;
    live.emplace_back(address, chunk);
  }
  EXPECT_LT(told, allocations) << "some are guessed";
}

}  // namespace
}  // namespace heaptap::columns
