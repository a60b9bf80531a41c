// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <heaptap/alloc/arena.h>
#include <heaptap/alloc/fallback.h>
#include <heaptap/alloc/locked.h>
#include <heaptap/alloc/nothing.h>
#include <heaptap/alloc/ref.h>

#include <array>

#include "tests/agent/alloc/bookkeeper.h"
#include "tests/agent/alloc/contract.h"

namespace heaptap {
namespace {

constexpr Layout bytes(std::size_t size) { return Layout::fromUnchecked(size, 8); }

class FallbackHeap : public testing::Test {
 protected:
  using Small = Arena<Nothing>;
  alignas(16) std::array<std::byte, 128> m_buffer{};
  Small m_arena{m_buffer};
  Bookkeeper m_system;
  const Fallback<Ref<Small>, Ref<Bookkeeper>> m_heap{m_arena, m_system};
};

TEST_F(FallbackHeap, KeepsTheContract) {
  expectContract(m_heap);
  EXPECT_EQ(m_system.live(), 0U);
}

TEST_F(FallbackHeap, AsksTheSecondForWhatTheFirstDoesNotGive) {
  void* const first = m_heap.alloc(bytes(100));
  void* const second = m_heap.alloc(bytes(100));
  EXPECT_EQ(first, m_buffer.data());
  EXPECT_EQ(m_system.live(), 1U);
  m_heap.dealloc(second, bytes(100));
  EXPECT_EQ(m_system.live(), 0U);
  m_heap.dealloc(first, bytes(100));
  EXPECT_EQ(m_heap.alloc(bytes(100)), first) << "the arena got its own block back";
}

TEST_F(FallbackHeap, MovesWhatGrowsOutOfTheFirst) {
  MarkedBlock block(m_heap, bytes(60));
  EXPECT_TRUE(block.realloc(100));
  EXPECT_EQ(block.address(), m_buffer.data());
  EXPECT_EQ(m_system.live(), 0U);
  EXPECT_TRUE(block.realloc(200));
  EXPECT_EQ(m_system.live(), 1U);
  EXPECT_TRUE(block.realloc(8));
  EXPECT_EQ(m_system.live(), 1U) << "nothing moves back";
}

TEST_F(FallbackHeap, OwnsWhatOneOfThemOwns) {
  int local = 0;
  void* const first = m_heap.alloc(bytes(100));
  void* const second = m_heap.alloc(bytes(100));
  EXPECT_TRUE(m_heap.owns(first, bytes(100)));
  EXPECT_TRUE(m_heap.owns(second, bytes(100)));
  EXPECT_FALSE(m_heap.owns(&local, bytes(4)));
  m_heap.dealloc(second, bytes(100));
}

}  // namespace
}  // namespace heaptap
