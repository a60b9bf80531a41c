// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <heaptap/alloc/arena.h>
#include <heaptap/alloc/headered.h>
#include <heaptap/alloc/locked.h>
#include <heaptap/alloc/ref.h>

#include "tests/agent/alloc/bookkeeper.h"
#include "tests/agent/alloc/contract.h"

namespace heaptap {
namespace {

static_assert(!GlobalAllocator<Arena<>>, "for one thread");
static_assert(GlobalAllocator<Locked<Arena<>>>);
static_assert(SelfDescribing<const Locked<Headered<Bookkeeper>>>);

TEST(Locked, MakesAnArenaOneForSixteenThreads) {
  static const Bookkeeper below;
  const Locked<Arena<StaticRef<below>>> arena;
  expectContractFromThreads(arena, 300);
  expectContract(arena);
}

int g_held = 0;

struct CountedLock {
  void lock() { ++g_held; }
  void unlock() { --g_held; }
};

/// An allocator that wants to be called with the lock held.
struct Watched {
  void* alloc(Layout layout) noexcept { return locked(below.alloc(layout)); }
  void dealloc(void* block, Layout layout) noexcept { below.dealloc(locked(block), layout); }
  bool owns(const void* /*block*/, Layout /*layout*/) noexcept { return locked(true); }
  template <class T>
  static T locked(T value) {
    EXPECT_EQ(g_held, 1);
    return value;
  }
  Bookkeeper below;
};

TEST(Locked, HoldsTheLockWhileItsInnerAllocatorIsUsed) {
  const Locked<Watched, CountedLock> heap;
  expectContract(heap);
  EXPECT_TRUE(heap.owns(nullptr, Layout::of<int>()));
  EXPECT_TRUE(heap.with([](Watched& watched) { return watched.locked(true); }));
  EXPECT_EQ(g_held, 0);
}

}  // namespace
}  // namespace heaptap
