// SPDX-License-Identifier: Apache-2.0
//
// However many threads match, over however many shards: what leaves the relay is what one thread makes of it.
#include "agent/relay/drain/match_threads.h"

#include <gmock/gmock.h>

#include <random>

#include "tests/agent/relay/drained_tree.h"
#include "tests/agent/relay/other_heaps_writer.h"
#include "tests/agent/relay/several_threads.h"

namespace heaptap::relay {
namespace {

using test::DrainedTree;
using test::StreamWriter;

/// How often things happen that need all events before them, and how wrong the program is.
struct Habits {
  unsigned rareOneIn = 1000;
  unsigned wrongOneIn = 20;
};

/// Some processes that allocate and free at random, and are wrong at times: a script that depends on nothing
/// but its seed, so that it can be played to several relays.
class RandomProgram {
 public:
  RandomProgram(unsigned seed, const Habits& habits, DrainedTree& tree)
      : m_random(seed), m_habits(habits), m_tree(tree), m_stacks(*tree.memory) {
    m_heap = test::nameHeap(*tree.memory, "pool");
    addProcess(wire::kFirstProcess);
  }

  void run(std::size_t steps) {
    for (std::size_t i = 0; i < steps; ++i) step();
  }

 private:
  struct Thread {
    std::size_t process;
    std::array<StreamWriter, 2> lanes;
    std::array<bool, 2> isMoving{};  ///< Has begun a realloc.
  };

  bool oneIn(unsigned n) { return m_random() % n == 0; }
  /// Of one page in some, in 40 regions.
  std::uint64_t anyAddress() { return 0x5555'0000'0000 + m_random() % 40 * 0x10000 + m_random() % 24 * 48; }

  void addProcess(std::uint32_t index) {
    for (int i = 0; i < 3; ++i) {
      StreamWriter first = m_tree.thread(index);
      m_threads.push_back({.process = m_live.size(), .lanes = {first, StreamWriter(first, 1)}});
    }
    m_indexes.push_back(index);
    m_live.emplace_back(m_live.empty() ? std::map<std::uint64_t, bool>() : m_live.front());
  }

  void step() {
    Thread& thread = m_threads[m_random() % m_threads.size()];
    const std::size_t lane = oneIn(10) ? 1 : 0;
    StreamWriter& by = thread.lanes[lane];
    m_stamp += m_random() % 300;
    if (oneIn(m_habits.rareOneIn)) return rare(thread, by);
    std::uint64_t address = anyAddress();
    bool& isLive = m_live[thread.process][address];
    const bool isWrong = oneIn(m_habits.wrongOneIn);
    if (isWrong && oneIn(8)) address = 0;
    if (oneIn(12)) return realloc(thread, lane, address, isLive);
    if (isLive != isWrong) {
      isLive = false;
      return free(by, address);
    }
    isLive = true;
    by.alloc(m_stamp, address, m_random() % 6 * 16, stack());
  }

  std::uint32_t stack() {
    // New ones come up all the while.
    if (m_nodes.empty() || (m_nodes.size() < 500 && oneIn(50)))
      m_nodes.push_back(m_stacks.node(wire::kRootNode, m_stacks.frame(1 + m_nodes.size())));
    return m_nodes[m_random() % m_nodes.size()];
  }

  void free(StreamWriter& by, std::uint64_t address) {
    if (!oneIn(5)) return by.free(m_stamp, address);
    // By a sized delete, with its stack.
    by.raw({wire::headWord(m_stamp, 0, wire::EventKind::FreeFrom),
            wire::addressWord(address, wire::Origin::DeleteSized, 0),
            wire::stackWord(stack(), wire::kGivenStack | wire::kGivenSize, m_random() % 3 * 16)});
  }

  void realloc(Thread& thread, std::size_t lane, std::uint64_t address, bool& isLive) {
    StreamWriter& by = thread.lanes[lane];
    if (!std::exchange(thread.isMoving[lane], !thread.isMoving[lane] || oneIn(20))) {
      isLive = false;
      return by.reallocBegin(m_stamp, address);
    }
    thread.isMoving[lane] = false;
    if (oneIn(50)) return by.reallocFailed(m_stamp, address);
    isLive = true;
    by.reallocDone(m_stamp, address, m_random() % 6 * 16);
  }

  void rare(Thread& thread, StreamWriter& by) {
    switch (m_random() % 6) {
      case 0: return test::take(by, m_stamp, m_heap, anyAddress(), 64);
      case 1: return test::give(by, m_stamp, m_heap, anyAddress());
      case 2: return test::map(by, m_stamp, 0x7000'0000'0000 + m_random() % 8 * 4096, 8192);
      case 3:  // A snapshot without a name.
        return by.raw({wire::headWord(m_stamp, 0, wire::EventKind::Rare),
                       wire::rareWord(wire::RareKind::Snapshot, wire::markWord(0, 0))});
      case 4: return by.drop(oneIn(4) ? 1 : 0, 8, 1);
      default: return forkOf(thread);
    }
  }

