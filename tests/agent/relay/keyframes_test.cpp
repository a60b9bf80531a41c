// SPDX-License-Identifier: Apache-2.0
//
// Whatever a program has done, a keyframe has exactly the blocks that are live by its events: the decoded
// session compares each.
#include <gmock/gmock.h>

#include <random>

#include "agent/relay/pack/batch_packer.h"
#include "tests/agent/relay/drained_target.h"
#include "tests/agent/relay/drained_tree.h"
#include "tests/agent/relay/other_heaps_writer.h"

namespace heaptap::relay {
namespace {

using test::DrainedTarget;
using test::DrainedTree;
using test::StreamWriter;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;

std::uint32_t ownId() { return static_cast<std::uint32_t>(getpid()); }

TEST(Keyframe, HasTheBlocksOfAllHeaps) {
  DrainedTarget target;
  StreamWriter thread(*target.memory, ownId());
  const std::uint32_t pool = test::nameHeap(*target.memory, "pool");
  thread.alloc(1, 0x100, 16);
  thread.alloc(200, 0x200, 32);
  test::map(thread, 300, 0x10000, 0x4000);
  test::take(thread, 400, pool, 0x100, 40);
  thread.free(500, 0x100);
  test::map(thread, 600, 0x11000, 0x1000, wire::MapChange::Unmapping);  // Two mappings remain of one.
  target.keyframe();
  EXPECT_THAT(target.session.keyframeSizes, ElementsAre(4U));
}

TEST(Keyframe, OfNothingIsOneToo) {
  DrainedTarget target;
  StreamWriter thread(*target.memory, ownId());
  thread.alloc(1, 0x100, 16);
  thread.free(2, 0x100);
  target.keyframe();
  EXPECT_THAT(target.session.keyframeSizes, ElementsAre(0U));
}

TEST(Keyframe, HasTheBlockThatARealloHasNotYetMoved) {
  DrainedTarget target;
  StreamWriter thread(*target.memory, ownId());
  StreamWriter other(*target.memory, ownId(), 1);
  thread.alloc(1, 0x100, 16);
  thread.reallocBegin(200, 0x100);
  other.alloc(300, 0x100, 8);  // At the address that the realloc may have given up.
  target.keyframe();
  thread.reallocDone(400, 0x300, 32);
  other.free(500, 0x100);
  other.alloc(600, 0x100, 8);
  target.keyframe();
  EXPECT_THAT(target.session.keyframeSizes, ElementsAre(2U, 2U));
}

TEST(Keyframe, HasTheMappingThatIsOnTheMove) {
  DrainedTarget target;
  StreamWriter thread(*target.memory, ownId());
  test::map(thread, 1, 0x10000, 0x4000);
  test::map(thread, 2, 0x10000, 0x2000, wire::MapChange::Moving);
  target.keyframe();
  EXPECT_THAT(target.session.keyframeSizes, ElementsAre(2U));
}

TEST(Keyframe, OfASnapshotComesBeforeItsMark) {
  DrainedTarget target;
  StreamWriter thread(*target.memory, ownId());
  thread.alloc(1, 0x100, 16);
  thread.raw({wire::headWord(2, 0, wire::EventKind::Rare), wire::rareWord(wire::RareKind::Snapshot, 0)});
  thread.free(3, 0x100);
  thread.alloc(4, 0x100, 16);
  target.poll();
  EXPECT_THAT(target.session.keyframeSizes, ElementsAre(1U));
  EXPECT_EQ(target.session.marks.size(), 1U);
}

TEST(Keyframe, OfAnotherSnapshotWithoutManyEventsBetweenIsLeftOut) {
  DrainedTarget target;
  StreamWriter thread(*target.memory, ownId());
  for (std::uint64_t i = 1; i <= 10; ++i) thread.alloc(i, i * 0x100, 16);
  target.keyframe();
  for (std::uint64_t i = 11; i <= 19; ++i) thread.alloc(i, i * 0x100, 16);
  target.keyframe();
  target.keyframe();
  EXPECT_THAT(target.session.keyframeSizes, ElementsAre(10U));
}

TEST(Keyframe, ThereIsNoneOfASessionWithoutEvents) {
  DrainedTarget target;
  target.translator.leaveOutEvents();
  StreamWriter thread(*target.memory, ownId());
  thread.alloc(1, 0x100, 16);
  target.drain.poll();
  target.drain.keyframeForSnapshot(*target.processes.all().front());
  EXPECT_THAT(target.session.keyframeSizes, IsEmpty());
}

TEST(Keyframe, LeavesOutWhatAChildHasInherited) {
  DrainedTree tree;
  StreamWriter parent = tree.thread(0);
  for (std::uint64_t i = 0; i < 100; ++i) parent.alloc(10 + i, 0x1000 + i * 0x10, 16);
  parent.fork(200, 1);
  StreamWriter child = tree.thread(tree.claim(0, 1));
  child.alloc(300, 0x8000, 64);  // Beside inherited ones, in the same leaf.
  child.free(400, 0x1000);
  child.alloc(500, 0x1000, 64);
  parent.free(600, 0x1010);
  for (std::uint64_t i = 0; i < 200; ++i) child.alloc(1000 + i, 0x20000 + i * 0x10, 8);
  for (std::uint64_t i = 0; i < 200; ++i) child.free(1200 + i, 0x20000 + i * 0x10);
  tree.keyframes();
  EXPECT_THAT(tree.session(0).keyframeSizes, ElementsAre(99U));
  EXPECT_THAT(tree.session(1).keyframeSizes, ElementsAre(2U));
}

/// Some threads that allocate, free and reallocate at random, in three heaps.
class RandomThreads {
 public:
  RandomThreads(SharedMemory& memory, unsigned seed, std::uint32_t pool) : m_random(seed), m_pool(pool) {
    for (std::size_t i = 0; i < 4; ++i) m_threads.push_back({StreamWriter(memory, ownId(), i % 2)});
  }
  void run(int steps) {
    for (int i = 0; i < steps; ++i) {
      Thread& thread = m_threads[m_random() % m_threads.size()];
      m_stamp += m_random() % 700;
      const std::uint64_t address = 0x10000 + m_random() % 400 * 0x90;
      step(thread, address, 1 + m_random() % 3000);
    }
  }

