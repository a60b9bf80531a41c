// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/record/lane.h"

#include <gtest/gtest.h>

#include <latch>
#include <set>
#include <thread>
#include <vector>

#include "agent/capture/record/clock.h"
#include "agent/capture/record/connection.h"
#include "tests/agent/capture/memory_for_tests.h"

namespace heaptap::capture {
namespace {

using wire::DropReason;

/// Each test's threads are new ones, with contexts of their own.
class LaneTest : public testing::Test {
 protected:
  LaneTest() : m_before(g_connection.header) {
    g_connection.header = m_memory.header();
    g_clock.mode = wire::ClockMode::Monotonic;
    g_contextsMade = 0;
  }
  ~LaneTest() override { g_connection.header = m_before; }

  /// In a new thread: until the pool is empty, and once more. Returns where that one would be counted.
  const wire::DropCounters* whereCountedWithoutRoom(std::uint32_t restrictions) {
    const wire::DropCounters* counters = nullptr;
    std::thread([&] {
      const Lane lane;
      ASSERT_TRUE(lane.usable());
      lane.context().restrictions->store(restrictions);
      while (lane.writeBlock(wire::EventKind::Free, 0, {this, 0, wire::Origin::Free})) continue;
      counters = &lane.dropped();
    }).join();
    return counters;
  }
  [[nodiscard]] const wire::DropCounters* ofFirstThread(DropReason reason) const {
    return &m_memory.view().slot(0).dropped[static_cast<std::size_t>(reason)];
  }
  [[nodiscard]] const wire::DropCounters* ofNoThread(DropReason reason) const {
    return &m_memory.header()->droppedWithoutThread[static_cast<std::size_t>(reason)];
  }

  /// So many frees that share readings of the clock, if the thread may do so.
  void writeFrees(const Lane& lane, int count) {
    for (int i = 0; i < count; ++i)
      EXPECT_TRUE(lane.writeBlock(wire::EventKind::Free, 0, {blockAt(0x1000), 0, wire::Origin::Free}));
  }
  /// `act` with a lane that is taken further in on the stack.
  template <class Act>
  [[gnu::noinline]] static void asInAHandler(const Act& act) {
    const Lane lane;
    act(lane);
  }
  static const void* blockAt(std::uintptr_t address) { return reinterpret_cast<const void*>(address); }
  struct Written {
    wire::EventKind kind;
    std::uint64_t stamp;
  };
  /// What was written into a lane of the thread in this slot, which is at most a chunk full.
  [[nodiscard]] std::vector<Written> writtenIn(std::uint32_t slot, std::size_t lane = 0) const {
    std::vector<Written> events;
    const std::uint32_t reference = m_memory.view().slot(slot).firstChunk[lane].load();
    if (reference == wire::kNoChunk) return events;
    const wire::ChunkHeader& chunk = m_memory.view().chunk(reference);
    const auto* const words = reinterpret_cast<const std::uint64_t*>(&chunk + 1);
    std::uint64_t stamp = 0;
    for (std::size_t at = 0; at < chunk.published.load() / 8;) {
      const wire::EventKind kind = wire::kindOf(words[at]);
      if (!wire::isShort(kind)) stamp = wire::stampOf(words[at]);
      events.push_back({kind, stamp});
      at += wire::eventBytes(kind) / 8;
    }
    return events;
  }
  [[nodiscard]] std::vector<std::uint64_t> stampsIn(std::uint32_t slot, std::size_t lane = 0) const {
    std::vector<std::uint64_t> stamps;
    for (const Written& event : writtenIn(slot, lane)) stamps.push_back(event.stamp);
    return stamps;
  }
  static std::size_t readings(const std::vector<std::uint64_t>& stamps) {
    return std::set(stamps.begin(), stamps.end()).size();
  }
  /// That many events in a row are sure to share some.
  static constexpr int kMany = 4 * SeldomStamps::kShareOne;

