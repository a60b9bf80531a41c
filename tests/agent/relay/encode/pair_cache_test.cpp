// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/encode/pair_cache.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <utility>

namespace heaptap::relay {
namespace {

using wire::EventKind;

WrittenPair written(std::uint64_t size, std::uint32_t stack, wire::Origin origin = wire::Origin::Malloc,
                    unsigned slack = 0, unsigned extra = 0) {
  return *WrittenPair::of(EventKind::Alloc, wire::addressWord(0x1000, origin, extra),
                          wire::stackWord(stack, slack, size));
}

TEST(PairCache, KnowsNoneThatItWasNotTold) {
  PairCache cache;
  EXPECT_FALSE(cache.find(written(0, 0, wire::Origin{}))) << "an empty place is no pair";
  EXPECT_FALSE(cache.find(written(16, 7)));
  cache.remember(written(16, 7), 0, 1);
  EXPECT_EQ(cache.find(written(16, 7)), 0U);
}

TEST(PairCache, TellsApartWhateverMakesAPair) {
  PairCache cache;
  cache.remember(written(16, 7), 5, 1);
  EXPECT_FALSE(cache.find(written(17, 7)));
  EXPECT_FALSE(cache.find(written(16, 8)));
  EXPECT_FALSE(cache.find(written(16, 7, wire::Origin::Calloc)));
  EXPECT_FALSE(cache.find(written(16, 7, wire::Origin::Malloc, 3)));
  EXPECT_FALSE(cache.find(written(16, 7, wire::Origin::Malloc, 0, 5)));
}

TEST(PairCache, IsTheSameForABlockThatMoved) {
  const std::uint64_t place = wire::addressWord(0x2000, wire::Origin::Malloc, 0);
  PairCache cache;
  cache.remember(written(16, 7), 5, 1);
  EXPECT_EQ(cache.find(*WrittenPair::of(EventKind::ReallocDone, place, wire::stackWord(7, 0, 16))), 5U);
}

TEST(PairCache, HasNoneWhoseSizeIsWrittenElsewhere) {
  for (const auto kind : {EventKind::AllocLarge, EventKind::ReallocDoneLarge, EventKind::HeapAlloc,
                          EventKind::Map, EventKind::Free, EventKind::FreeFrom, EventKind::Rare})
    EXPECT_FALSE(WrittenPair::of(kind, 0, 0)) << static_cast<int>(kind);
}

// Whatever was forgotten or has grown: a pair that is found is the right one.
TEST(PairCache, FindsWhatWasRememberedOrNothing) {
  std::mt19937 random(5);
  std::map<std::pair<std::uint64_t, std::uint32_t>, std::uint32_t> pairs;
  PairCache cache;
  std::size_t found = 0;
  for (int i = 0; i < 400'000; ++i) {
    const std::pair<std::uint64_t, std::uint32_t> key{random() % 16 * 16,
                                                      random() % (1U + static_cast<unsigned>(i) / 20)};
    const std::uint32_t pair = pairs.try_emplace(key, pairs.size()).first->second;
    const WrittenPair wanted = written(key.first, key.second);
    if (const auto known = cache.find(wanted)) {
      ASSERT_EQ(*known, pair);
      ++found;
    } else {
      cache.remember(wanted, pair, pairs.size());
    }
  }
  EXPECT_GT(pairs.size(), std::size_t{1} << 17) << "more than the cache ever holds";
  EXPECT_GT(found, 0U);
}

}  // namespace
}  // namespace heaptap::relay
