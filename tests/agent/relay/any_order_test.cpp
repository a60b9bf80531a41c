// SPDX-License-Identifier: Apache-2.0
//
// Whichever thread writes which event, and whatever is dropped: the order is that of the stamps, and the
// books balance.
#include <gmock/gmock.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <random>
#include <thread>

#include "tests/agent/relay/drained_target.h"

namespace heaptap::relay {
namespace {

using test::DrainedTarget;
using test::StreamWriter;

constexpr std::size_t kThreads = 8;

/// Eight threads that only are there: the drain asks the kernel whether a stream's thread still lives.
class IdleThreads {
 public:
  IdleThreads() {
    for (std::size_t i = 0; i < kThreads; ++i)
      m_threads[i] = std::thread([this, i] {
        std::unique_lock lock(m_mutex);
        m_ids[i] = static_cast<std::uint32_t>(gettid());
        m_changed.notify_all();
        m_changed.wait(lock, [this] { return m_ends; });
      });
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return std::count(m_ids.begin(), m_ids.end(), 0U) == 0; });
  }
  ~IdleThreads() {
    {
      const std::lock_guard lock(m_mutex);
      m_ends = true;
    }
    m_changed.notify_all();
    for (std::thread& thread : m_threads) thread.join();
  }
  IdleThreads(const IdleThreads&) = delete;
  IdleThreads& operator=(const IdleThreads&) = delete;
  [[nodiscard]] std::uint32_t id(std::size_t i) const { return m_ids[i]; }

 private:
  std::mutex m_mutex;
  std::condition_variable m_changed;
  bool m_ends = false;
  std::array<std::uint32_t, kThreads> m_ids{};
  std::array<std::thread, kThreads> m_threads;
};

/// Eight events that use two addresses twice, one of them by a realloc in another's place.
void writeEvent(StreamWriter& by, std::size_t event, std::uint64_t stamp) {
  switch (event) {
    case 0: return by.alloc(stamp, 0x100, 16);
    case 1: return by.alloc(stamp, 0x200, 32);
    case 2: return by.free(stamp, 0x100);
    case 3: return by.alloc(stamp, 0x100, 64);
    case 4: return by.free(stamp, 0x200);
    case 5: return by.alloc(stamp, 0x200, 8);
    case 6: return by.free(stamp, 0x100);
    default: return by.free(stamp, 0x200);
  }
}

TEST(AnyOrder, AllWaysToSpreadEightEventsOverThreadsGiveTheSame) {
  const IdleThreads threads;
  DrainedTarget target;
  std::vector<StreamWriter> writers;
  for (std::size_t i = 0; i < kThreads; ++i) writers.emplace_back(*target.memory, threads.id(i));
  const bool isFree[] = {false, false, true, false, true, false, true, true};
  const std::uint64_t ends[] = {0, 0, 0, 0, 1, 0, 2, 3};
  std::array<std::size_t, kThreads> writerOf{0, 1, 2, 3, 4, 5, 6, 7};
  std::uint64_t stamp = 0;
  std::uint64_t before = 0;
  std::size_t permutations = 0;
  do {
    for (std::size_t event = 0; event < 8; ++event) writeEvent(writers[writerOf[event]], event, ++stamp);
    ASSERT_EQ(target.poll(), 8U);
    const auto& events = target.session.events;
    ASSERT_EQ(events.size(), 8 * ++permutations);
    for (std::size_t i = 0; i < 8; ++i) {
      const auto& event = events[events.size() - 8 + i];
      ASSERT_EQ(event.isFree, isFree[i]) << permutations;
      if (event.isFree) {
        ASSERT_EQ(event.number, before + ends[i]) << permutations;
      }
    }
    before += 4;
  } while (std::next_permutation(writerOf.begin(), writerOf.end()));
  EXPECT_EQ(permutations, 40'320U);
  EXPECT_EQ(target.translator.matcher().counts(), Matcher::Counts{});
  EXPECT_EQ(target.session.liveBytes(), 0U);
  // 16 and 32; 32; 32 and 64; 64; 64 and 8 …
  EXPECT_EQ(target.session.peakBytes(), 96U);
}

/// A program that allocates and frees at random, some of whose events find no room.
class LossyProgram {
 public:
  explicit LossyProgram(DrainedTarget& target)
      : m_target(target), m_writer(*target.memory, static_cast<std::uint32_t>(getpid())) {}

  void run(int steps) {
    for (int i = 0; i < steps; ++i) {
      const std::uint64_t address = 0x1000 + m_random() % 50 * 16;
      const auto block = std::find(m_live.begin(), m_live.end(), address);
      const bool isDropped = m_random() % 10 == 0;
      if (block == m_live.end()) {
        m_live.push_back(address);
        if (isDropped)
          m_writer.drop(1, 8, 0);
        else
          m_writer.alloc(++m_stamp, address, 8);
      } else {
        m_live.erase(block);
        if (isDropped)
          m_writer.drop(0, 0, 1);
        else
          m_writer.free(++m_stamp, address);
      }
    }
  }

  /// allocations − frees − gaps = live, as far as anybody can know by now.
  void expectBalance() const {
    const auto& session = m_target.session;
    const auto& counts = m_target.translator.matcher().counts();
    std::uint64_t allocations = 0;
    std::uint64_t frees = 0;
    for (const auto& event : session.events) ++(event.isFree ? frees : allocations);
    std::uint64_t lostAllocations = 0;
    std::uint64_t lostFrees = 0;
    for (const v1::Gap& gap : session.gaps) {
      lostAllocations += gap.allocations();
      lostFrees += gap.frees();
    }
    // Frees of blocks whose allocation was dropped end nothing; those that were dropped are made up for when
    // the address is in use again.
    const std::uint64_t real = frees - counts.lostFrees + counts.unrecordedFrees + counts.unmatchedFrees;
    EXPECT_EQ(allocations + lostAllocations - real - lostFrees, m_live.size());
  }

 private:
  DrainedTarget& m_target;
  StreamWriter m_writer;
  std::mt19937 m_random{11};
  std::vector<std::uint64_t> m_live;
  std::uint64_t m_stamp = 0;
};

TEST(AnyOrder, AtEveryGapTheBooksBalance) {
  DrainedTarget target;
  LossyProgram program(target);
  for (int round = 0; round < 200; ++round) {
    program.run(40);
    target.poll();
    target.poll();  // A gap is told once the events around it are.
    program.expectBalance();
    if (HasFailure()) return;
  }
  EXPECT_GT(target.session.gaps.size(), 100U);
  EXPECT_GT(target.translator.matcher().counts().lostFrees, 50U);
  EXPECT_GT(target.translator.matcher().counts().unrecordedFrees, 50U);
}

}  // namespace
}  // namespace heaptap::relay
