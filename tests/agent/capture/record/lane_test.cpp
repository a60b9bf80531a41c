// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/record/lane.h"

#include <gtest/gtest.h>

#include <latch>
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

}  // namespace
}  // namespace heaptap::capture
