// SPDX-License-Identifier: Apache-2.0
//
// Heap in a program that selects no allocator, so over System. Over a selected one:
// global_allocator_test.cpp.
#include <gtest/gtest.h>
#include <heaptap/alloc/allocator_traits.h>
#include <heaptap/alloc/heap.h>

#include <cstring>

namespace heaptap {
namespace {

static_assert(std::is_empty_v<Heap>);
constexpr Layout kNothing = Layout::fromUnchecked(0, 64);
constexpr Layout kTwenty = Layout::fromUnchecked(20, 4);

TEST(Heap, TakesLayoutsOfNoBytes) {
  const Heap heap;
  void* const nothing = heap.alloc(kNothing);
  EXPECT_EQ(nothing, kNothing.dangling());
  EXPECT_EQ(heap.allocZeroed(kNothing), kNothing.dangling());
  EXPECT_EQ(heap.usableSize(nothing, kNothing), 0U);
  EXPECT_TRUE(heap.growInPlace(nothing, kNothing, 0));
  EXPECT_FALSE(heap.growInPlace(nothing, kNothing, 1));
  heap.dealloc(nothing, kNothing);
  EXPECT_EQ(AllocatorTraits<const Heap>::alloc(heap, kNothing), kNothing.dangling());
}

TEST(Heap, GrowsFromNothingAndShrinksToIt) {
  void* block = heaptap::realloc(kNothing.dangling(), kNothing, 20);
  ASSERT_NE(block, nullptr);
  EXPECT_NE(block, kNothing.dangling());
  std::memset(block, 7, 20);
  const Layout twenty = Layout::fromUnchecked(20, 64);
  EXPECT_FALSE(Heap().shrinkInPlace(block, twenty, 0));
  EXPECT_EQ(heaptap::realloc(block, twenty, 0), kNothing.dangling()) << "and the block has ended";
}

TEST(Heap, HasItsMembersAsFunctions) {
  auto* const block = static_cast<char*>(heaptap::allocZeroed(kTwenty));
  ASSERT_NE(block, nullptr);
  EXPECT_EQ(block[19], 0);
  heaptap::dealloc(block, kTwenty);
  void* const other = heaptap::alloc(kTwenty);
  ASSERT_NE(other, nullptr);
  heaptap::dealloc(other, kTwenty);
}

}  // namespace
}  // namespace heaptap
