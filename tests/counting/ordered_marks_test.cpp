// SPDX-License-Identifier: Apache-2.0
#include "counting/ordered_marks.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace heaptap::counting {
namespace {

std::vector<std::uint32_t> taken(OrderedMarks& marks) {
  std::vector<std::uint32_t> numbers;
  marks.takeAll([&](std::uint32_t number) { numbers.push_back(number); });
  return numbers;
}

TEST(OrderedMarks, AreTakenInOrderAndOnce) {
  OrderedMarks marks;
  std::mt19937 random(1);
  for (const std::uint32_t below : {70U, 5'000U, 10'000'000U, 100U}) {
    std::set<std::uint32_t> expected;
    for (int i = 0; i < 500; ++i) {
      const auto number = static_cast<std::uint32_t>(random() % below);
      expected.insert(number);
      marks.mark(number);
    }
    EXPECT_EQ(taken(marks), std::vector<std::uint32_t>(expected.begin(), expected.end()));
    EXPECT_TRUE(taken(marks).empty());
  }
}

TEST(OrderedMarks, HaveNoGapAtTheBoundsOfTheirWords) {
  OrderedMarks marks;
  const std::vector<std::uint32_t> bounds{0, 63, 64, 4095, 4096, 262'143, 262'144, 0xFFFF'FF};
  for (auto number = bounds.rbegin(); number != bounds.rend(); ++number) marks.mark(*number);
  EXPECT_EQ(taken(marks), bounds);
}

}  // namespace
}  // namespace heaptap::counting
