// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <heaptap/alloc/layout.h>

#include <cstdint>

namespace heaptap {
namespace {

constexpr std::size_t kPtrdiffMax = PTRDIFF_MAX;

constexpr Layout layout(std::size_t size, std::size_t align) { return Layout::from(size, align).value(); }

// All of it is known at compile time.
static_assert(layout(6, 4).repeat(3)->layout == layout(22, 4));
static_assert(layout(6, 4).repeat(3)->stride == 8);
static_assert(layout(1, 1).extend(layout(8, 8))->layout == layout(16, 8));
static_assert(layout(1, 1).extend(layout(8, 8))->offset == 8);
static_assert(layout(9, 8).padToAlign() == layout(16, 8));
static_assert(layout(9, 8).paddingNeededFor(16) == 7);
static_assert(Layout::of<std::uint64_t>() == layout(8, 8));
static_assert(Layout::array<std::uint32_t>(3) == layout(12, 4));

TEST(Layout, HasAPowerOfTwoForAlignment) {
  for (const std::size_t align : {0U, 3U, 6U, 24U, 4095U}) {
    EXPECT_FALSE(Layout::from(8, align)) << align;
    EXPECT_FALSE(layout(8, 8).alignTo(align)) << align;
    EXPECT_FALSE(layout(8, 8).paddingNeededFor(align)) << align;
  }
}

TEST(Layout, EndsAtTheLargestDifferenceOfPointers) {
  EXPECT_TRUE(Layout::from(kPtrdiffMax, 1));
  EXPECT_FALSE(Layout::from(kPtrdiffMax + 1, 1));
  EXPECT_TRUE(Layout::from(kPtrdiffMax - 7, 8));
  EXPECT_FALSE(Layout::from(kPtrdiffMax - 6, 8)) << "rounded up to 8 it is too large";
  EXPECT_TRUE(Layout::from(0, kPtrdiffMax + 1));
  EXPECT_FALSE(Layout::from(1, kPtrdiffMax + 1));
  EXPECT_FALSE(Layout::from(SIZE_MAX, 1));
}

TEST(Layout, OfManyOverflowsToNothing) {
  EXPECT_FALSE(Layout::array<std::uint64_t>(SIZE_MAX / 8 + 2)) << "the product wraps round to 8";
  EXPECT_FALSE(layout(8, 8).repeat(SIZE_MAX));
  EXPECT_FALSE(layout(kPtrdiffMax, 1).extend(layout(1, 1)));
  EXPECT_FALSE(layout(kPtrdiffMax, 1).extendPacked(layout(1, 1)));
  EXPECT_TRUE(layout(0, 8).repeat(SIZE_MAX)) << "many times nothing is nothing";
}

TEST(Layout, OfNothingIsALayout) {
  EXPECT_EQ(layout(0, 8).padToAlign(), layout(0, 8));
  EXPECT_EQ(Layout::array<int>(0), layout(0, alignof(int)));
  EXPECT_EQ(layout(6, 4).repeat(0)->layout, layout(0, 4));
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(layout(0, 4096).dangling()), 4096U);
}

TEST(Layout, ExtendsAsTheCompilerLaysOutAStruct) {
  struct Mixed {
    char letter;
    double number;
    short small;
  };
  auto all = Layout::of<char>().extend(Layout::of<double>());
  ASSERT_TRUE(all);
  EXPECT_EQ(all->offset, offsetof(Mixed, number));
  all = all->layout.extend(Layout::of<short>());
  ASSERT_TRUE(all);
  EXPECT_EQ(all->offset, offsetof(Mixed, small));
  EXPECT_EQ(all->layout.padToAlign(), Layout::of<Mixed>());
}

}  // namespace
}  // namespace heaptap
