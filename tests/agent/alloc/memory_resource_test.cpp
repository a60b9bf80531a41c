// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <heaptap/alloc/arena.h>
#include <heaptap/alloc/memory_resource.h>
#include <heaptap/alloc/nothing.h>
#include <heaptap/alloc/ref.h>
#include <heaptap/alloc/stats.h>
#include <heaptap/alloc/system.h>

#include <map>
#include <memory_resource>
#include <string>
#include <thread>
#include <vector>

#include "tests/agent/alloc/bookkeeper.h"

namespace heaptap {
namespace {

TEST(MemoryResource, HoldsPmrContainers) {
  MemoryResource<Bookkeeper> resource;
  {
    std::pmr::map<int, std::pmr::vector<std::pmr::string>> map(&resource);
    for (int i = 0; i < 100; ++i) map[i].emplace_back(static_cast<std::size_t>(i), 'x');
    EXPECT_GT(resource.inner().live(), 200U);
    std::pmr::unsynchronized_pool_resource pool(&resource);
    std::pmr::vector<int> pooled(1000, 7, &pool);
    EXPECT_EQ(pooled[999], 7);
  }
  EXPECT_EQ(resource.inner().live(), 0U);
}

TEST(MemoryResource, GivesAPointerForNoBytes) {
  MemoryResource<Bookkeeper> resource;
  void* const block = resource.allocate(0, 64);
  EXPECT_NE(block, nullptr);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % 64, 0U);
  resource.deallocate(block, 0, 64);
  EXPECT_EQ(resource.inner().live(), 0U);
}

/// Values that no compiler can see through, so that it does not warn of what is wrong on purpose.
template <class T>
T opaque(T value) {
  volatile T hidden = value;
  return hidden;
}

TEST(MemoryResource, RefusesWhatHasNoLayoutAndWhatThereIsNot) {
  MemoryResource<Bookkeeper> resource;
  std::pmr::memory_resource& base = resource;
  const auto allocate = [&](std::size_t size, std::size_t align) {
    static_cast<void>(base.allocate(opaque(size), opaque(align)));
  };
  EXPECT_THROW(allocate(16, 3), std::bad_alloc);
  EXPECT_THROW(allocate(16, 0), std::bad_alloc);
  EXPECT_THROW(allocate(SIZE_MAX, 8), std::bad_alloc);
  EXPECT_THROW(allocate(std::size_t{1} << 40, 8), std::bad_alloc);
  MemoryResource<Nothing> nothing;
  EXPECT_THROW(static_cast<void>(nothing.allocate(1)), std::bad_alloc);
}

TEST(MemoryResource, IsEqualWhereBlocksMayBeExchanged) {
  const MemoryResource<System> system;
  const MemoryResource<System> same;
  EXPECT_TRUE(system == same);
  const Bookkeeper heap;
  const Bookkeeper other;
  const MemoryResource<Ref<const Bookkeeper>> one(heap);
  const MemoryResource<Ref<const Bookkeeper>> alike(heap);
  const MemoryResource<Ref<const Bookkeeper>> unlike(other);
  EXPECT_TRUE(one == alike);
  EXPECT_FALSE(one == unlike);
  EXPECT_FALSE(one.is_equal(system));
  const MemoryResource<Bookkeeper> owner;
  const MemoryResource<Bookkeeper> another;
  EXPECT_TRUE(owner == owner);
  EXPECT_FALSE(owner == another) << "each has blocks of its own";
  EXPECT_FALSE(system.is_equal(*std::pmr::new_delete_resource()));
}

TEST(MemoryResource, CountsWhatPmrAllocatesInThreads) {
  MemoryResource<Stats<System>> resource;
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&resource] {
      for (int round = 0; round < 200; ++round) {
        const std::pmr::vector<int> numbers(100, round, &resource);
        ASSERT_EQ(numbers[99], round);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const StatsSnapshot now = resource.inner().snapshot();
  EXPECT_EQ(now.total, (StatsSnapshot::Count{16 * 200, 16 * 200 * 400}));
  EXPECT_EQ(now.live, StatsSnapshot::Count{});
}

}  // namespace
}  // namespace heaptap
