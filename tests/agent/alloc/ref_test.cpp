// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <heaptap/alloc/arena.h>
#include <heaptap/alloc/ref.h>
#include <heaptap/alloc/stats.h>
#include <heaptap/alloc/system.h>

#include "tests/agent/alloc/bookkeeper.h"
#include "tests/agent/alloc/contract.h"

namespace heaptap {
namespace {

const Bookkeeper kHeap;
constinit Stats<System> g_stats;

static_assert(std::is_empty_v<StaticRef<kHeap>>);
static_assert(sizeof(Ref<const Bookkeeper>) == sizeof(void*));
static_assert(GlobalAllocator<Ref<Arena<>>>, "by reference, const or not");
static_assert(SelfDescribing<StaticRef<g_stats>> == SelfDescribing<const Stats<System>>);
static_assert(detail::HasOwns<const Ref<Arena<>>> && !detail::HasOwns<const StaticRef<g_stats>>);

TEST(Ref, IsTheAllocatorThatItMeans) {
  const Bookkeeper other;
  expectContract(Ref(other));
  EXPECT_TRUE(Ref(other) == Ref(other));
  EXPECT_FALSE(Ref(other) == Ref(kHeap));
  EXPECT_EQ(other.live(), 0U);
}

TEST(Ref, StaticRefIsTheAllocatorThatItNames) {
  const StaticRef<kHeap> ref;
  void* const block = ref.alloc(Layout::of<int>());
  EXPECT_EQ(kHeap.live(), 1U);
  EXPECT_TRUE(ref.owns(block, Layout::of<int>()));
  ref.dealloc(block, Layout::of<int>());
  expectContract(ref);
  EXPECT_EQ(kHeap.live(), 0U);
  expectContractFromThreads(StaticRef<g_stats>(), 100);
  EXPECT_EQ(g_stats.snapshot().live.blocks, 0U);
  EXPECT_EQ(g_stats.snapshot().total.blocks, 16U * 100U * 2U);
}

}  // namespace
}  // namespace heaptap
