// SPDX-License-Identifier: Apache-2.0
//
// How much is kept for children that have not come yet, and what a family may say that is not true.
#include <gmock/gmock.h>

#include "tests/agent/relay/drained_tree.h"

namespace heaptap::relay {
namespace {

using test::DrainedTree;
using test::freeChunks;
using test::StreamWriter;
using testing::ElementsAre;
using testing::SizeIs;
using Counts = Matcher::Counts;

TEST(Fork, OfHeapsThatNobodyComesForOnlyTheLatestAreKept) {
  DrainedTree tree(8);
  StreamWriter parent = tree.thread(0);
  parent.alloc(1, 0x100, 16);
  for (std::uint32_t i = 1; i <= 9; ++i) parent.fork(10 + i, i);
  StreamWriter first = tree.thread(tree.claim(0, 1));
  StreamWriter second = tree.thread(tree.claim(0, 2));
  first.free(50, 0x100);
  second.free(51, 0x100);
  tree.finish();
  EXPECT_EQ(tree.counts(1), (Counts{.unrecordedFrees = 1})) << "its heap went";
  EXPECT_EQ(tree.counts(2).inheritedFrees, 1U);
}

TEST(Fork, HeapsThatAreDearGoFromTheOldestOnAndTheLatestStays) {
  ForkHeaps heaps;
  heaps.keep(1, 0, {});
  heaps.keep(2, 0, {});
  heaps.keep(3, 0, {});
  heaps.keep(4, 0, {}, true);
  EXPECT_FALSE(heaps.take(1, 0));
  EXPECT_FALSE(heaps.take(2, 0));
  EXPECT_TRUE(heaps.take(3, 0));
  heaps.keep(5, 0, {}, true);
  EXPECT_FALSE(heaps.take(4, 0));
  EXPECT_TRUE(heaps.take(5, 0));
}

TEST(Fork, AHundredChildrenInheritAHundredThousandBlocksAndEachFreesItsOwn) {
  DrainedTree tree;
  StreamWriter parent = tree.thread(0);
  constexpr std::uint64_t kBlocks = 100'000;
  std::uint64_t stamp = 0;
  for (std::uint64_t i = 1; i <= kBlocks; ++i) {
    parent.alloc(++stamp, i * 0x40, 48);
    if (i % 10'000 == 0) tree.poll();
  }
  for (std::uint32_t child = 1; child <= 100; ++child) {
    parent.fork(++stamp, child);
    StreamWriter thread = tree.thread(tree.claim(0, child));
    for (std::uint64_t i = 0; i < child; ++i) thread.free(++stamp, (child * 900 + i) * 0x40);
    thread.free(++stamp, 0x20);
    tree.poll();
  }
  tree.finish();
  for (std::uint32_t child = 1; child <= 100; ++child)
    EXPECT_EQ(tree.counts(child), (Counts{.unmatchedFrees = 1,
                                          .inheritedBlocks = kBlocks,
                                          .inheritedBytes = kBlocks * 48,
                                          .inheritedFrees = child,
                                          .inheritedFreedBytes = child * 48}));
  EXPECT_EQ(tree.counts(0), Counts{});
}

// ---- bad input ---------------------------------------------------------------------------------------

TEST(HostileFork, AForkIsClaimedOnceAndByAChildOfItsProcess) {
  DrainedTree tree;
  StreamWriter parent = tree.thread(0);
  parent.alloc(1, 0x100, 16);
  parent.fork(10, 1);
  parent.fork(11, 2);
  StreamWriter first = tree.thread(tree.claim(0, 1));
  StreamWriter again = tree.thread(tree.claim(0, 1));
  StreamWriter stranger = tree.thread(tree.claim(1, 2));
  StreamWriter orphan = tree.thread(tree.claim(77, wire::kNoFork));
  StreamWriter itself = tree.thread(tree.claim(5, wire::kNoFork));
  std::uint64_t stamp = 50;
  for (StreamWriter* child : {&first, &again, &stranger, &orphan, &itself}) child->free(++stamp, 0x100);
  tree.finish();
  EXPECT_EQ(tree.counts(1).inheritedFrees, 1U);
  for (std::uint32_t index = 2; index <= 5; ++index)
    EXPECT_EQ(tree.counts(index), (Counts{.unrecordedFrees = 1})) << index;
}

TEST(HostileFork, ThreadsOfNoProcessAreReadAndThrownAway) {
  DrainedTree tree;
  StreamWriter parent = tree.thread(0);
  parent.alloc(1, 0x100, 16);
  const std::uint32_t all = freeChunks(*tree.memory);
  for (const std::uint32_t process : {1U, 127U, 128U, 0xFFFF'FFFFU}) {
    StreamWriter nobody = tree.thread(process);
    nobody.alloc(2, 0x200, 8);
    nobody.fork(3, 1);
  }
  for (int i = 0; i < 3; ++i) tree.poll();
  tree.finish();
  EXPECT_EQ(tree.processes(), 1U);
  EXPECT_EQ(freeChunks(*tree.memory), all);
  EXPECT_THAT(tree.session(0).events, SizeIs(1));
  EXPECT_EQ(tree.session(0).counters.broken_streams(), 4U);
}

TEST(HostileFork, NumbersThatMakeNoSense) {
  DrainedTree tree;
  StreamWriter parent = tree.thread(0);
  parent.alloc(1, 0x100, 16);
  parent.fork(2, 0);
  parent.fork(3, 0xFFFF'FFFF);
  for (int i = 0; i < 1000; ++i) parent.fork(4, 7);
  tree.memory->header().processCount = 0xFFFF'FFFF;
  tree.memory->header().forkCount = 0xFFFF'FFFF;
  parent.free(5, 0x100);
  tree.finish();
  EXPECT_THAT(tree.session(0).story(), ElementsAre("alloc 0: 16 bytes at 0x100 by 0", "free 0 by 0"));
}

}  // namespace
}  // namespace heaptap::relay