  PreparedMemory m_memory{kSmallMemory};
  wire::Header* const m_before;
};

/// So many threads that have a slot each, and keep it.
class ThreadsWithSlots {
 public:
  explicit ThreadsWithSlots(std::uint32_t count) : m_inside(count) {
    for (std::uint32_t i = 0; i < count; ++i)
      m_threads.emplace_back([this] {
        EXPECT_TRUE(Lane().usable());
        m_inside.count_down();
        m_done.wait();
      });
    m_inside.wait();
  }
  ~ThreadsWithSlots() {
    m_done.count_down();
    for (auto& thread : m_threads) thread.join();
  }
  ThreadsWithSlots(const ThreadsWithSlots&) = delete;
  ThreadsWithSlots& operator=(const ThreadsWithSlots&) = delete;

 private:
  std::latch m_inside;
  std::latch m_done{1};
  std::vector<std::thread> m_threads;
};

TEST_F(LaneTest, WithoutRoomTheReasonIsTheRelay) {
  EXPECT_EQ(whereCountedWithoutRoom(0), ofFirstThread(DropReason::Room));
}

TEST_F(LaneTest, WithoutRoomInABufferTheReasonIsItsSize) {
  m_memory.header()->noRoom = DropReason::BufferFull;
  EXPECT_EQ(whereCountedWithoutRoom(0), ofFirstThread(DropReason::BufferFull));
}

TEST_F(LaneTest, WithoutSystemCallsTheReasonIsTheSandbox) {
  EXPECT_EQ(whereCountedWithoutRoom(wire::kNoSystemCalls), ofFirstThread(DropReason::Sandbox));
}

TEST_F(LaneTest, OneThreadTooManyIsCountedAsThat) {
  const ThreadsWithSlots all(kSmallMemory.threads);
  std::thread([&] {
    const Lane lane;
    EXPECT_FALSE(lane.hasContext());
    EXPECT_EQ(&lane.dropped(), ofNoThread(DropReason::Threads));
  }).join();
}

TEST_F(LaneTest, WhatNestsTooDeepIsCountedAsThat) {
  std::thread([&] {
    const auto nest = [&](const auto& deeper, int depth) -> void {
      const Lane lane;
      ASSERT_TRUE(lane.hasContext());
      if (lane.usable() && depth < 100) return deeper(deeper, depth + 1);
      EXPECT_LT(depth, 100) << "there is no end";
      const auto slot = lane.context().slotIndex;
      EXPECT_EQ(&lane.dropped(),
                &m_memory.view().slot(slot).dropped[static_cast<std::size_t>(DropReason::Nesting)]);
    };
    nest(nest, 0);
  }).join();
}

TEST_F(LaneTest, WhatNestsWhereThereIsNoSlotLeftIsCountedAsThat) {
  const ThreadsWithSlots allButOne(kSmallMemory.threads - 1);
  std::thread([&] {
    const Lane first;
    const Lane second;  // As in a handler.
    const Lane third;
    ASSERT_TRUE(third.hasContext());
    EXPECT_FALSE(third.usable());
    const auto slot = third.context().slotIndex;
    EXPECT_EQ(&third.dropped(),
              &m_memory.view().slot(slot).dropped[static_cast<std::size_t>(DropReason::Threads)]);
  }).join();
}

TEST_F(LaneTest, TheOnlyThreadReadsTheClockSeldom) {
  m_memory.header()->tick = 1;
  std::thread([&] { writeFrees(Lane(), kMany); }).join();
  const auto stamps = stampsIn(0);
  EXPECT_EQ(stamps.size(), kMany);
  EXPECT_LT(readings(stamps), SeldomStamps::kExactAfterTick + 8);
}

TEST_F(LaneTest, WithoutARelayThatLooksItReadsTheClockEachTime) {
  std::thread([&] { writeFrees(Lane(), kMany); }).join();
  EXPECT_EQ(readings(stampsIn(0)), kMany);
}

TEST_F(LaneTest, OnceASecondThreadHasBegunEachEventHasItsOwnStamp) {
  m_memory.header()->tick = 1;
  std::thread([&] {
    const Lane first;
    writeFrees(first, kMany);
    const std::size_t before = readings(stampsIn(0));
    std::thread([&] { writeFrees(Lane(), kMany); }).join();
    writeFrees(first, kMany);
    EXPECT_EQ(readings(stampsIn(0)), before + kMany) << "also after the second one has ended";
    EXPECT_EQ(readings(stampsIn(1)), kMany);
    EXPECT_GT(stampsIn(1).front(), stampsIn(0)[kMany - 1]);
    EXPECT_GT(stampsIn(0)[kMany], stampsIn(1).back());
  }).join();
}

TEST_F(LaneTest, AHandlersEventHasItsOwnStampBetweenThoseOfItsThread) {
  m_memory.header()->tick = 1;
  std::thread([&] {
    const Lane thread;
    for (int i = 0; i < 10; ++i) {
      writeFrees(thread, kMany / 4);
      asInAHandler([&](const Lane& handler) { writeFrees(handler, 1); });
    }
  }).join();
  const auto ofThread = stampsIn(0, 0);
  const auto ofHandler = stampsIn(0, 1);
  ASSERT_EQ(ofHandler.size(), 10U);
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_GT(ofHandler[i], ofThread[(i + 1) * (kMany / 4) - 1]);
    if (i < 9) {
      EXPECT_LT(ofHandler[i], ofThread[(i + 1) * (kMany / 4)]);
    }
  }
}

TEST_F(LaneTest, WithASecondContextAThreadIsNoLongerAlone) {
  m_memory.header()->tick = 1;
  std::thread([&] {
    const Lane first;
    writeFrees(first, 1);
    asInAHandler([&](const Lane&) {
      asInAHandler([&](const Lane& third) {
        writeFrees(first, kMany);
        writeFrees(third, kMany);
      });
    });
  }).join();
  EXPECT_EQ(readings(stampsIn(0)), kMany + 1);
  EXPECT_EQ(readings(stampsIn(1)), kMany);
}

TEST_F(LaneTest, AForkedChildIsAloneAgain) {
  m_memory.header()->tick = 1;
  std::thread([&] { writeFrees(Lane(), 1); }).join();
  std::thread([&] {
    writeFrees(Lane(), 1);
    forgetContext();  // What joinAsChild() does.
    writeFrees(Lane(), kMany);
  }).join();
  EXPECT_LT(readings(stampsIn(2)), SeldomStamps::kExactAfterTick + 8);
}

TEST_F(LaneTest, WhatSharesAStampIsShort) {
  m_memory.header()->tick = 1;
  std::thread([&] {
    const Lane lane;
    writeFrees(lane, kMany);
    lane.writeBlock(wire::EventKind::Free, 0, {blockAt(0x1008), 0, wire::Origin::Free});
    lane.writeBlock(wire::EventKind::ReallocBegin, 0, {blockAt(0x1000), 0, wire::Origin::Realloc});
  }).join();
  const auto events = writtenIn(0);
  ASSERT_EQ(events.size(), kMany + 2U);
  for (std::size_t i = 1; i < kMany; ++i)
    EXPECT_EQ(wire::isShort(events[i].kind), events[i].stamp == events[i - 1].stamp) << "event " << i;
  EXPECT_EQ(events[kMany].kind, wire::EventKind::Free) << "its address has no room in 8 bytes";
  EXPECT_EQ(events[kMany + 1].kind, wire::EventKind::ReallocBegin);
}

TEST_F(LaneTest, AMarkHasItsOwnTime) {
  m_memory.header()->tick = 1;
  std::thread([&] {
    const Lane lane;
    writeFrees(lane, kMany);
    const std::uint64_t before = ticksNow(g_clock);
    EXPECT_TRUE(lane.writeRare(wire::RareKind::Mark, 0, 0));
    EXPECT_GE(stampsIn(0).back(), before);
  }).join();
}

}  // namespace
}  // namespace heaptap::capture
