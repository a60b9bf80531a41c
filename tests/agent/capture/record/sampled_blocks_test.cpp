// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/record/sampled_blocks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <thread>
#include <unordered_set>
#include <vector>

namespace heaptap::capture {
namespace {

constexpr BlockTags::Tag kTag = 0x1234;

class SampledBlocksTest : public testing::Test {
 protected:
  SampledBlocksTest() { EXPECT_TRUE(m_blocks.open()); }
  [[nodiscard]] bool surelyNot(std::uint64_t address) const {
    return m_blocks.filter()[heaptap_filter_place(address)] == 0;
  }
  [[nodiscard]] std::size_t filterEntries() const {
    return HEAPTAP_FILTER_BYTES - static_cast<std::size_t>(std::count(
                                      m_blocks.filter(), m_blocks.filter() + HEAPTAP_FILTER_BYTES, 0));
  }
  SampledBlocks m_blocks;
};

TEST_F(SampledBlocksTest, KnowsWhatWasAddedUntilItIsRemoved) {
  m_blocks.add(0x5000'0010, kTag);
  EXPECT_FALSE(surelyNot(0x5000'0010));
  EXPECT_EQ(m_blocks.remove(0x5000'0010), kTag);
  EXPECT_TRUE(surelyNot(0x5000'0010));
  EXPECT_FALSE(m_blocks.remove(0x5000'0010));
}

TEST_F(SampledBlocksTest, ANeighbourPassesTheFilterButIsNotInHere) {
  m_blocks.add(0x5000'0010, kTag);
  EXPECT_FALSE(surelyNot(0x5000'0020)) << "the filter has one place for a page";
  EXPECT_FALSE(m_blocks.remove(0x5000'0020));
  EXPECT_TRUE(m_blocks.remove(0x5000'0010));
}

TEST_F(SampledBlocksTest, ComesAndGoesForEverWithoutFillingUp) {
  std::mt19937_64 random(1);
  std::vector<std::uint64_t> live;
  std::unordered_set<std::uint64_t> known;
  for (int i = 0; i < 500'000; ++i) {
    const std::uint64_t address = 0x7F00'0000'0000 + (random() % (1ULL << 32)) * 16;
    if (!known.insert(address).second) continue;
    m_blocks.add(address, kTag);
    live.push_back(address);
    if (live.size() < 1000) continue;
    std::swap(live[random() % live.size()], live.back());
    ASSERT_TRUE(m_blocks.remove(live.back()));
    known.erase(live.back());
    live.pop_back();
  }
  for (const std::uint64_t address : live) ASSERT_TRUE(m_blocks.remove(address));
  EXPECT_EQ(filterEntries(), 0U) << "nothing is left in the filter, so that frees are cheap again";
}

TEST_F(SampledBlocksTest, BeyondItsRoomItSaysPerhapsRatherThanNo) {
  std::vector<std::uint64_t> blocks;
  for (std::uint64_t i = 0; i < 3'000'000; ++i) blocks.push_back(0x7F00'0000'0000 + i * 64);
  for (const std::uint64_t block : blocks) m_blocks.add(block, kTag);
  for (const std::uint64_t block : blocks) {
    ASSERT_FALSE(surelyNot(block));
    ASSERT_TRUE(m_blocks.remove(block)) << "a sampled block's free is never missed";
  }
}

TEST_F(SampledBlocksTest, ThreadsAddAndRemoveAtOnce) {
  std::vector<std::thread> threads;
  for (std::uint64_t thread = 0; thread < 4; ++thread)
    threads.emplace_back([this, thread] {
      std::mt19937_64 random(thread);
      for (int round = 0; round < 200; ++round) {
        std::vector<std::uint64_t> mine;
        for (int i = 0; i < 300; ++i) {
          // Blocks of all threads lie side by side, each at an address of its own.
          mine.push_back(0x6000'0000 + ((random() % 100'000) * 4 + thread) * 16);
        }
        std::sort(mine.begin(), mine.end());
        mine.erase(std::unique(mine.begin(), mine.end()), mine.end());
        for (const std::uint64_t block : mine) m_blocks.add(block, kTag);
        for (const std::uint64_t block : mine) ASSERT_TRUE(m_blocks.remove(block));
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(filterEntries(), 0U);
}

}  // namespace
}  // namespace heaptap::capture
