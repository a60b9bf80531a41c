// SPDX-License-Identifier: Apache-2.0
#include "collector/model/session_model.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <vector>

namespace heaptap::model {
namespace {

constexpr PairId kSmall{0}, kLarge{1}, kEmpty{2};
constexpr ThreadIndex kMain{0}, kWorker{1};

class SessionModelTest : public testing::Test {
 protected:
  SessionModelTest() {
    model.addPair({.size = 10, .stack = StackId{1}});
    model.addPair({.size = 1000, .stack = StackId{2}});
    model.addPair({.size = 0, .stack = StackId{3}});
    model.addThread();
    model.addThread();
  }
  std::uint64_t allocate(PairId pair, ThreadIndex thread = kMain) {
    model.apply(Allocation{.atNs = ++now, .thread = thread, .pair = pair});
    return model.totals().allocations - 1;
  }
  void free(std::uint64_t number, PairId pair, ThreadIndex thread = kMain) {
    model.apply(Free{.atNs = ++now, .thread = thread, .number = number, .pair = pair, .lifetimeLog2 = 3});
  }
  SessionModel model;
  std::uint64_t now = 0;
};

TEST_F(SessionModelTest, peakIsTheLargestSumAndWhenItWasFirstReached) {
  allocate(kSmall);
  const auto large = allocate(kLarge);
  free(large, kLarge);
  allocate(kLarge);
  EXPECT_EQ(model.totals().peakBytes, 1010U);
  EXPECT_EQ(model.totals().peakAtNs, 2U);
  EXPECT_EQ(model.totals().liveBytes, 1010U);
  EXPECT_EQ(model.totals().liveBlocks(), 2U);
}

TEST_F(SessionModelTest, eachPairKnowsWhatItHadAtThePeak) {
  const auto small = allocate(kSmall);
  const auto large = allocate(kLarge);
  free(small, kSmall);
  free(large, kLarge);
  allocate(kSmall);
  allocate(kSmall);
  EXPECT_EQ(model.counters(kSmall).liveAtPeak, 1U);
  EXPECT_EQ(model.counters(kLarge).liveAtPeak, 1U);
  EXPECT_EQ(model.counters(kSmall).live, 2U);
}

TEST_F(SessionModelTest, aBlockFreedByItsThreadBeforeAnotherAllocationIsTemporary) {
  free(allocate(kSmall), kSmall);
  EXPECT_EQ(model.totals().temporaries, 1U);
  const auto first = allocate(kSmall);
  allocate(kSmall);
  free(first, kSmall);
  EXPECT_EQ(model.totals().temporaries, 1U) << "another allocation came between";
  const auto passed = allocate(kSmall, kMain);
  free(passed, kSmall, kWorker);
  EXPECT_EQ(model.totals().temporaries, 1U) << "another thread freed it";
  const auto kept = allocate(kLarge, kMain);
  allocate(kSmall, kWorker);
  free(kept, kLarge, kMain);
  EXPECT_EQ(model.counters(kLarge).temporaries, 1U) << "what another thread allocates does not matter";
}

TEST_F(SessionModelTest, blocksOfSizeZeroCountAsBlocks) {
  allocate(kEmpty);
  EXPECT_EQ(model.totals().liveBlocks(), 1U);
  EXPECT_EQ(model.totals().peakBytes, 0U);
  EXPECT_EQ(model.counters(kEmpty).live, 1U);
}

TEST_F(SessionModelTest, lifetimesAreCountedByPowersOfTwo) {
  free(allocate(kSmall), kSmall);
  EXPECT_EQ(model.lifetimes()[3], 1U);
  EXPECT_EQ(model.lifetimes()[4], 0U);
}

TEST_F(SessionModelTest, pairsThatAppearAfterThePeakWereNotLiveThen) {
  free(allocate(kLarge), kLarge);
  model.addPair({.size = 1, .stack = StackId{4}});
  allocate(PairId{3});
  EXPECT_EQ(model.counters(PairId{3}).liveAtPeak, 0U);
  EXPECT_EQ(model.counters(kLarge).liveAtPeak, 1U);
}

/// The plain definition, remembered by copying everything at each new peak.
struct Naive {
  std::map<std::uint64_t, std::size_t> blocks;
  std::vector<std::uint64_t> live, atPeak;
  std::uint64_t liveBytes = 0, peakBytes = 0;
};

class AgainstNaive : public testing::TestWithParam<unsigned> {};

TEST_P(AgainstNaive, countersAgreeAlsoAcrossACheckpoint) {
  constexpr std::size_t kPairs = 20;
  std::mt19937 random(GetParam());
  SessionModel model;
  Naive naive{
      .blocks = {}, .live = std::vector<std::uint64_t>(kPairs), .atPeak = std::vector<std::uint64_t>(kPairs)};
  const auto define = [&](SessionModel& into) {
    for (std::size_t i = 0; i < kPairs; ++i) into.addPair({.size = i * i, .stack = StackId{1}});
    for (int i = 0; i < 3; ++i) into.addThread();
  };
  define(model);
  for (std::uint64_t step = 1; step <= 5000; ++step) {
    const auto thread = static_cast<ThreadIndex>(random() % 3);
    // Grows and shrinks in waves, so that there are many peaks and many dips.
    const bool frees = !naive.blocks.empty() && random() % 100 < (step / 500 % 2 == 0 ? 35U : 60U);
    if (frees) {
      auto block = naive.blocks.begin();
      std::advance(block, random() % naive.blocks.size());
      const auto [number, pair] = *block;
      model.apply(Free{.atNs = step,
                       .thread = thread,
                       .number = number,
                       .pair = static_cast<PairId>(pair),
                       .lifetimeLog2 = 0});
      --naive.live[pair];
      naive.liveBytes -= pair * pair;
      naive.blocks.erase(block);
    } else {
      const std::size_t pair = random() % kPairs;
      naive.blocks.emplace(model.totals().allocations, pair);
      model.apply(Allocation{.atNs = step, .thread = thread, .pair = static_cast<PairId>(pair)});
      ++naive.live[pair];
      naive.liveBytes += pair * pair;
      if (naive.liveBytes > naive.peakBytes) {
        naive.peakBytes = naive.liveBytes;
        naive.atPeak = naive.live;
      }
    }
    if (step % 1777 == 0) {
      SessionModel resumed;
      define(resumed);
      resumed.restore(model.counters());
      model = resumed;
    }
  }
  EXPECT_EQ(model.totals().peakBytes, naive.peakBytes);
  EXPECT_EQ(model.totals().liveBytes, naive.liveBytes);
  for (std::size_t i = 0; i < kPairs; ++i) {
    const PairCounters counters = model.counters(static_cast<PairId>(i));
    EXPECT_EQ(counters.live, naive.live[i]) << "pair " << i;
    EXPECT_EQ(counters.liveAtPeak, naive.atPeak[i]) << "pair " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, AgainstNaive, testing::Range(0U, 8U));

TEST_F(SessionModelTest, eachHeapHasItsOwnNumbersAndPeak) {
  constexpr PairId kMapped{3}, kTexture{4};
  model.addPair({.size = 4096, .stack = StackId{1}, .heap = kMappingsHeap});
  model.addHeap();
  model.addPair({.size = 40, .stack = StackId{2}, .heap = HeapId{2}});
  const auto allocateIn = [&](PairId pair) {
    model.apply(Allocation{.atNs = ++now, .thread = kMain, .pair = pair});
    return model.numbered() - 1;
  };
  const auto mapped = allocateIn(kMapped);
  const auto small = allocateIn(kSmall);
  const auto texture = allocateIn(kTexture);
  free(mapped, kMapped);
  allocateIn(kTexture);
  free(texture, kTexture);
  free(small, kSmall);

  EXPECT_EQ(model.totals().allocations, 1U);
  EXPECT_EQ(model.totals().peakBytes, 10U) << "a mapping may hold the blocks of another heap";
  EXPECT_EQ(model.totals().temporaries, 1U) << "other heaps are no allocations in between";
  EXPECT_EQ(model.numbered(), 4U);
  EXPECT_EQ(
      model.totals(kMappingsHeap),
      (HeapTotals{.allocations = 1, .frees = 1, .allocatedBytes = 4096, .peakBytes = 4096, .peakAtNs = 1}));
  EXPECT_EQ(model.totals(HeapId{2}), (HeapTotals{.allocations = 2,
                                                 .frees = 1,
                                                 .allocatedBytes = 80,
                                                 .liveBytes = 40,
                                                 .peakBytes = 80,
                                                 .peakAtNs = 5}));
  EXPECT_EQ(model.counters(kTexture).liveAtPeak, 2U);
  EXPECT_EQ(model.counters(kMapped).liveAtPeak, 1U);
  std::uint64_t frees = 0;
  for (const std::uint64_t count : model.lifetimes()) frees += count;
  EXPECT_EQ(frees, 1U);
}

TEST_F(SessionModelTest, countingGoesOnFromStoredCountersInEveryHeap) {
  model.addPair({.size = 4096, .stack = StackId{1}, .heap = kMappingsHeap});
  constexpr PairId kMapped{3};
  allocate(kMapped);
  allocate(kSmall);
  SessionModel restored;
  restored.addPair({.size = 10, .stack = StackId{1}});
  restored.addPair({.size = 1000, .stack = StackId{2}});
  restored.addPair({.size = 0, .stack = StackId{3}});
  restored.addPair({.size = 4096, .stack = StackId{1}, .heap = kMappingsHeap});
  restored.addThread();
  restored.addThread();
  restored.restore(model.counters());
  for (SessionModel* each : {&model, &restored}) {
    each->apply(Allocation{.atNs = 100, .thread = kMain, .pair = kMapped});
    each->apply(Free{.atNs = 101, .thread = kMain, .number = 0, .pair = kMapped, .lifetimeLog2 = 3});
  }
  EXPECT_EQ(restored.totals(kMappingsHeap), model.totals(kMappingsHeap));
  EXPECT_EQ(restored.numbered(), 3U);
  EXPECT_EQ(restored.counts(), model.counts());
}

TEST_F(SessionModelTest, anEarlierMomentHasTheHeapsOfThen) {
  const Counts before = model.counts();  // When no heap had a name yet.
  model.addHeap();
  model.addPair({.size = 40, .stack = StackId{2}, .heap = HeapId{2}});
  constexpr PairId kTexture{3};
  allocate(kTexture);
  const Counts then = model.counts();
  allocate(kTexture);
  EXPECT_EQ(before.heaps.size(), 1U);
  EXPECT_EQ(then.heaps.at(1).liveBytes, 40U);
  EXPECT_EQ(then.pairs.at(3).live, 1U);
}

}  // namespace
}  // namespace heaptap::model