  void forkOf(Thread& thread) {
    if (m_indexes.size() == 5) return;
    const auto number = static_cast<std::uint32_t>(m_indexes.size());
    thread.lanes[0].fork(m_stamp, number);
    addProcess(m_tree.claim(m_indexes[thread.process], number, m_stamp + 1));
    m_live.back() = m_live[thread.process];
  }

  std::mt19937 m_random;
  const Habits m_habits;
  DrainedTree& m_tree;
  test::StackWriter m_stacks;
  std::vector<std::uint32_t> m_nodes;
  std::uint32_t m_heap = 0;
  std::uint64_t m_stamp = 1;
  std::deque<Thread> m_threads;
  std::vector<std::uint32_t> m_indexes;  ///< Of the processes.
  std::deque<std::map<std::uint64_t, bool>> m_live;
};

/// What two relays have made of the same. Times of gaps are those of the poll, and CPU time differs, too.
void expectSame(const test::DecodedSession& one, const test::DecodedSession& other) {
  ASSERT_EQ(one.events.size(), other.events.size());
  for (std::size_t i = 0; i < one.events.size(); ++i) ASSERT_EQ(one.events[i], other.events[i]) << i;
  EXPECT_EQ(one.batchSizes, other.batchSizes);
  EXPECT_EQ(one.keyframeSizes, other.keyframeSizes);
  EXPECT_TRUE(one.frames.SerializeAsString() == other.frames.SerializeAsString());
  EXPECT_TRUE(one.nodes.SerializeAsString() == other.nodes.SerializeAsString());
  EXPECT_TRUE(one.pairs.SerializeAsString() == other.pairs.SerializeAsString());
  ASSERT_EQ(one.findings.size(), other.findings.size());
  for (std::size_t i = 0; i < one.findings.size(); ++i)
    EXPECT_EQ(one.findings[i].ShortDebugString(), other.findings[i].ShortDebugString());
  ASSERT_EQ(one.threads.size(), other.threads.size());
  for (std::size_t i = 0; i < one.threads.size(); ++i)
    EXPECT_EQ(one.threads[i].tid(), other.threads[i].tid());
  EXPECT_EQ(one.gaps.size(), other.gaps.size());
  EXPECT_EQ(one.marks.size(), other.marks.size());
}

struct Case {
  unsigned shards;
  unsigned threads;
};

class MatchThreadsTest : public testing::TestWithParam<Case> {
 protected:
  static void play(unsigned seed, const Habits& habits, const std::vector<std::size_t>& polls) {
    DrainedTree one(ForkHeaps::kMaxHeaps, {}, true);
    DrainedTree other(ForkHeaps::kMaxHeaps, test::severalThreads(GetParam().shards, GetParam().threads),
                      true);
    RandomProgram first(seed, habits, one);
    RandomProgram second(seed, habits, other);
    for (const std::size_t steps : polls) {
      first.run(steps);
      second.run(steps);
      ASSERT_EQ(one.poll(), other.poll());
    }
    one.keyframes();
    other.keyframes();
    one.finish();
    other.finish();
    ASSERT_EQ(one.processes(), other.processes());
    for (std::uint32_t i = 0; i < one.processes(); ++i) {
      EXPECT_EQ(one.counts(i), other.counts(i)) << "process " << i;
      expectSame(one.session(i), other.session(i));
      EXPECT_FALSE(one.session(i).events.empty());
    }
  }
};

TEST_P(MatchThreadsTest, MakeWhatOneThreadMakes) {
  for (unsigned seed = 1; seed <= 3; ++seed) {
    // More windows than there are in the ring, then such as are not full.
    play(seed, {.rareOneIn = 20'000}, {60'000, 100, 0, 1, 5'000});
    if (HasFailure()) return;
  }
}

TEST_P(MatchThreadsTest, WaitForEachOtherWhereSomethingNeedsAllBefore) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    play(seed, {.rareOneIn = 100, .wrongOneIn = 5}, {3000, 3000, 500, 20});
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(All, MatchThreadsTest,
                         testing::Values(Case{1, 2}, Case{2, 2}, Case{3, 4}, Case{8, 2}, Case{8, 8}),
                         [](const auto& each) {
                           return std::to_string(each.param.shards) + "Shards" +
                                  std::to_string(each.param.threads) + "Threads";
                         });

}  // namespace
}  // namespace heaptap::relay
