// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <heaptap/alloc/objects.h>
#include <heaptap/alloc/system.h>

#include <cstdint>
#include <string>

#include "tests/agent/alloc/recording_allocator.h"

namespace heaptap {
namespace {

using Recording = test::RecordingAllocator<>;

struct alignas(64) Wide {
  explicit Wide(bool wellMade) {
    if (!wellMade) throw std::string("no");
  }
  char bytes[100];
};

TEST(Objects, AreMadeAndDestroyed) {
  const Recording heap;
  auto* const text = makeOne<std::string>(heap, 100U, 'x');
  ASSERT_NE(text, nullptr);
  EXPECT_EQ(text->size(), 100U);
  EXPECT_EQ(heap.lastSize, sizeof(std::string));
  destroyOne(heap, text);
  destroyOne(heap, static_cast<std::string*>(nullptr));
  EXPECT_EQ(heap.live, 0U);
  auto* const wide = makeOne<Wide>(heap, true);
  EXPECT_EQ(heap.lastAlign, 64U);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(wide) % 64, 0U);
  destroyOne(heap, wide);
}

TEST(Objects, GiveTheirRoomBackWhenTheConstructorThrows) {
  const Recording heap;
  EXPECT_THROW(static_cast<void>(makeOne<Wide>(heap, false)), std::string);
  EXPECT_EQ(heap.allocations, 1U);
  EXPECT_EQ(heap.live, 0U);
}

TEST(Objects, AreNoneWithoutMemory) {
  const Recording heap;
  heap.refusals = 3;
  EXPECT_EQ(makeOne<std::string>(heap, "text"), nullptr);
  EXPECT_EQ(allocOne<int>(heap), nullptr);
  EXPECT_EQ(allocArray<int>(heap, 10), nullptr);
}

TEST(Objects, StandInArrays) {
  const Recording heap;
  auto* numbers = allocArray<std::uint64_t>(heap, 10);
  ASSERT_NE(numbers, nullptr);
  for (std::uint64_t i = 0; i < 10; ++i) numbers[i] = i;
  EXPECT_EQ(reallocArray(heap, numbers, 10, SIZE_MAX / 8 + 2), nullptr) << "the product wraps round to 8";
  EXPECT_EQ(reallocArray(heap, numbers, 10, 0), nullptr);
  numbers = reallocArray(heap, numbers, 10, 1000);
  ASSERT_NE(numbers, nullptr);
  EXPECT_EQ(numbers[9], 9U);
  deallocArray(heap, numbers, 1000);
  EXPECT_EQ(heap.lastFreedSize, 8000U);
  EXPECT_EQ(heap.live, 0U);
}

TEST(Objects, AreNoArrayOfNoneOrOfTooMany) {
  const Recording heap;
  EXPECT_EQ(allocArray<int>(heap, 0), nullptr);
  EXPECT_EQ(allocArray<int>(heap, SIZE_MAX / 4 + 2), nullptr);
  EXPECT_EQ(heap.allocations, 0U) << "nobody was asked";
}

}  // namespace
}  // namespace heaptap
