// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <heaptap/alloc/ref.h>
#include <heaptap/alloc/segregate.h>

#include "tests/agent/alloc/bookkeeper.h"
#include "tests/agent/alloc/contract.h"

namespace heaptap {
namespace {

constexpr Layout bytes(std::size_t size) { return Layout::fromUnchecked(size, 8); }

/// Gives 32 bytes more than asked for, and says so.
struct Roomy : Bookkeeper {
  static Layout rounded(Layout layout) {
    return Layout::fromUnchecked((layout.size() + 63) & ~std::size_t{63}, layout.align());
  }
  void* alloc(Layout layout) const noexcept { return Bookkeeper::alloc(rounded(layout)); }
  void dealloc(void* block, Layout layout) const noexcept { Bookkeeper::dealloc(block, rounded(layout)); }
  std::size_t usableSize(const void* /*block*/, Layout layout) const noexcept {
    return rounded(layout).size();
  }
};

class SegregateHeap : public testing::Test {
 protected:
  Roomy m_small;
  Bookkeeper m_large;
  const Segregate<100, Ref<Roomy>, Ref<Bookkeeper>> m_heap{m_small, m_large};
};

TEST_F(SegregateHeap, ChoosesBySize) {
  void* const small = m_heap.alloc(bytes(100));
  EXPECT_EQ(m_small.live(), 1U);
  void* const large = m_heap.allocZeroed(bytes(101));
  EXPECT_EQ(m_large.live(), 1U);
  EXPECT_TRUE(m_heap.owns(small, bytes(100)));
  EXPECT_TRUE(m_heap.owns(large, bytes(101)));
  EXPECT_FALSE(m_heap.owns(large, bytes(100)));
  m_heap.dealloc(small, bytes(100));
  m_heap.dealloc(large, bytes(101));
  EXPECT_EQ(m_small.live() + m_large.live(), 0U);
}

TEST_F(SegregateHeap, MovesBlocksAcrossTheLimitBothWays) {
  MarkedBlock block(m_heap, bytes(50));
  EXPECT_FALSE(block.resizeInPlace(101));
  EXPECT_TRUE(block.realloc(101));
  EXPECT_EQ(m_small.live(), 0U);
  EXPECT_EQ(m_large.live(), 1U);
  EXPECT_FALSE(block.resizeInPlace(100));
  EXPECT_TRUE(block.realloc(100));
  EXPECT_EQ(m_small.live(), 1U);
  EXPECT_EQ(m_large.live(), 0U);
}

TEST_F(SegregateHeap, NeverSaysThatASmallBlockIsLarge) {
  void* const block = m_heap.alloc(bytes(90));
  EXPECT_EQ(m_small.usableSize(block, bytes(90)), 128U);
  EXPECT_EQ(m_heap.usableSize(block, bytes(90)), 100U);
  m_heap.dealloc(block, bytes(100));  // What may be used of it is what it may end with.
  EXPECT_EQ(m_small.live(), 0U);
}

TEST_F(SegregateHeap, KeepsTheContract) {
  expectContract(m_heap);
  EXPECT_EQ(m_small.live() + m_large.live(), 0U);
}

}  // namespace
}  // namespace heaptap
