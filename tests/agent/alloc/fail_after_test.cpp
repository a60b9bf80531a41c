// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <heaptap/alloc/fail_after.h>
#include <heaptap/alloc/ref.h>
#include <heaptap/alloc/std_allocator.h>

#include <map>
#include <new>
#include <string>
#include <vector>

#include "tests/agent/alloc/bookkeeper.h"
#include "tests/agent/alloc/contract.h"

namespace heaptap {
namespace {

constexpr Layout kLayout = Layout::fromUnchecked(16, 8);

TEST(FailAfter, LetsEverythingThroughUntilArmed) {
  const FailAfter<Bookkeeper> heap;
  expectContract(heap);
  EXPECT_EQ(heap.failures(), 0U);
  EXPECT_EQ(heap.inner().live(), 0U);
}

TEST(FailAfter, FailsAsOftenAsItIsTold) {
  const FailAfter<Bookkeeper> heap;
  heap.arm(2, 3);
  std::string seen;
  for (int i = 0; i < 8; ++i) {
    void* const block = heap.alloc(kLayout);
    seen += block != nullptr ? '+' : '-';
    if (block != nullptr) heap.dealloc(block, kLayout);
  }
  EXPECT_EQ(seen, "++---+++");
  EXPECT_EQ(heap.requests(), 8U);
  EXPECT_EQ(heap.failures(), 3U);
}

TEST(FailAfter, FailsEachKindOfRequestAndNoBlocksEnd) {
  const FailAfter<Bookkeeper> heap(1U);
  void* const block = heap.alloc(kLayout);
  EXPECT_EQ(heap.alloc(kLayout), nullptr);
  EXPECT_EQ(heap.allocZeroed(kLayout), nullptr);
  EXPECT_EQ(heap.realloc(block, kLayout, 8), nullptr);
  EXPECT_FALSE(heap.growInPlace(block, kLayout, 16));
  EXPECT_TRUE(heap.shrinkInPlace(block, kLayout, 16));
  heap.dealloc(block, kLayout);
  EXPECT_EQ(heap.failures(), 4U);
  EXPECT_EQ(heap.inner().live(), 0U);
}

/// Makes a map of vectors of strings, out of memory after 0, 1, 2, … requests.
TEST(FailAfter, ShowsThatContainersLeakNothing) {
  static const FailAfter<Bookkeeper> heap;
  using Own = StaticRef<heap>;
  using String = std::basic_string<char, std::char_traits<char>, StdAllocator<char, Own>>;
  using Strings = std::vector<String, StdAllocator<String, Own>>;
  using Map = std::map<int, Strings, std::less<>, StdAllocator<std::pair<const int, Strings>, Own>>;
  std::uint64_t point = 0;
  for (bool failed = true; failed; ++point) {
    heap.arm(point);
    failed = false;
    try {
      Map map;
      for (int i = 0; i < 4; ++i) {
        map[i].push_back(String(40, 'x'));
        map[i].insert(map[i].begin(), String(50, 'y'));
      }
      EXPECT_EQ(map.size(), 4U);
      const Map copy = map;
      EXPECT_EQ(copy.at(3).at(1), String(40, 'x'));
    } catch (const std::bad_alloc&) {
      failed = true;
    }
    ASSERT_EQ(failed, heap.failures() > 0);
    ASSERT_EQ(heap.inner().live(), 0U) << "out of memory at request " << point;
  }
  EXPECT_GT(point, 20U);
}

}  // namespace
}  // namespace heaptap
