// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <heaptap/alloc/arena.h>
#include <heaptap/alloc/fail_after.h>
#include <heaptap/alloc/nothing.h>
#include <heaptap/alloc/ref.h>
#include <heaptap/alloc/std_allocator.h>
#include <heaptap/alloc/system.h>

#include <algorithm>
#include <deque>
#include <forward_list>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

#include "tests/agent/alloc/bookkeeper.h"

namespace heaptap {
namespace {

const Bookkeeper kHeap;
using Static = StaticRef<kHeap>;
template <class T>
using Own = StdAllocator<T, Static>;

template <class T, class A>
using Vector = std::vector<T, StdAllocator<T, A>>;

static_assert(sizeof(Vector<int, System>) == sizeof(std::vector<int>));
static_assert(sizeof(Vector<int, Heap>) == sizeof(std::vector<int>));
static_assert(sizeof(Vector<int, Static>) == sizeof(std::vector<int>));
static_assert(sizeof(std::map<int, int, std::less<>, Own<std::pair<const int, int>>>) ==
              sizeof(std::map<int, int>));
static_assert(sizeof(std::basic_string<char, std::char_traits<char>, Own<char>>) == sizeof(std::string));
static_assert(
    sizeof(std::unordered_map<int, int, std::hash<int>, std::equal_to<>, Own<std::pair<const int, int>>>) ==
    sizeof(std::unordered_map<int, int>));
static_assert(sizeof(Vector<int, Ref<Arena<>>>) == sizeof(std::vector<int>) + sizeof(void*),
              "state costs its size");
static_assert(std::allocator_traits<Own<int>>::is_always_equal::value);
static_assert(!std::allocator_traits<StdAllocator<int, Ref<Arena<>>>>::is_always_equal::value);
static_assert(!std::is_default_constructible_v<StdAllocator<int, Ref<Arena<>>>>);

class Containers : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(kHeap.live(), 0U); }
  void TearDown() override { EXPECT_EQ(kHeap.live(), 0U); }
};

TEST_F(Containers, AllKindsLiveInTheAllocator) {
  using String = std::basic_string<char, std::char_traits<char>, Own<char>>;
  std::vector<String, Own<String>> vector(10, String(100, 'x'));
  EXPECT_EQ(kHeap.live(), 11U);
  std::map<int, String, std::less<>, Own<std::pair<const int, String>>> map;
  std::unordered_map<int, String, std::hash<int>, std::equal_to<>, Own<std::pair<const int, String>>> hashed;
  std::deque<int, Own<int>> deque;
  std::list<int, Own<int>> list;
  std::forward_list<int, Own<int>> forward;
  std::set<int, std::less<>, Own<int>> set;
  std::vector<bool, Own<bool>> bits(1000);
  for (int i = 0; i < 1000; ++i) {
    map[i] = String(static_cast<std::size_t>(i % 50), 'm');
    hashed[i] = map[i];
    deque.push_back(i);
    list.push_front(i);
    forward.push_front(i);
    set.insert(i);
    vector.push_back(map[i]);
  }
  list.sort();
  EXPECT_TRUE(std::equal(list.begin(), list.end(), deque.begin(), deque.end()));
  EXPECT_EQ(hashed.at(999), map.at(999));
  EXPECT_EQ(vector.back(), map.at(999));
  const auto shared = std::allocate_shared<String>(Own<String>(), 30, 's');
  EXPECT_EQ(shared->size(), 30U);
}

TEST_F(Containers, TakeTheirAllocatorAlong) {
  const Bookkeeper one;
  const Bookkeeper other;
  using Heap = Ref<const Bookkeeper>;
  {
    Vector<int, Heap> left({1, 2, 3}, Heap(one));
    Vector<int, Heap> right({4, 5}, Heap(other));
    left.swap(right);
    EXPECT_EQ(right, (Vector<int, Heap>({1, 2, 3}, Heap(one))));
    left = right;
    EXPECT_TRUE(left.get_allocator() == right.get_allocator());
    EXPECT_EQ(other.live(), 0U);
    right = std::move(left);
    Vector<int, Heap> copy(right);
    EXPECT_EQ(copy.size(), 3U);
    copy = Vector<int, Heap>({7}, Heap(other));
    EXPECT_EQ(other.live(), 1U);
  }
  EXPECT_EQ(one.live() + other.live(), 0U);
}

TEST_F(Containers, LiveInAnArenaWithoutGivingBack) {
  Arena<> arena;
  Vector<int, Ref<Arena<>>> numbers(arena);
  for (int i = 0; i < 10'000; ++i) numbers.push_back(i);
  EXPECT_EQ(numbers[9'999], 9'999);
  EXPECT_TRUE(arena.owns(numbers.data(), Layout::of<int>()));
}

struct alignas(4096) Page {
  char bytes[4096];
};

TEST_F(Containers, HoldOverAlignedElements) {
  const Vector<Page, Static> pages(3);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(pages.data()) % 4096, 0U);
}

TEST_F(Containers, SurviveThrowingConstructors) {
  static int made = 0;
  struct Throwing {
    Throwing() = default;
    Throwing(const Throwing& /*other*/) {
      if (++made == 7) throw std::runtime_error("the seventh");
    }
    Throwing& operator=(const Throwing&) { return *this; }
    ~Throwing() = default;
    std::unique_ptr<int> resource = std::make_unique<int>(1);
  };
  std::vector<Throwing, Own<Throwing>> vector(5);
  EXPECT_THROW((std::vector<Throwing, Own<Throwing>>(10, Throwing())), std::runtime_error);
  made = 5;
  EXPECT_THROW(vector.insert(vector.begin(), 100, Throwing()), std::runtime_error);
  EXPECT_EQ(kHeap.live(), 1U) << "the vector that was there, and nothing else";
}

TEST(StdAllocator, RefusesWhatHasNoLayoutAndWhatThereIsNot) {
  Own<int> allocator;
  EXPECT_THROW(static_cast<void>(allocator.allocate(SIZE_MAX / 4 + 1)), std::bad_array_new_length);
  EXPECT_THROW(static_cast<void>(allocator.allocate(std::size_t{PTRDIFF_MAX} / 4 + 1)),
               std::bad_array_new_length);
  EXPECT_THROW(static_cast<void>(allocator.allocate(std::size_t{1} << 40)), std::bad_alloc);
  StdAllocator<int, Nothing> nothing;
  EXPECT_THROW(static_cast<void>(nothing.allocate(1)), std::bad_alloc);
}

TEST(StdAllocator, GivesAnAlignedPointerForNoElements) {
  Own<Page> allocator;
  Page* const none = allocator.allocate(0);
  EXPECT_NE(none, nullptr);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(none) % 4096, 0U);
  EXPECT_EQ(kHeap.live(), 0U) << "no block";
  allocator.deallocate(none, 0);
}

TEST(StdAllocator, OfAnotherTypeIsTheSameAllocator) {
  const Bookkeeper heap;
  const StdAllocator<int, Ref<const Bookkeeper>> ints{Ref(heap)};
  const StdAllocator<char, Ref<const Bookkeeper>> chars(ints);
  EXPECT_TRUE(ints == chars);
  EXPECT_TRUE((StdAllocator<int, Ref<const Bookkeeper>>(chars) == ints));
  EXPECT_TRUE((StdAllocator<int, Ref<const Bookkeeper>>(Ref(kHeap)) != ints));
}

}  // namespace
}  // namespace heaptap
