// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/record/event_stream.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "tests/agent/capture/memory_for_tests.h"

namespace heaptap::capture {
namespace {

constexpr std::uint32_t kEventsPerChunk = wire::kChunkPayload / wire::kFreeBytes;

class EventStreamTest : public testing::Test {
 protected:
  EventStreamTest() { m_stream.reset(&m_first, &m_restrictions); }
  bool write(std::uint64_t number, bool forFree = true) {
    const std::uint64_t words[] = {wire::headWord(number, 0, wire::EventKind::Free), number};
    return m_stream.write(m_memory.header(), m_stall, forFree, words);
  }
  // The numbers of all published events, as the relay would read them.
  [[nodiscard]] std::vector<std::uint64_t> published() const {
    std::vector<std::uint64_t> numbers;
    for (std::uint32_t at = m_first.load(); at != wire::kNoChunk;
         at = m_memory.view().chunk(at).next.load()) {
      const wire::ChunkHeader& chunk = m_memory.view().chunk(at);
      const auto* words = reinterpret_cast<const std::uint64_t*>(&chunk + 1);
      for (std::uint32_t i = 0; i < chunk.published.load() / 8; i += 2)
        numbers.push_back(wire::stampOf(words[i]));
    }
    return numbers;
  }
  PreparedMemory m_memory{kSmallMemory};
  std::atomic<std::uint32_t> m_first{wire::kNoChunk};
  std::atomic<std::uint32_t> m_restrictions{0};
  StallClock m_stall;
  EventStream m_stream;
};

TEST_F(EventStreamTest, KeepsEventsInOrderAcrossChunks) {
  for (std::uint64_t i = 0; i < 3 * kEventsPerChunk + 5; ++i) ASSERT_TRUE(write(i));
  const auto numbers = published();
  ASSERT_EQ(numbers.size(), 3 * kEventsPerChunk + 5);
  for (std::uint64_t i = 0; i < numbers.size(); ++i) ASSERT_EQ(numbers[i], i);
  EXPECT_EQ(m_memory.freeChunks(), 12U);
}

TEST_F(EventStreamTest, KnowsTheStampOfItsLastEvent) {
  EXPECT_FALSE(m_stream.endsAt(0)) << "there is none";
  ASSERT_TRUE(write(7));
  EXPECT_TRUE(m_stream.endsAt(7));
  const std::uint64_t words[] = {wire::shortWord(wire::EventKind::ShortFree, 0x100, wire::Origin::Free, 0)};
  ASSERT_TRUE(m_stream.writeShort(m_memory.header(), m_stall, true, words));
  EXPECT_TRUE(m_stream.endsAt(7));
  ASSERT_TRUE(m_stream.recover());
  EXPECT_FALSE(m_stream.endsAt(7)) << "it may have been left before the last event was written";
}

TEST_F(EventStreamTest, AnEventThatIsLostIsNotTheLast) {
  std::uint64_t written = 0;
  while (write(written)) ++written;
  EXPECT_TRUE(m_stream.endsAt(written - 1));
}

TEST_F(EventStreamTest, AllocationsLeaveAnEighthOfThePoolToFrees) {
  std::uint64_t written = 0;
  while (write(written, false)) ++written;
  EXPECT_EQ(written, 14U * kEventsPerChunk);
  EXPECT_EQ(m_memory.freeChunks(), 2U);
  EXPECT_TRUE(write(written, true)) << "a free still has room";
}

TEST_F(EventStreamTest, DropsWhenTheRelayIsStoppedAndGoesOnWhenItMoves) {
  std::uint64_t written = 0;
  while (write(written)) ++written;
  EXPECT_EQ(written, 16U * kEventsPerChunk);
  EXPECT_FALSE(write(written)) << "maxStallMs is 0: no waiting";
  m_memory.giveChunk(1);
  EXPECT_TRUE(write(written));
}

TEST_F(EventStreamTest, WaitsOnceForARelayThatStandsStillNotForEachChunkKeptForFrees) {
  m_memory.header()->maxStallMs = 1;
  std::uint64_t written = 0;
  while (write(written, false)) ++written;
  EXPECT_TRUE(m_stall.running);
  const auto since = m_stall.since;
  while (write(written, true)) ++written;
  EXPECT_EQ(written, 16U * kEventsPerChunk);
  EXPECT_FALSE(write(written, false));
  EXPECT_EQ(m_stall.since, since) << "it waited again, though the relay has not moved";
  m_memory.giveChunk(1);
  m_memory.giveChunk(2);
  m_memory.giveChunk(3);
  m_memory.header()->progress.fetch_add(1);
  EXPECT_TRUE(write(written, false));
  EXPECT_FALSE(m_stall.running);
}

TEST_F(EventStreamTest, WaitsForARelayThatMakesProgress) {
  m_memory.header()->maxStallMs = 60'000;
  std::uint64_t written = 0;
  while (m_memory.freeChunks() > 0 || written % kEventsPerChunk != 0) ASSERT_TRUE(write(written++));
  std::thread relay([this] {
    while (m_memory.header()->waiters.load() == 0) std::this_thread::yield();
    m_memory.giveChunk(1);
    m_memory.header()->progress.fetch_add(1);
  });
  EXPECT_TRUE(write(written));
  relay.join();
}

TEST_F(EventStreamTest, NeverWaitsForADeadRelay) {
  m_memory.header()->maxStallMs = 60'000;
  std::uint64_t written = 0;
  while (m_memory.freeChunks() > 0 || written % kEventsPerChunk != 0) ASSERT_TRUE(write(written++));
  m_memory.header()->relayAlive.store(1 | wire::kFutexOwnerDied);
  EXPECT_FALSE(write(written));
}

TEST_F(EventStreamTest, AThreadWithoutSystemCallsDropsInsteadOfSleeping) {
  m_memory.header()->control.store(wire::kControlExact);
  m_restrictions.store(wire::kNoSystemCalls);
  std::uint64_t written = 0;
  while (write(written)) ++written;
  EXPECT_EQ(written, 16U * kEventsPerChunk);
  m_memory.giveChunk(1);
  EXPECT_TRUE(write(written)) << "what has come free meanwhile is used";
}

TEST_F(EventStreamTest, ThePoolGivesEachChunkToOneTakerOnly) {
  constexpr unsigned kThreads = 4;
  constexpr unsigned kRounds = 2000;
  std::atomic<std::uint32_t> owners[17] = {};
  std::atomic<bool> twice{false};
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (unsigned round = 0; round < kRounds; ++round) {
        std::atomic<std::uint32_t> first{wire::kNoChunk};
        EventStream stream;
        StallClock stall;
        stream.reset(&first, &m_restrictions);
        const std::uint64_t words[] = {1, 2};
        if (!stream.write(m_memory.header(), stall, true, words)) continue;
        if (owners[first.load()].fetch_add(1) != 0) twice = true;
        owners[first.load()].fetch_sub(1);
        // Given back as the relay does, by compare-and-swap.
        auto& head = m_memory.header()->freeChunks.head;
        std::uint64_t h = head.load();
        do {
          m_memory.view().chunk(first.load()).nextFree =
              wire::linkTo(wire::FreeList::reference(h), first.load());
        } while (!head.compare_exchange_weak(
            h, wire::FreeList::pack(wire::FreeList::tag(h) + 1, wire::FreeList::count(h) + 1, first.load())));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_FALSE(twice);
  EXPECT_EQ(m_memory.freeChunks(), 16U);
}

}  // namespace
}  // namespace heaptap::capture
