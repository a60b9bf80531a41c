// SPDX-License-Identifier: Apache-2.0
//
// Processes that share one memory: what a child inherits, and who gets which event.
#include <gmock/gmock.h>

#include "tests/agent/relay/drained_tree.h"

namespace heaptap::relay {
namespace {

using test::DrainedTree;
using test::StreamWriter;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using Counts = Matcher::Counts;

TEST(Fork, FreesAreMatchedInBothProcesses) {
  DrainedTree tree;
  StreamWriter parent = tree.thread(0);
  parent.alloc(10, 0x100, 16);
  parent.alloc(20, 0x200, 32);
  parent.fork(30, 1);
  StreamWriter child = tree.thread(tree.claim(0, 1));
  child.free(40, 0x100);
  parent.free(50, 0x100);
  child.alloc(60, 0x100, 64);
  child.free(70, 0x200);
  child.free(80, 0x100);
  tree.finish();
  EXPECT_THAT(tree.session(0).story(), ElementsAre("alloc 0: 16 bytes at 0x100 by 0",
                                                   "alloc 1: 32 bytes at 0x200 by 0", "free 0 by 0"));
  EXPECT_EQ(tree.counts(0), Counts{});
  EXPECT_THAT(tree.session(1).story(), ElementsAre("alloc 0: 64 bytes at 0x100 by 0", "free 0 by 0"));
  EXPECT_EQ(
      tree.counts(1),
      (Counts{.inheritedBlocks = 2, .inheritedBytes = 48, .inheritedFrees = 2, .inheritedFreedBytes = 48}));
  EXPECT_EQ(tree.session(1).counters.inherited_blocks(), 2U);
  EXPECT_EQ(tree.session(1).counters.inherited_bytes(), 48U);
  EXPECT_EQ(tree.session(1).counters.inherited_frees(), 2U);
  EXPECT_EQ(tree.session(1).counters.inherited_freed_bytes(), 48U);
}

TEST(Fork, WhatTheParentDoesAfterwardsIsNoneOfTheChildsBusiness) {
  DrainedTree tree;
  StreamWriter parent = tree.thread(0);
  parent.alloc(10, 0x100, 16);
  parent.fork(20, 1);
  parent.free(30, 0x100);
  parent.alloc(40, 0x300, 8);
  StreamWriter child = tree.thread(tree.claim(0, 1));
  child.free(50, 0x100);
  child.free(60, 0x300);
  tree.finish();
  EXPECT_EQ(tree.counts(1), (Counts{.unmatchedFrees = 1,
                                    .inheritedBlocks = 1,
                                    .inheritedBytes = 16,
                                    .inheritedFrees = 1,
                                    .inheritedFreedBytes = 16}));
}

TEST(Fork, WhatWasInheritedAndNeverFreedIsNotLeakedByTheChild) {
  DrainedTree tree;
  StreamWriter parent = tree.thread(0);
  parent.alloc(10, 0x100, 16);
  parent.fork(20, 1);
  StreamWriter child = tree.thread(tree.claim(0, 1));
  child.alloc(30, 0x200, 8);
  tree.finish();
  EXPECT_EQ(tree.session(0).liveBytes(), 16U);
  EXPECT_EQ(tree.session(1).liveBytes(), 8U);
}

TEST(Fork, ReallocOfAnInheritedBlockIsAnInheritedFreeAndAnAllocation) {
  DrainedTree tree;
  StreamWriter parent = tree.thread(0);
  parent.alloc(10, 0x100, 16);
  parent.alloc(11, 0x200, 16);
  parent.fork(20, 1);
  StreamWriter child = tree.thread(tree.claim(0, 1));
  child.reallocBegin(30, 0x100);
  child.reallocDone(31, 0x300, 24);
  child.reallocBegin(40, 0x200);
  child.reallocFailed(41, 0x200);
  child.free(50, 0x200);
  tree.finish();
  EXPECT_THAT(tree.session(1).story(), ElementsAre("alloc 0: 24 bytes at 0x300 by 0"));
  EXPECT_EQ(
      tree.counts(1),
      (Counts{.inheritedBlocks = 2, .inheritedBytes = 32, .inheritedFrees = 2, .inheritedFreedBytes = 32}));
}

TEST(Fork, AnAllocationAtAnInheritedAddressClosesThatBlockSilently) {
  DrainedTree tree;
  StreamWriter parent = tree.thread(0);
  parent.alloc(10, 0x100, 16);
  parent.fork(20, 1);
  StreamWriter child = tree.thread(tree.claim(0, 1));
  child.alloc(30, 0x100, 8);
  child.free(40, 0x100);
  tree.finish();
  EXPECT_THAT(tree.session(1).story(), ElementsAre("alloc 0: 8 bytes at 0x100 by 0", "free 0 by 0"));
  EXPECT_EQ(tree.counts(1), (Counts{.inheritedBlocks = 1, .inheritedBytes = 16}));
}

TEST(Fork, ABlockInLimboIsInheritedAtItsOldAddress) {
  DrainedTree tree;
  StreamWriter forking = tree.thread(0);
  StreamWriter other = tree.thread(0);
  other.alloc(10, 0x100, 16);
  other.reallocBegin(20, 0x100);
  forking.fork(30, 1);
  other.reallocDone(40, 0x200, 32);
  StreamWriter child = tree.thread(tree.claim(0, 1));
  child.free(50, 0x100);
  tree.finish();
  EXPECT_EQ(
      tree.counts(1),
      (Counts{.inheritedBlocks = 1, .inheritedBytes = 16, .inheritedFrees = 1, .inheritedFreedBytes = 16}));
  EXPECT_EQ(tree.session(0).liveBytes(), 32U);
}

TEST(Fork, OtherThreadsOfTheParentMayHaveAllocatedSinceTheForkWasAnnounced) {
  DrainedTree tree;
  StreamWriter forking = tree.thread(0);
  StreamWriter other = tree.thread(0);
  other.alloc(10, 0x100, 16);
  forking.fork(20, 1);
  other.alloc(21, 0x200, 16);
  StreamWriter child = tree.thread(tree.claim(0, 1));
  child.free(30, 0x200);
  tree.finish();
  EXPECT_EQ(tree.counts(1), (Counts{.unrecordedFrees = 1, .inheritedBlocks = 1, .inheritedBytes = 16}));
}

TEST(Fork, AGrandchildInheritsFromBoth) {
  DrainedTree tree;
  StreamWriter first = tree.thread(0);
  first.alloc(10, 0x100, 1);
  first.alloc(11, 0x200, 2);
  first.fork(20, 1);
  const std::uint32_t childIndex = tree.claim(0, 1);
  StreamWriter child = tree.thread(childIndex);
  child.free(30, 0x100);
  child.alloc(31, 0x300, 4);
  child.fork(40, 2);
  StreamWriter grandchild = tree.thread(tree.claim(childIndex, 2));
  grandchild.free(50, 0x200);
  grandchild.free(51, 0x300);
  grandchild.free(52, 0x100);
  tree.finish();
  EXPECT_EQ(tree.counts(2), (Counts{.unmatchedFrees = 1,
                                    .inheritedBlocks = 2,
                                    .inheritedBytes = 6,
                                    .inheritedFrees = 2,
                                    .inheritedFreedBytes = 6}));
  EXPECT_THAT(tree.session(2).story(), IsEmpty());
}

TEST(Fork, TwoChildrenAtOnce) {
  DrainedTree tree;
  StreamWriter parent = tree.thread(0);
  parent.alloc(10, 0x100, 16);
  parent.fork(20, 1);
  parent.alloc(30, 0x200, 32);
  parent.fork(40, 2);
  StreamWriter second = tree.thread(tree.claim(0, 2));
  StreamWriter first = tree.thread(tree.claim(0, 1));
  second.free(50, 0x200);
  first.free(51, 0x100);
  second.alloc(52, 0x900, 1);
  first.alloc(53, 0x900, 2);
  tree.finish();
  EXPECT_EQ(tree.counts(1).inheritedBlocks, 2U) << "the child of the second fork claimed first";
  EXPECT_EQ(tree.counts(2).inheritedBlocks, 1U);
  EXPECT_THAT(tree.session(1).story(), ElementsAre("alloc 0: 1 bytes at 0x900 by 0"));
  EXPECT_THAT(tree.session(2).story(), ElementsAre("alloc 0: 2 bytes at 0x900 by 0"));
}

TEST(Fork, AChildThatWasNotForkedHasWhatItsParentHas) {
  DrainedTree tree;
  StreamWriter parent = tree.thread(0);
  parent.alloc(10, 0x100, 16);
  StreamWriter child = tree.thread(tree.claim(0, wire::kNoFork, 20));
  child.free(30, 0x100);
  child.free(31, 0x200);
  tree.finish();
  EXPECT_EQ(tree.counts(1), (Counts{.unrecordedFrees = 1,
                                    .inheritedBlocks = 1,
                                    .inheritedBytes = 16,
                                    .inheritedFrees = 1,
                                    .inheritedFreedBytes = 16}));
}

TEST(Fork, AHundredChildrenThatNeverAllocateLeaveNoTrace) {
  DrainedTree tree;
  StreamWriter parent = tree.thread(0);
  for (std::uint32_t i = 1; i <= 100; ++i) {
    parent.alloc(10 * i, 0x1000 * i, 16);
    parent.fork(10 * i + 5, i);
    if (i % 10 == 0) tree.poll();
  }
  tree.finish();
  EXPECT_EQ(tree.processes(), 1U);
  EXPECT_THAT(tree.session(0).events, SizeIs(100));
  EXPECT_EQ(tree.counts(0), Counts{});
}

TEST(Fork, AHundredChildrenThatAllAllocate) {
  DrainedTree tree;
  StreamWriter parent = tree.thread(0);
  parent.alloc(1, 0x100, 16);
  for (std::uint32_t i = 1; i <= 100; ++i) parent.fork(10 + i, i);
  std::vector<StreamWriter> children;
  for (std::uint32_t i = 1; i <= 100; ++i) {
    children.push_back(tree.thread(tree.claim(0, i)));
    children.back().free(200 + i, 0x100);
    children.back().alloc(300 + i, 0x100, i);
  }
  tree.finish();
  for (std::uint32_t i = 1; i <= 100; ++i) {
    EXPECT_EQ(tree.counts(i).inheritedFrees, 1U) << i;
    EXPECT_EQ(tree.session(i).liveBytes(), i);
  }
}

TEST(Fork, TheParentMayEndFirst) {
  DrainedTree tree;
  StreamWriter parent = tree.thread(0);
  parent.alloc(10, 0x100, 16);
  parent.fork(20, 1);
  tree.poll();
  tree.end(0);
  EXPECT_EQ(tree.session(0).liveBytes(), 16U);
  StreamWriter child = tree.thread(tree.claim(0, 1));
  child.free(30, 0x100);
  child.alloc(40, 0x200, 8);
  tree.poll();
  tree.end(1);
  EXPECT_THAT(tree.session(0).story(), ElementsAre("alloc 0: 16 bytes at 0x100 by 0"));
  EXPECT_EQ(tree.session(1).counters.inherited_frees(), 1U);
  EXPECT_EQ(tree.session(1).liveBytes(), 8U);
}

TEST(Fork, AnEndedProcessIsReadToTheEndWhateverItsStamps) {
  DrainedTree tree;
  StreamWriter parent = tree.thread(0);
  parent.alloc(10, 0x100, 16);
  parent.fork(20, 1);
  StreamWriter child = tree.thread(tree.claim(0, 1));
  const std::uint64_t anHour = 3'600'000'000'000;
  child.alloc(30, 0x200, 8);
  child.alloc(anHour, 0x300, 8);
  child.alloc(2 * anHour, 0x400, 8);
  tree.poll();
  EXPECT_THAT(tree.session(1).events, SizeIs(1));
  tree.end(1);
  EXPECT_THAT(tree.session(1).events, SizeIs(3));
  EXPECT_EQ(child.slot().claim.load(), 2U) << "the slot is free for others";
}

TEST(Fork, EachProcessHasItsOwnGapsAndBrokenStreams) {
  DrainedTree tree;
  StreamWriter parent = tree.thread(0);
  parent.alloc(10, 0x100, 16);
  parent.fork(20, 1);
  StreamWriter child = tree.thread(tree.claim(0, 1));
  child.alloc(30, 0x200, 8);
  child.drop(3, 300, 2);
  child.raw({0, 0});
  tree.finish();
  EXPECT_THAT(tree.session(0).gaps, IsEmpty());
  EXPECT_EQ(tree.session(0).counters.broken_streams(), 0U);
  ASSERT_THAT(tree.session(1).gaps, SizeIs(1));
  EXPECT_EQ(tree.session(1).gaps[0].allocations(), 3U);
  EXPECT_EQ(tree.session(1).counters.broken_streams(), 1U);
}

TEST(Fork, TheSameThreadIdInTwoProcessesIsTwoThreads) {
  DrainedTree tree;
  StreamWriter parent(*tree.memory, static_cast<std::uint32_t>(getpid()), 0, 0);
  parent.alloc(10, 0x100, 16);
  parent.fork(20, 1);
  StreamWriter child(*tree.memory, static_cast<std::uint32_t>(getpid()), 0, tree.claim(0, 1));
  child.slot().claimedAt = 25;
  child.alloc(30, 0x200, 8);
  for (int i = 0; i < 4; ++i) tree.poll();
  EXPECT_EQ(parent.slot().claim.load(), 1U);
  EXPECT_EQ(child.slot().claim.load(), 1U);
}

}  // namespace
}  // namespace heaptap::relay
