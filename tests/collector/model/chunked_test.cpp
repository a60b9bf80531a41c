// SPDX-License-Identifier: Apache-2.0
#include "collector/model/chunked.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace heaptap::model {
namespace {

TEST(Chunked, KeepsEntriesByPositionAndNeverMovesThem) {
  struct Entry {
    std::uint64_t number = 0;
    std::uint64_t more[7] = {};
  };
  Chunked<Entry> entries;
  std::vector<const Entry*> places;
  const std::size_t count = 3 * Chunked<Entry>::kChunkEntries + 1;
  for (std::uint64_t i = 0; i < count; ++i) {
    entries.push_back({.number = i});
    places.push_back(&entries[i]);
  }
  ASSERT_EQ(entries.size(), count);
  for (std::uint64_t i = 0; i < count; ++i) {
    EXPECT_EQ(&entries[i], places[i]);
    EXPECT_EQ(entries[i].number, i);
  }
  entries[5].number = 77;
  const Chunked<Entry> copy = entries;
  entries[5].number = 78;
  EXPECT_EQ(copy[5].number, 77U);
  EXPECT_EQ(copy.size(), count);
}

TEST(Chunked, HasSomeEntriesAChunkHoweverLargeTheyAre) {
  struct Large {
    char bytes[100'000];
  };
  EXPECT_EQ(Chunked<Large>::kChunkEntries, 16U);
  Chunked<std::uint8_t> small;
  for (int i = 0; i < 40'000; ++i) small.push_back(static_cast<std::uint8_t>(i));
  EXPECT_EQ(small[39'999], static_cast<std::uint8_t>(39'999));
}

}  // namespace
}  // namespace heaptap::model
