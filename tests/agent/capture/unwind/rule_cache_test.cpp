// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/unwind/rule_cache.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

namespace heaptap::capture {
namespace {

KnownFrame frameFor(std::uint64_t pc) {
  return {{FrameRule::Kind::FromStackPointer, static_cast<std::int32_t>(pc % 100'000 * 8), -16},
          static_cast<std::uint32_t>(pc)};
}

KnownFrame find(RuleCache& cache, std::uint64_t key) { return cache.find(cache.view(), key); }
std::uint64_t keyOf(RuleCache& cache, std::uint64_t pc, bool exact = false) {
  return cache.view().keyOf(pc, exact);
}

TEST(RuleCacheTest, FindsWhatWasInsertedWhileItGrows) {
  const auto cache = std::make_unique<RuleCache>();
  constexpr std::uint64_t kPcs = 100'000;
  for (std::uint64_t pc = 0x10000; pc < 0x10000 + kPcs; ++pc) {
    EXPECT_FALSE(find(*cache, keyOf(*cache, pc)).isKnown());
    cache->insert(keyOf(*cache, pc), frameFor(pc));
  }
  for (std::uint64_t pc = 0x10000; pc < 0x10000 + kPcs; ++pc) {
    const KnownFrame known = find(*cache, keyOf(*cache, pc));
    ASSERT_TRUE(known.isKnown());
    ASSERT_EQ(known.frame(), frameFor(pc).frame());
    ASSERT_EQ(known.cfaOffset(), frameFor(pc).cfaOffset());
  }
}

TEST(RuleCacheTest, KeepsInterruptedInstructionsApartFromReturnAddresses) {
  const auto cache = std::make_unique<RuleCache>();
  cache->insert(keyOf(*cache, 0x5000, true), frameFor(1));
  EXPECT_FALSE(find(*cache, keyOf(*cache, 0x5000)).isKnown());
  EXPECT_EQ(find(*cache, keyOf(*cache, 0x5000, true)).frame(), 1U);
}

TEST(RuleCacheTest, ForgetsWhenSomethingWasUnloaded) {
  const auto cache = std::make_unique<RuleCache>();
  const std::uint64_t before = keyOf(*cache, 0x5000);
  cache->insert(before, frameFor(1));
  cache->modulesChanged();
  EXPECT_FALSE(find(*cache, keyOf(*cache, 0x5000)).isKnown());
  cache->insert(before, frameFor(2));  // Looked up before the change, filed after it.
  EXPECT_FALSE(find(*cache, keyOf(*cache, 0x5000)).isKnown());
}

TEST(RuleCacheTest, GoesUncachedRatherThanReuseAGeneration) {
  const auto cache = std::make_unique<RuleCache>();
  cache->insert(keyOf(*cache, 0x5000), frameFor(1));
  for (int i = 0; i < 70'000; ++i) cache->modulesChanged();
  EXPECT_EQ(keyOf(*cache, 0x5000), 0U);
  cache->insert(keyOf(*cache, 0x5000), frameFor(2));
  EXPECT_FALSE(find(*cache, keyOf(*cache, 0x5000)).isKnown());
}

TEST(RuleCacheTest, GivesEveryThreadTheRightRule) {
  const auto cache = std::make_unique<RuleCache>();
  std::atomic<unsigned> wrong{0};
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (std::uint64_t i = 0; i < 200'000; ++i) {
        const std::uint64_t pc = 0x10000 + i * 7919 % 60'000;
        const std::uint64_t key = keyOf(*cache, pc);
        const KnownFrame known = find(*cache, key);
        if (!known.isKnown()) {
          cache->insert(key, frameFor(pc));
        } else if (known.frame() != frameFor(pc).frame()) {
          ++wrong;
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0U);
}

}  // namespace
}  // namespace heaptap::capture
