// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/record/block_tags.h"

#include <gtest/gtest.h>

#include <random>
#include <unordered_map>

namespace heaptap::capture {
namespace {

using wire::Family;
using Verdict = BlockTags::Verdict;

constexpr std::uint64_t kHeap = 0x5555'5577'0000;

class BlockTagsTest : public testing::Test {
 protected:
  BlockTagsTest() { m_tags.open(); }
  Verdict free(std::uint64_t address, Family family = Family::Malloc) {
    return m_tags.freed(address, family, nullptr, m_before);
  }
  Verdict freeSized(std::uint64_t address, std::uint64_t size, Family family = Family::New) {
    const BlockTags::Declared declared{size, 0};
    return m_tags.freed(address, family, &declared, m_before);
  }
  BlockTags m_tags;
  BlockTags::Tag m_before = 0;
};

TEST_F(BlockTagsTest, WhatIsRightIsUsual) {
  m_tags.allocated(kHeap, Family::New, 40);
  EXPECT_EQ(freeSized(kHeap, 40), Verdict::Usual);
  m_tags.allocated(kHeap, Family::Malloc, 64);
  EXPECT_EQ(free(kHeap), Verdict::Usual);
}

TEST_F(BlockTagsTest, EachMistakeIsSuspicious) {
  EXPECT_EQ(free(kHeap), Verdict::Suspicious) << "never allocated";
  m_tags.allocated(kHeap, Family::Malloc, 40);
  EXPECT_EQ(free(kHeap), Verdict::Usual);
  EXPECT_EQ(free(kHeap), Verdict::Suspicious) << "freed twice";
  m_tags.allocated(kHeap, Family::NewArray, 40);
  EXPECT_EQ(free(kHeap, Family::New), Verdict::Suspicious) << "another family";
  m_tags.allocated(kHeap, Family::New, 40);
  EXPECT_EQ(freeSized(kHeap, 48), Verdict::Suspicious) << "another size";
  m_tags.allocated(kHeap, Family::Malloc, 64);
  EXPECT_EQ(free(kHeap + 32), Verdict::Suspicious) << "in the middle";
  EXPECT_EQ(free(kHeap + 8), Verdict::Suspicious) << "in the middle of its first sixteen bytes";
}

TEST_F(BlockTagsTest, ALayoutIsRightInAllParts) {
  constexpr unsigned k16 = 4;
  constexpr unsigned k64 = 6;
  const auto freeRust = [&](BlockTags::Declared declared, Family family = Family::RustGlobal) {
    m_tags.allocated(kHeap, Family::RustGlobal, 40, k16);
    return m_tags.freed(kHeap, family, &declared, m_before);
  };
  EXPECT_EQ(freeRust({40, k16}), Verdict::Usual);
  EXPECT_EQ(freeRust({41, k16}), Verdict::Suspicious);
  EXPECT_EQ(freeRust({40, k64}), Verdict::Suspicious);
  EXPECT_EQ(freeRust({40, k16}, Family::ExplicitHeap), Verdict::Suspicious);
  m_tags.allocated(kHeap, Family::RustGlobal, 40, k16);
  EXPECT_EQ(free(kHeap), Verdict::Suspicious) << "malloc's";
  m_tags.allocated(kHeap, Family::ExplicitHeap, 40, k16);
  EXPECT_EQ(free(kHeap, Family::ExplicitHeap), Verdict::Usual) << "without a layout";
}

TEST_F(BlockTagsTest, ABlockThatWasNotFreedAfterAllIsAsBefore) {
  m_tags.allocated(kHeap, Family::New, 40);
  ASSERT_EQ(free(kHeap, Family::New), Verdict::Usual);
  m_tags.restore(kHeap, m_before);
  EXPECT_EQ(freeSized(kHeap, 40), Verdict::Usual);
}

TEST_F(BlockTagsTest, OfAHeapOf64MiBNothingIsForgotten) {
  constexpr std::uint64_t kBlocks = (64ULL << 20) / 32;
  for (std::uint64_t i = 0; i < kBlocks; ++i) m_tags.allocated(kHeap + i * 32, Family::Malloc, 24);
  for (std::uint64_t i = 0; i < kBlocks; ++i) ASSERT_EQ(free(kHeap + i * 32), Verdict::Usual) << i;
  for (std::uint64_t i = 0; i < kBlocks; ++i) ASSERT_EQ(free(kHeap + i * 32), Verdict::Suspicious) << i;
}

// Then a wrong free may pass for one that is not known, but a right one is hardly ever suspected.
TEST_F(BlockTagsTest, OfALargeHeapRightFreesAreHardlyEverSuspected) {
  std::mt19937_64 random(3);
  std::unordered_map<std::uint64_t, std::uint64_t> live;
  unsigned suspected = 0;
  unsigned frees = 0;
  for (int i = 0; i < 4'000'000; ++i) {
    const std::uint64_t address = kHeap + random() % (1ULL << 34) / 64 * 64;
    if (const auto block = live.find(address); block != live.end()) {
      ++frees;
      suspected += freeSized(address, block->second) == Verdict::Suspicious;
      live.erase(block);
    } else {
      const std::uint64_t size = 1 + random() % 60;
      m_tags.allocated(address, Family::New, size);
      live.emplace(address, size);
    }
  }
  for (const auto& [address, size] : live) {
    ++frees;
    suspected += freeSized(address, size) == Verdict::Suspicious;
  }
  EXPECT_LT(suspected, frees / 16);
}

TEST(BlockTagsWithoutMemory, KnowNothing) {
  BlockTags tags;
  BlockTags::Tag before = 0;
  tags.allocated(kHeap, Family::Malloc, 1);
  tags.prefetch(kHeap);
  tags.restore(kHeap, 0);
  EXPECT_EQ(tags.freed(kHeap, Family::New, nullptr, before), Verdict::Unknown);
}

}  // namespace
}  // namespace heaptap::capture