 private:
  struct Thread {
    StreamWriter writer;
    bool reallocates = false;
  };
  /// Addresses that are live and get another block, and frees of unknown ones, are part of it.
  void step(Thread& thread, std::uint64_t address, std::uint64_t size) {
    StreamWriter& writer = thread.writer;
    if (thread.reallocates && m_random() % 2 == 0) {
      thread.reallocates = false;
      if (m_random() % 4 == 0) return writer.reallocFailed(m_stamp, address);
      return writer.reallocDone(m_stamp, address, size);
    }
    switch (m_random() % 12) {
      case 0:
        if (std::exchange(thread.reallocates, true)) return;
        return writer.reallocBegin(m_stamp, address);
      case 1: return test::take(writer, m_stamp, m_pool, address, size);
      case 2: return test::give(writer, m_stamp, m_pool, address);
      case 3: return test::map(writer, m_stamp, address << 12, size << 12);
      case 4: return test::map(writer, m_stamp, address << 12, 0x5000, wire::MapChange::Unmapping);
      case 5:
        if (thread.reallocates) return;
        return test::map(writer, m_stamp, address << 12, 0x200000, wire::MapChange::MappedOver);
      case 6: return writer.free(m_stamp, address);
      case 7: return writer.free(m_stamp, address);
      default: return writer.alloc(m_stamp, address, size);
    }
  }

  std::mt19937 m_random;
  std::uint32_t m_pool;
  std::vector<Thread> m_threads;
  std::uint64_t m_stamp = 1;
};

TEST(Keyframe, HasWhatIsLiveByTheEventsWhateverThreadsDo) {
  std::size_t keyframes = 0;
  for (unsigned seed = 1; seed <= 20; ++seed) {
    DrainedTarget target;
    RandomThreads threads(*target.memory, seed, test::nameHeap(*target.memory, "pool"));
    for (int round = 0; round < 120; ++round) {
      threads.run(100);
      target.keyframe();
      if (round % 3 == 0) target.poll();
    }
    keyframes += target.session.keyframeSizes.size();
    if (testing::Test::HasFailure()) FAIL() << "seed " << seed;
  }
  EXPECT_GT(keyframes, 60U);
}

TEST(Keyframe, OfSamplesHasTheSampledBlocks) {
  SharedMemory::Options options = test::smallMemory();
  options.sampleInterval = 1000;
  DrainedTarget target(options);
  RandomThreads threads(*target.memory, 7, test::nameHeap(*target.memory, "pool"));
  for (int round = 0; round < 20; ++round) {
    threads.run(150);
    target.keyframe();
  }
  EXPECT_GT(target.session.keyframeSizes.size(), 4U);
}

/// Counts what comes out, and keeps keyframes as they come.
class Messages final : public MessageSink {
 public:
  void send(v1::RecordRequest& request) override { session.apply(request); }
  test::DecodedSession session;
};

TEST(Keyframe, ALargeOneKeepsItsPlaceAmongBatches) {
  Messages sink;
  BatchPacker packer(sink);
  const auto memory = SharedMemory::create(test::smallMemory()).value();
  const auto process = TargetProcess::open(getpid(), ownId()).value();
  SessionClock clock(memory->clockMode(), memory->clockBase());
  EventTranslator translator(*memory, process, packer, std::make_shared<BlockStore>());
  test::SingleProcess processes(process, translator);
  Drain drain(*memory, clock, processes);
  StreamWriter thread(*memory, ownId());
  std::uint64_t address = 0x1000;
  std::uint64_t freed = 0x1000;
  for (int round = 0; round < 300; ++round) {
    for (int i = 0; i < 2000; ++i) thread.alloc(1, address += 16, 24);
    for (int i = 0; i < 500; ++i) thread.free(1, freed += 16);
    drain.poll();
    if (round % 100 == 99) drain.keyframeForSnapshot(*processes.all().front());
  }
  translator.flush();
  packer.settle();
  EXPECT_THAT(sink.session.keyframeSizes, ElementsAre(150'000U, 450'000U));
  EXPECT_EQ(sink.session.events.size(), 750'000U);
  EXPECT_EQ(packer.sent().keyframeBlocks, 600'000U);
  EXPECT_GT(packer.sent().keyframes, 200U);
  EXPECT_GT(packer.sent().columns, 1000U);
}

}  // namespace
}  // namespace heaptap::relay
