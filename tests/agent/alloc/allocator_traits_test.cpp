// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <heaptap/alloc/allocator_traits.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace heaptap {
namespace {

/// The least that an allocator can be; counts, and fails on request.
struct Least {
  int blocks = 0;
  bool empty = false;
  void* alloc(Layout layout) noexcept {
    if (empty) return nullptr;
    ++blocks;
    void* const block = std::malloc(layout.size());
    std::memset(block, 0xA5, layout.size());
    return block;
  }
  void dealloc(void* block, Layout /*layout*/) noexcept {
    --blocks;
    std::free(block);
  }
};
static_assert(Allocator<Least>);
static_assert(!GlobalAllocator<Least>, "it counts without a lock");
static_assert(!SelfDescribing<Least>);

/// Always gives multiples of 64 bytes, and says so.
struct Roomy : Least {
  void* alloc(Layout layout) noexcept {
    return Least::alloc(Layout::fromUnchecked(usable(layout), layout.align()));
  }
  std::size_t usableSize(const void* /*block*/, Layout layout) noexcept { return usable(layout); }
  static std::size_t usable(Layout layout) noexcept { return (layout.size() + 63) / 64 * 64; }
};

constexpr Layout kTenBytes = Layout::fromUnchecked(10, 1);

TEST(AllocatorTraits, ClearABlock) {
  Least heap;
  auto* const block = static_cast<unsigned char*>(AllocatorTraits<Least>::allocZeroed(heap, kTenBytes));
  ASSERT_NE(block, nullptr);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(block[i], 0) << i;
  AllocatorTraits<Least>::dealloc(heap, block, kTenBytes);
}

TEST(AllocatorTraits, MoveABlockThatChangesItsSize) {
  Least heap;
  using Traits = AllocatorTraits<Least>;
  auto* block = static_cast<char*>(Traits::alloc(heap, kTenBytes));
  std::memcpy(block, "ninechars", 10);
  block = static_cast<char*>(Traits::realloc(heap, block, kTenBytes, 1000));
  ASSERT_NE(block, nullptr);
  EXPECT_STREQ(block, "ninechars");
  EXPECT_EQ(heap.blocks, 1);
  block = static_cast<char*>(Traits::realloc(heap, block, Layout::fromUnchecked(1000, 1), 4));
  ASSERT_NE(block, nullptr);
  EXPECT_EQ(std::memcmp(block, "nine", 4), 0);
  EXPECT_EQ(heap.blocks, 1);
  Traits::dealloc(heap, block, Layout::fromUnchecked(4, 1));
  EXPECT_EQ(heap.blocks, 0);
}

TEST(AllocatorTraits, LeaveTheBlockWhereItIsWhenItCannotGrow) {
  Least heap;
  using Traits = AllocatorTraits<Least>;
  auto* const block = static_cast<char*>(Traits::alloc(heap, kTenBytes));
  std::memcpy(block, "ninechars", 10);
  heap.empty = true;
  EXPECT_EQ(Traits::realloc(heap, block, kTenBytes, 1000), nullptr);
  EXPECT_EQ(Traits::realloc(heap, block, kTenBytes, SIZE_MAX), nullptr) << "no layout is that large";
  EXPECT_STREQ(block, "ninechars");
  EXPECT_EQ(heap.blocks, 1);
  Traits::dealloc(heap, block, kTenBytes);
}

TEST(AllocatorTraits, GrowInPlaceWithinWhatIsUsable) {
  Roomy heap;
  using Traits = AllocatorTraits<Roomy>;
  const AllocResult got = Traits::allocExcess(heap, kTenBytes);
  EXPECT_EQ(got.size, 64U);
  EXPECT_TRUE(Traits::growInPlace(heap, got.block, kTenBytes, 64));
  EXPECT_FALSE(Traits::growInPlace(heap, got.block, kTenBytes, 65));
  EXPECT_FALSE(Traits::shrinkInPlace(heap, got.block, Layout::fromUnchecked(64, 1), 10))
      << "not its own member";
  EXPECT_EQ(Traits::realloc(heap, got.block, kTenBytes, 50), got.block);
  Traits::dealloc(heap, got.block, Layout::fromUnchecked(50, 1));
}

TEST(AllocatorTraits, SayNothingIsUsableOfWhatThereIsNot) {
  Roomy heap;
  heap.empty = true;
  const AllocResult got = AllocatorTraits<Roomy>::allocExcess(heap, kTenBytes);
  EXPECT_EQ(got.block, nullptr);
  EXPECT_EQ(got.size, 0U);
}

}  // namespace
}  // namespace heaptap
