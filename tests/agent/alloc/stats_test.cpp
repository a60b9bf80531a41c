// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <heaptap/alloc/fail_after.h>
#include <heaptap/alloc/stats.h>
#include <heaptap/alloc/system.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "tests/agent/alloc/bookkeeper.h"
#include "tests/agent/alloc/contract.h"

namespace heaptap {
namespace {

constexpr Layout bytes(std::size_t size) { return Layout::fromUnchecked(size, 8); }
using Count = StatsSnapshot::Count;

bool operator==(const StatsSnapshot::Class& one, const StatsSnapshot::Class& other) {
  return one.upTo == other.upTo && one.live == other.live && one.total == other.total;
}

TEST(Stats, CountWhatIsLiveAndWhatWasInTotal) {
  const auto stats = std::make_unique<const Stats<Bookkeeper>>();
  void* const one = stats->alloc(bytes(100));
  void* const two = stats->allocZeroed(bytes(28));
  stats->dealloc(one, bytes(100));
  const StatsSnapshot now = stats->snapshot();
  EXPECT_EQ(now.live, (Count{1, 28}));
  EXPECT_EQ(now.total, (Count{2, 128}));
  EXPECT_EQ(now.peakBytes, 128U);
  stats->dealloc(two, bytes(28));
  EXPECT_EQ(stats->snapshot().live, Count{});
}

TEST(Stats, ARealloc_IsNeverTwoLiveBlocks) {
  const auto stats = std::make_unique<const Stats<Bookkeeper>>();
  void* block = stats->alloc(bytes(1000));
  block = stats->realloc(block, bytes(1000), 1500);
  EXPECT_EQ(stats->snapshot().peakBytes, 1500U);
  EXPECT_EQ(stats->snapshot().total, (Count{2, 2500}));
  block = stats->realloc(block, bytes(1500), 10);
  EXPECT_EQ(stats->snapshot().live, (Count{1, 10}));
  stats->dealloc(block, bytes(10));
  EXPECT_EQ(stats->snapshot().peakBytes, 1500U);
}

TEST(Stats, KnowThePeakOfLargeAndSmallBlocks) {
  const auto stats = std::make_unique<const Stats<Bookkeeper>>();
  constexpr std::size_t kMebibyte = std::size_t{1} << 20;
  void* const large = stats->alloc(bytes(kMebibyte));
  void* const small = stats->alloc(bytes(24));
  stats->dealloc(large, bytes(kMebibyte));
  stats->dealloc(small, bytes(24));
  std::vector<void*> many(10'000);
  for (void*& block : many) block = stats->alloc(bytes(32));
  for (void* const block : many) stats->dealloc(block, bytes(32));
  EXPECT_EQ(stats->snapshot().peakBytes, kMebibyte + 24);
}

TEST(Stats, CountNothingForWhatFails) {
  const auto stats = std::make_unique<const Stats<FailAfter<Bookkeeper>>>(1U);
  void* const block = stats->alloc(bytes(16));
  EXPECT_EQ(stats->alloc(bytes(16)), nullptr);
  EXPECT_EQ(stats->allocZeroed(bytes(16)), nullptr);
  EXPECT_EQ(stats->realloc(block, bytes(16), 32), nullptr);
  EXPECT_FALSE(stats->growInPlace(block, bytes(16), 32));
  EXPECT_EQ(stats->snapshot().live, (Count{1, 16}));
  EXPECT_EQ(stats->snapshot().total, (Count{1, 16}));
  stats->dealloc(block, bytes(16));
}

TEST(Stats, SortSizesByPowersOfTwo) {
  const auto stats = std::make_unique<const Stats<Bookkeeper>>();
  std::vector<std::pair<void*, std::size_t>> blocks;
  for (const std::size_t size : {1U, 2U, 3U, 4U, 5U, 64U, 65U})
    blocks.emplace_back(stats->alloc(bytes(size)), size);
  const StatsSnapshot now = stats->snapshot();
  EXPECT_TRUE(now.classes[0] == (StatsSnapshot::Class{1, {1, 1}, {1, 1}}));
  EXPECT_TRUE(now.classes[1] == (StatsSnapshot::Class{2, {1, 2}, {1, 2}}));
  EXPECT_TRUE(now.classes[2] == (StatsSnapshot::Class{4, {2, 7}, {2, 7}}));
  EXPECT_TRUE(now.classes[3] == (StatsSnapshot::Class{8, {1, 5}, {1, 5}}));
  EXPECT_TRUE(now.classes[6] == (StatsSnapshot::Class{64, {1, 64}, {1, 64}}));
  EXPECT_TRUE(now.classes[7] == (StatsSnapshot::Class{128, {1, 65}, {1, 65}}));
  EXPECT_EQ(now.classes.back().upTo, SIZE_MAX);
  for (const auto& [block, size] : blocks) stats->dealloc(block, bytes(size));
}

/// A hundred threads, more than there are rows of their own, all there at once.
TEST(Stats, AreExactAfterThreads) {
  const auto stats = std::make_unique<const Stats<Bookkeeper>>();
  constexpr std::uint64_t kThreads = 100;
  constexpr std::uint64_t kBlocks = 200;
  std::vector<std::thread> threads;
  std::atomic<std::uint64_t> waiting{kThreads};
  std::vector<std::vector<void*>> blocks(kThreads);
  for (std::uint64_t thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (std::uint64_t i = 0; i < kBlocks; ++i) blocks[thread].push_back(stats->alloc(bytes(i + 1)));
      waiting.fetch_sub(1);
      while (waiting.load() != 0) std::this_thread::yield();
      for (std::uint64_t i = 0; i < kBlocks / 2; ++i)
        stats->dealloc(blocks[(thread + 1) % kThreads][i], bytes(i + 1));
    });
  }
  for (std::thread& thread : threads) thread.join();
  constexpr std::uint64_t kAll = kBlocks * (kBlocks + 1) / 2;
  constexpr std::uint64_t kFreed = kBlocks / 2 * (kBlocks / 2 + 1) / 2;
  const StatsSnapshot now = stats->snapshot();
  EXPECT_EQ(now.total, (Count{kThreads * kBlocks, kThreads * kAll}));
  EXPECT_EQ(now.live, (Count{kThreads * kBlocks / 2, kThreads * (kAll - kFreed)}));
  const std::uint64_t slack = kThreads * (64 << 10);
  EXPECT_LE(now.peakBytes, kThreads * kAll + slack);
  EXPECT_GE(now.peakBytes + slack, kThreads * kAll);
  for (auto& mine : blocks) {
    for (std::size_t i = kBlocks / 2; i < kBlocks; ++i) stats->dealloc(mine[i], bytes(i + 1));
  }
  EXPECT_EQ(stats->snapshot().live, Count{});
}

TEST(Stats, NeverShowMoreFreedThanAllocated) {
  const auto stats = std::make_unique<const Stats<Bookkeeper>>();
  std::atomic<bool> done{false};
  std::thread reader([&] {
    while (!done.load()) {
      const StatsSnapshot now = stats->snapshot();
      ASSERT_LE(now.live.blocks, 16U * 20'000U);
      ASSERT_LE(now.live.blocks, now.total.blocks);
    }
  });
  expectContractFromThreads(*stats, 500);
  done = true;
  reader.join();
  EXPECT_EQ(stats->snapshot().live, Count{});
  EXPECT_EQ(stats->snapshot().total.blocks, 16U * 500U * 2U);
}

/// Destructors of thread-local objects run after the thread has given its row back, and allocate.
TEST(Stats, CountWhatThreadsAllocateAtTheirEnd) {
  static const Stats<Bookkeeper> stats;
  struct Late {
    ~Late() { stats.dealloc(stats.alloc(bytes(40)), bytes(40)); }
  };
  for (int i = 0; i < 3; ++i) {
    std::thread([] {
      static thread_local Late late;  // Made before the row is claimed, hence destroyed after.
      (void)&late;
      stats.dealloc(stats.alloc(bytes(8)), bytes(8));
    }).join();
  }
  EXPECT_EQ(stats.snapshot().total, (Count{6, 3 * 48}));
  EXPECT_EQ(stats.snapshot().live, Count{});
}

}  // namespace
}  // namespace heaptap
