// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/block_table.h"

#include <gtest/gtest.h>

#include <map>

namespace heaptap::relay {
namespace {

TEST(BlockTable, AgreesWithAnOrderedMapUnderRandomUse) {
  BlockTable table;
  std::map<std::uint64_t, std::uint64_t> expected;
  std::mt19937_64 random(7);
  for (std::uint64_t step = 0; step < 300'000; ++step) {
    const std::uint64_t address = (random() % 20'000 + 1) * 16;
    Block& place = table.find(address);
    const auto known = expected.find(address);
    ASSERT_EQ(place.address != 0, known != expected.end());
    if (known == expected.end()) {
      table.insert(place, {address, step, 0, 0});
      expected.emplace(address, step);
    } else {
      ASSERT_EQ(place.number, known->second);
      table.erase(place);
      expected.erase(known);
    }
    ASSERT_EQ(table.size(), expected.size());
  }
  for (const auto& [address, number] : expected) EXPECT_EQ(table.find(address).number, number);
}

TEST(BlockTable, GrowsAndEmptiesAgain) {
  BlockTable table;
  for (std::uint64_t a = 1; a <= 100'000; ++a) table.insert(table.find(a * 4096), {a * 4096, a, 0, 0});
  EXPECT_EQ(table.size(), 100'000U);
  for (std::uint64_t a = 1; a <= 100'000; ++a) {
    ASSERT_EQ(table.find(a * 4096).number, a);
    table.erase(table.find(a * 4096));
  }
  EXPECT_EQ(table.size(), 0U);
  EXPECT_EQ(table.find(4096).address, 0U);
}

}  // namespace
}  // namespace heaptap::relay
