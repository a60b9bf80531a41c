// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/unwind/rule_cache.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

namespace heaptap::capture {
namespace {

KnownFrame frameFor(std::uint64_t pc) {
  return {{FrameRule::Kind::FromStackPointer, static_cast<std::int32_t>(pc % 100'000), -16},
          static_cast<std::uint32_t>(pc)};
}

TEST(RuleCacheTest, FindsWhatWasInsertedWhileItGrows) {
  const auto cache = std::make_unique<RuleCache>();
  constexpr std::uint64_t kPcs = 100'000;
  for (std::uint64_t pc = 0x10000; pc < 0x10000 + kPcs; ++pc) {
    EXPECT_EQ(cache->find(cache->keyOf(pc, false)), nullptr);
    cache->insert(cache->keyOf(pc, false), frameFor(pc));
  }
  for (std::uint64_t pc = 0x10000; pc < 0x10000 + kPcs; ++pc) {
    const KnownFrame* known = cache->find(cache->keyOf(pc, false));
    ASSERT_NE(known, nullptr);
    ASSERT_EQ(known->frame, frameFor(pc).frame);
    ASSERT_EQ(known->rule.cfaOffset, frameFor(pc).rule.cfaOffset);
  }
}

TEST(RuleCacheTest, KeepsInterruptedInstructionsApartFromReturnAddresses) {
  const auto cache = std::make_unique<RuleCache>();
  cache->insert(cache->keyOf(0x5000, true), frameFor(1));
  EXPECT_EQ(cache->find(cache->keyOf(0x5000, false)), nullptr);
  EXPECT_EQ(cache->find(cache->keyOf(0x5000, true))->frame, 1U);
}

TEST(RuleCacheTest, ForgetsWhenSomethingWasUnloaded) {
  const auto cache = std::make_unique<RuleCache>();
  const std::uint64_t before = cache->keyOf(0x5000, false);
  cache->insert(before, frameFor(1));
  cache->modulesChanged();
  EXPECT_EQ(cache->find(cache->keyOf(0x5000, false)), nullptr);
  cache->insert(before, frameFor(2));  // Looked up before the change, filed after it.
  EXPECT_EQ(cache->find(cache->keyOf(0x5000, false)), nullptr);
}

TEST(RuleCacheTest, GoesUncachedRatherThanReuseAGeneration) {
  const auto cache = std::make_unique<RuleCache>();
  cache->insert(cache->keyOf(0x5000, false), frameFor(1));
  for (int i = 0; i < 70'000; ++i) cache->modulesChanged();
  EXPECT_EQ(cache->keyOf(0x5000, false), 0U);
  cache->insert(cache->keyOf(0x5000, false), frameFor(2));
  EXPECT_EQ(cache->find(cache->keyOf(0x5000, false)), nullptr);
}

TEST(RuleCacheTest, GivesEveryThreadTheRightRule) {
  const auto cache = std::make_unique<RuleCache>();
  std::atomic<unsigned> wrong{0};
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (std::uint64_t i = 0; i < 200'000; ++i) {
        const std::uint64_t pc = 0x10000 + i * 7919 % 60'000;
        const std::uint64_t key = cache->keyOf(pc, false);
        const KnownFrame* known = cache->find(key);
        if (known == nullptr) {
          cache->insert(key, frameFor(pc));
        } else if (known->frame != frameFor(pc).frame) {
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
