// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <heaptap/alloc/arena.h>
#include <heaptap/alloc/nothing.h>
#include <heaptap/alloc/ref.h>
#include <heaptap/alloc/stats.h>

#include <array>
#include <string>
#include <vector>

#include "tests/agent/alloc/bookkeeper.h"
#include "tests/agent/alloc/contract.h"

namespace heaptap {
namespace {

static_assert(!std::is_move_constructible_v<Arena<>> && !std::is_copy_constructible_v<Arena<>>);

constexpr Layout bytes(std::size_t size, std::size_t align = 8) { return Layout::fromUnchecked(size, align); }

TEST(Arena, KeepsTheContractAndGivesAllChunksBack) {
  static const Bookkeeper below;
  {
    Arena<StaticRef<below>> arena;
    expectContract(Ref(arena));
    EXPECT_GT(below.live(), 0U);
    arena.reset();
    EXPECT_EQ(below.live(), 0U);
    expectContract(Ref(arena));
  }
  EXPECT_EQ(below.live(), 0U);
}

TEST(Arena, TakesFewLargeChunksForManySmallBlocks) {
  static const Bookkeeper below;
  Arena<StaticRef<below>> arena;
  for (int i = 0; i < 100'000; ++i) ASSERT_NE(arena.alloc(bytes(24)), nullptr);
  EXPECT_LE(below.live(), 11U);
}

TEST(Arena, EndsWithItsBufferOverNothing) {
  alignas(16) std::array<std::byte, 256> buffer{};
  Arena<Nothing> arena(buffer);
  EXPECT_EQ(arena.alloc(bytes(256, 16)), buffer.data());
  EXPECT_EQ(arena.alloc(bytes(1, 1)), nullptr);
  arena.reset();
  EXPECT_EQ(arena.alloc(bytes(3, 1)), buffer.data());
  EXPECT_EQ(arena.alloc(bytes(8, 8)), buffer.data() + 8) << "padding for the alignment only";
  EXPECT_EQ(arena.alloc(bytes(241, 1)), nullptr);
  EXPECT_EQ(arena.alloc(bytes(240, 1)), buffer.data() + 16);
}

TEST(Arena, TakesTheNewestBlockBack) {
  Arena<> arena;
  void* const first = arena.alloc(bytes(100));
  void* const second = arena.alloc(bytes(100));
  arena.dealloc(second, bytes(100));
  EXPECT_EQ(arena.alloc(bytes(50)), second);
  arena.dealloc(first, bytes(100));
  EXPECT_NE(arena.alloc(bytes(100)), first) << "an older one is lost until reset";
}

TEST(Arena, ResizesTheNewestBlockInPlace) {
  alignas(16) std::array<std::byte, 256> buffer{};
  Arena<Nothing> arena(buffer);
  void* const older = arena.alloc(bytes(16));
  void* const newest = arena.alloc(bytes(16));
  EXPECT_TRUE(arena.growInPlace(newest, bytes(16), 240));
  EXPECT_FALSE(arena.growInPlace(newest, bytes(240), 241));
  EXPECT_TRUE(arena.shrinkInPlace(newest, bytes(240), 32));
  EXPECT_FALSE(arena.growInPlace(older, bytes(16), 17));
  EXPECT_TRUE(arena.shrinkInPlace(older, bytes(16), 8));
  EXPECT_EQ(arena.alloc(bytes(208)), buffer.data() + 48);
}

TEST(Arena, OwnsItsBlocksOnly) {
  std::array<std::byte, 64> buffer{};
  Arena<> arena(buffer);
  int local = 0;
  EXPECT_FALSE(arena.owns(&local, Layout::of<int>()));
  EXPECT_TRUE(arena.owns(arena.alloc(bytes(8)), bytes(8)));
  EXPECT_TRUE(arena.owns(arena.alloc(bytes(8000)), bytes(8000)));
  EXPECT_TRUE(arena.owns(arena.alloc(bytes(100'000)), bytes(100'000)));
  EXPECT_FALSE(arena.owns(buffer.data() + 64, bytes(1)));
  EXPECT_FALSE(Arena<>().owns(nullptr, bytes(1)));
}

}  // namespace
}  // namespace heaptap
