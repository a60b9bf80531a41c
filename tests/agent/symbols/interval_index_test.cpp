// SPDX-License-Identifier: Apache-2.0
#include "agent/symbols/interval_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace heaptap::symbols {
namespace {

std::vector<char> allAt(const IntervalIndex<char>& index, std::uint64_t address) {
  std::vector<char> found;
  index.find(address, [&found](char value) {
    found.push_back(value);
    return false;
  });
  return found;
}

TEST(IntervalIndex, FindsTheTightestRangeFirst) {
  IntervalIndex<char> index;
  index.add({100, 200}, 'o');
  index.add({100, 120}, 't');
  index.add({110, 115}, 'i');
  index.add({300, 400}, 'x');
  index.seal();
  EXPECT_THAT(allAt(index, 112), testing::ElementsAre('i', 't', 'o'));
  EXPECT_THAT(allAt(index, 115), testing::ElementsAre('t', 'o'));
  EXPECT_THAT(allAt(index, 199), testing::ElementsAre('o'));
  EXPECT_THAT(allAt(index, 200), testing::IsEmpty());
  EXPECT_THAT(allAt(index, 99), testing::IsEmpty());
}

TEST(IntervalIndex, IgnoresEmptyAndReversedRanges) {
  IntervalIndex<char> index;
  index.add({5, 5}, 'e');
  index.add({9, 3}, 'r');
  index.seal();
  EXPECT_EQ(index.size(), 0U);
  EXPECT_THAT(allAt(index, 5), testing::IsEmpty());
}

TEST(IntervalIndex, StopsWhenAValueIsAccepted) {
  IntervalIndex<char> index;
  index.add({0, 10}, 'a');
  index.add({1, 10}, 'b');
  index.seal();
  int looked = 0;
  EXPECT_TRUE(index.find(5, [&looked](char) { return ++looked > 0; }));
  EXPECT_EQ(looked, 1);
}

}  // namespace
}  // namespace heaptap::symbols
