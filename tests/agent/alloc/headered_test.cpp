// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <heaptap/alloc/guarded.h>
#include <heaptap/alloc/headered.h>
#include <heaptap/alloc/system.h>

#include "tests/agent/alloc/bookkeeper.h"
#include "tests/agent/alloc/contract.h"

namespace heaptap {
namespace {

using Heap = Headered<Bookkeeper>;
static_assert(SelfDescribing<const Heap>);
static_assert(!SelfDescribing<const Bookkeeper>);
static_assert(SelfDescribing<const Headered<Guarded<Bookkeeper>>>,
              "what free() needs, over what cannot give it");
static_assert(std::is_empty_v<Headered<System>>);

TEST(Headered, KeepsTheContract) {
  const Heap heap;
  expectContract(heap);
  EXPECT_EQ(heap.inner().live(), 0U);
}

TEST(Headered, EndsBlocksOfWhichOnlyTheAddressIsKnown) {
  const Heap heap;
  for (const std::size_t align : kAlignments) {
    for (const std::size_t size : kSizes) {
      void* const block = heap.alloc(Layout::fromUnchecked(size, align));
      EXPECT_EQ(heap.usableSizeUnsized(block), size);
      EXPECT_EQ(heap.layoutOf(block), Layout::fromUnchecked(size, align));
      heap.deallocUnsized(block);
    }
  }
  EXPECT_EQ(heap.inner().live(), 0U);
}

TEST(Headered, KnowsTheNewSizeAfterARealloc) {
  const Heap heap;
  void* block = heap.realloc(heap.alloc(Layout::fromUnchecked(10, 32)), Layout::fromUnchecked(10, 32), 700);
  EXPECT_EQ(heap.layoutOf(block), Layout::fromUnchecked(700, 32));
  EXPECT_EQ(heap.realloc(block, Layout::fromUnchecked(700, 32), std::size_t{1} << 40), nullptr);
  EXPECT_EQ(heap.layoutOf(block), Layout::fromUnchecked(700, 32)) << "it failed: nothing has changed";
  block = heap.reallocUnsized(block, 5);
  EXPECT_EQ(heap.layoutOf(block), Layout::fromUnchecked(5, 32));
  heap.deallocUnsized(block);
  EXPECT_EQ(heap.inner().live(), 0U);
}

TEST(Headered, ForgivesWrongLayouts) {
  const Heap heap;
  void* block = heap.alloc(Layout::fromUnchecked(100, 64));
  block = heap.realloc(block, Layout::fromUnchecked(7, 8), 200);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % 64, 0U);
  heap.dealloc(block, Layout::fromUnchecked(1, 1));
  EXPECT_EQ(heap.inner().live(), 0U);
}

TEST(HeaderedDeathTest, NamesABlockThatIsNone) {
  const Heap heap;
  alignas(16) std::array<std::byte, 64> foreign{};
  EXPECT_DEATH(heap.deallocUnsized(foreign.data() + 16), "heaptap: Headered: not a live block.*: block 0x");
  EXPECT_DEATH(heap.deallocUnsized(foreign.data() + 20), "not a live block");
  void* const block = heap.alloc(Layout::fromUnchecked(10, 8));
  EXPECT_DEATH((std::memset(static_cast<std::byte*>(block) - 1, 1, 1), heap.deallocUnsized(block)),
               "overwritten");
  heap.deallocUnsized(block);
}

}  // namespace
}  // namespace heaptap
