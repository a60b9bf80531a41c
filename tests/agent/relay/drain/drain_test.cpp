// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/drain/drain.h"

#include <gmock/gmock.h>
#include <sys/syscall.h>

#include <thread>

#include "tests/agent/relay/drained_target.h"

namespace heaptap::relay {
namespace {

using test::DrainedTarget;
using test::freeChunks;
using test::StreamWriter;
using testing::ElementsAre;
using testing::SizeIs;

std::uint32_t ownTid() { return static_cast<std::uint32_t>(getpid()); }
/// No thread of this process has it: ids of threads end at 2^22.
constexpr std::uint32_t kDeadTid = 1U << 30;

TEST(Drain, MergesStreamsInTheOrderOfStamps) {
  DrainedTarget target;
  StreamWriter a(*target.memory, ownTid());
  StreamWriter b(*target.memory, kDeadTid);
  a.alloc(10, 0x100, 16);
  b.free(20, 0x100);
  b.alloc(30, 0x100, 32);
  a.free(40, 0x100);
  b.alloc(50, 0x200, 48);
  EXPECT_EQ(target.poll(), 5U);
  EXPECT_THAT(target.session.story(),
              ElementsAre("alloc 0: 16 bytes at 0x100 by 0", "free 0 by 1", "alloc 1: 32 bytes at 0x100 by 1",
                          "free 1 by 0", "alloc 2: 48 bytes at 0x200 by 1"));
}

TEST(Drain, LeavesEventsOfTheFutureForALaterPoll) {
  DrainedTarget target;
  StreamWriter a(*target.memory, ownTid());
  StreamWriter b(*target.memory, kDeadTid);
  const std::uint64_t anHour = 3'600'000'000'000;
  a.alloc(10, 0x100, 1);
  a.alloc(anHour, 0x200, 2);
  b.alloc(20, 0x300, 3);
  EXPECT_EQ(target.poll(), 2U);
  b.alloc(30, 0x400, 4);
  EXPECT_EQ(target.poll(), 1U);
  target.finish();
  EXPECT_THAT(target.session.story(),
              ElementsAre("alloc 0: 1 bytes at 0x100 by 0", "alloc 1: 3 bytes at 0x300 by 1",
                          "alloc 2: 4 bytes at 0x400 by 1", "alloc 3: 2 bytes at 0x200 by 0"));
}

TEST(Drain, ReadsBothLanesOfAThreadAsOneThread) {
  DrainedTarget target;
  StreamWriter normal(*target.memory, ownTid());
  StreamWriter handler(normal, 1);
  normal.alloc(10, 0x100, 1);
  handler.alloc(20, 0x200, 2);
  normal.free(30, 0x200);
  target.poll();
  EXPECT_THAT(target.session.story(),
              ElementsAre("alloc 0: 1 bytes at 0x100 by 0", "alloc 1: 2 bytes at 0x200 by 0", "free 1 by 0"));
}

TEST(Drain, KeepsSizesOfFourGigabytesAndMore) {
  DrainedTarget target;
  StreamWriter a(*target.memory, ownTid());
  a.alloc(10, 0x100, 5ULL << 32);
  target.poll();
  EXPECT_THAT(target.session.story(), ElementsAre("alloc 0: 21474836480 bytes at 0x100 by 0"));
}

TEST(Drain, TimesNeverRunBackAndFollowTheClock) {
  DrainedTarget target;
  StreamWriter a(*target.memory, ownTid());
  std::uint64_t before = 0;
  for (int i = 0; i < 3; ++i) {
    const std::uint64_t stamp = ticksNow(wire::ClockMode::Monotonic) - target.memory->clockBase();
    a.alloc(stamp, 0x1000 + 16 * static_cast<std::uint64_t>(i), 8);
    target.poll();
    ASSERT_THAT(target.session.events, SizeIs(i + 1));
    const std::uint64_t time = target.session.events.back().timeNs;
    EXPECT_GE(time, before);
    EXPECT_LE(time, stamp);
    before = time;
  }
  EXPECT_GT(before, 0U);
}

TEST(Drain, GivesConsumedChunksBack) {
  DrainedTarget target;
  const std::uint32_t all = freeChunks(*target.memory);
  StreamWriter a(*target.memory, ownTid());
  // Many times what the pool holds.
  std::uint64_t stamp = 0;
  const std::uint32_t before = target.memory->header().progress.load();
  for (int round = 0; round < 100; ++round) {
    for (int i = 0; i < 1000; ++i) {
      ++stamp;
      a.alloc(stamp, 0x1000, 8);
      a.free(stamp, 0x1000);
    }
    ASSERT_EQ(target.poll(), 2000U);
  }
  EXPECT_EQ(freeChunks(*target.memory), all - 1) << "all but the one that is being written";
  EXPECT_GT(target.memory->header().progress.load(), before);
  EXPECT_EQ(target.session.events.size(), 200'000U);
  EXPECT_EQ(target.session.liveBytes(), 0U);
}

TEST(Drain, FollowsFromChunkToChunkInOnePoll) {
  DrainedTarget target;
  StreamWriter a(*target.memory, ownTid());
  std::uint64_t stamp = 0;
  std::size_t written = 0;
  const auto pair = [&] {
    ++stamp;
    a.alloc(stamp, 0x1000, 8);
    a.free(stamp, 0x1000);
    written += 2;
  };
  pair();
  const std::uint32_t first = a.chunkReference();
  while (a.chunkReference() == first) pair();
  EXPECT_EQ(target.poll(), written);
}

TEST(Drain, ReclaimsAThreadThatIsGone) {
  DrainedTarget target;
  const std::uint32_t all = freeChunks(*target.memory);
  StreamWriter dead(*target.memory, kDeadTid);
  dead.alloc(10, 0x100, 8);
  target.poll();
  EXPECT_EQ(dead.slot().claim.load(), 1U) << "not before everything it wrote was seen";
  target.poll();
  target.poll();
  target.poll();
  EXPECT_EQ(dead.slot().claim.load(), 2U);
  EXPECT_EQ(freeChunks(*target.memory), all);
  StreamWriter next(*target.memory, ownTid());
  EXPECT_EQ(next.slotIndex(), dead.slotIndex());
  next.alloc(20, 0x200, 8);
  target.poll();
  EXPECT_THAT(target.session.story(),
              ElementsAre("alloc 0: 8 bytes at 0x100 by 0", "alloc 1: 8 bytes at 0x200 by 1"));
}

TEST(Drain, KeepsAThreadThatIsIdle) {
  DrainedTarget target;
  StreamWriter idle(*target.memory, ownTid());
  idle.alloc(10, 0x100, 8);
  for (int i = 0; i < 5; ++i) target.poll();
  EXPECT_EQ(idle.slot().claim.load(), 1U);
}

TEST(Drain, ASecondClaimOfOneThreadIdEndsTheFirst) {
  DrainedTarget target;
  StreamWriter first(*target.memory, ownTid());
  first.alloc(10, 0x100, 8);
  target.poll();
  StreamWriter second(*target.memory, ownTid());
  second.slot().claimedAt = 15;
  second.alloc(20, 0x200, 8);
  for (int i = 0; i < 3; ++i) target.poll();
  EXPECT_EQ(first.slot().claim.load(), 2U);
  EXPECT_EQ(second.slot().claim.load(), 1U);
}

TEST(Drain, ManyThreadsWriteWhileItReads) {
  auto options = test::smallMemory();
  options.capacity.poolBytes = 64 * wire::kChunkBytes;
  DrainedTarget target(options);
  // The writers share the pool without locks, as a target's do; here they take turns at it instead.
  constexpr int kWriters = 4;
  constexpr std::uint64_t kEach = 4000;
  std::mutex poolMutex;
  std::atomic<std::uint64_t> clock{1};
  std::vector<std::thread> threads;
  threads.reserve(kWriters);
  for (int t = 0; t < kWriters; ++t)
    threads.emplace_back([&] {
      std::unique_lock lock(poolMutex);
      StreamWriter writer(*target.memory, static_cast<std::uint32_t>(gettid()));
      lock.unlock();
      for (std::uint64_t i = 0; i < kEach; ++i) {
        const std::lock_guard turn(poolMutex);
        // All threads use one address in turn: any disorder shows as an unmatched or a lost free.
        writer.alloc(clock.fetch_add(1), 0x4000, 8);
        writer.free(clock.fetch_add(1), 0x4000);
      }
    });
  std::size_t seen = 0;
  while (seen < 2 * kWriters * kEach) seen += target.poll();
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(target.translator.matcher().counts(), Matcher::Counts{});
  EXPECT_EQ(target.session.liveBytes(), 0U);
  EXPECT_THAT(target.session.threads, SizeIs(kWriters));
}

TEST(Drain, DropsBecomeGapsOfTheirThread) {
  DrainedTarget target;
  StreamWriter a(*target.memory, kDeadTid);
  StreamWriter b(*target.memory, ownTid());
  a.alloc(10, 0x100, 8);
  b.drop(3, 300, 2);
  target.poll();
  b.drop(1, 50, 0);
  target.poll();
  target.poll();
  ASSERT_THAT(target.session.gaps, SizeIs(2));
  const v1::Gap& first = target.session.gaps[0];
  EXPECT_EQ(target.session.threads.at(first.thread() - 1).tid(), ownTid());
  EXPECT_EQ(first.allocations(), 3U);
  EXPECT_EQ(first.allocated_bytes(), 300U);
  EXPECT_EQ(first.frees(), 2U);
  EXPECT_EQ(target.session.gaps[1].allocations(), 1U);
  EXPECT_GE(target.session.gaps[1].from_ns(), first.to_ns());
}

TEST(Drain, TwoReasonsInOneSpanAreTwoGaps) {
  DrainedTarget target;
  StreamWriter a(*target.memory, ownTid());
  a.drop(3, 300, 2, wire::DropReason::Threads);
  a.drop(4, 400, 0, wire::DropReason::Nesting);
  a.drop(1, 100, 0, wire::DropReason::Threads);
  target.finish();
  ASSERT_THAT(target.session.gaps, SizeIs(2));
  EXPECT_EQ(target.session.gaps[0].reason(), v1::DROP_NESTING);
  EXPECT_EQ(target.session.gaps[0].allocations(), 4U);
  EXPECT_EQ(target.session.gaps[1].reason(), v1::DROP_THREADS);
  EXPECT_EQ(target.session.gaps[1].allocations(), 4U);
  EXPECT_EQ(target.session.gaps[1].allocated_bytes(), 400U);
  EXPECT_EQ(target.session.gaps[1].frees(), 2U);
}

TEST(Drain, TheNextThreadInASlotDoesNotGetTheDropsOfTheLastOne) {
  DrainedTarget target;
  {
    StreamWriter a(*target.memory, kDeadTid);
    a.drop(3, 300, 2, wire::DropReason::Nesting);
    a.alloc(10, 0x100, 8);
  }
  for (int i = 0; i < 4; ++i) target.poll();
  StreamWriter b(*target.memory, ownTid());
  ASSERT_EQ(b.slotIndex(), 0U) << "the slot was given back";
  b.alloc(20, 0x200, 8);
  target.finish();
  ASSERT_THAT(target.session.gaps, SizeIs(1));
}

TEST(Drain, DropsWithoutAThreadBecomeAGapOfNobody) {
  DrainedTarget target;
  target.memory->header()
      .droppedWithoutThread[static_cast<std::size_t>(wire::DropReason::Memory)]
      .frees.store(7);
  target.finish();
  ASSERT_THAT(target.session.gaps, SizeIs(1));
  EXPECT_EQ(target.session.gaps[0].thread(), 0U);
  EXPECT_EQ(target.session.gaps[0].frees(), 7U);
  EXPECT_EQ(target.session.gaps[0].reason(), v1::DROP_MEMORY);
}

TEST(Drain, UnknownFreesAreUnrecordedOnlyAfterAGapInAllocations) {
  DrainedTarget target;
  StreamWriter a(*target.memory, ownTid());
  a.free(10, 0x100);
  target.poll();
  a.drop(0, 0, 1);
  a.free(20, 0x100);
  target.poll();
  EXPECT_EQ(target.translator.matcher().counts(), (Matcher::Counts{.unmatchedFrees = 2}));
  a.drop(1, 8, 0);
  a.free(30, 0x100);
  target.finish();
  EXPECT_EQ(target.session.counters.unmatched_frees(), 2U);
  EXPECT_EQ(target.session.counters.unrecorded_frees(), 1U);
}

TEST(Drain, UnknownFreesAreUnrecordedAfterAPause) {
  DrainedTarget target;
  StreamWriter a(*target.memory, ownTid());
  target.memory->pause();
  target.memory->resume();
  a.free(10, 0x100);
  target.finish();
  EXPECT_EQ(target.session.counters.unmatched_frees(), 0U);
  EXPECT_EQ(target.session.counters.unrecorded_frees(), 1U);
}

TEST(Drain, TellsHowLongNothingWasRecorded) {
  DrainedTarget target;
  target.poll();
  target.memory->pause();
  target.poll();
  target.poll();
  target.memory->resume();
  target.finish();
  EXPECT_GT(target.session.counters.paused_ns(), 1U);
  EXPECT_EQ(target.session.counters.paused_since_ns(), 0U) << "it goes on";
}

TEST(Drain, TellsOfAPauseThatLastsAndOfOneTooShortToSee) {
  DrainedTarget paused;
  paused.memory->pause();
  paused.poll();
  paused.finish();
  EXPECT_NE(paused.session.counters.paused_since_ns(), 0U);
  DrainedTarget brief;
  brief.memory->pause();
  brief.memory->resume();
  brief.finish();
  EXPECT_EQ(brief.session.counters.paused_ns(), 1U);
  EXPECT_EQ(brief.session.counters.paused_since_ns(), 0U);
}

TEST(Drain, NamesThreads) {
  DrainedTarget target;
  StreamWriter a(*target.memory, ownTid());
  a.alloc(10, 0x100, 8);
  target.poll();
  ASSERT_THAT(target.session.threads, SizeIs(1));
  EXPECT_EQ(target.session.threads[0].name(), "relay_test");
  EXPECT_EQ(target.session.threads[0].tid(), ownTid());
}

}  // namespace
}  // namespace heaptap::relay
