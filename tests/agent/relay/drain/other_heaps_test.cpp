// SPDX-License-Identifier: Apache-2.0
//
// Heaps that a program has named, from the shared memory to the messages.
#include <gmock/gmock.h>

#include "tests/agent/relay/drained_target.h"
#include "tests/agent/relay/drained_tree.h"
#include "tests/agent/relay/other_heaps_writer.h"

namespace heaptap::relay {
namespace {

using test::DrainedTarget;
using test::DrainedTree;
using test::give;
using test::map;
using test::nameHeap;
using test::StreamWriter;
using test::take;
using testing::ElementsAre;
using testing::IsEmpty;

class OtherHeapsTest : public testing::Test {
 protected:
  const test::DecodedSession& finished() {
    m_target.finish();
    m_target.drain.housekeep();
    return m_target.session;
  }
  /// The heap of each allocation.
  std::vector<std::uint32_t> heaps() {
    std::vector<std::uint32_t> of;
    for (const auto& event : m_target.session.events)
      if (!event.isFree) of.push_back(m_target.session.heapOf(event));
    return of;
  }

  DrainedTarget m_target;
  StreamWriter m_thread{*m_target.memory, static_cast<std::uint32_t>(getpid())};
};

TEST_F(OtherHeapsTest, EachHasAddressesOfItsOwn) {
  const std::uint32_t textures = nameHeap(*m_target.memory, "textures");
  const std::uint32_t sounds = nameHeap(*m_target.memory, "sounds");
  map(m_thread, 1, 0x1000, 0x1000);
  m_thread.alloc(2, 0x1000, 16);
  take(m_thread, 3, textures, 0x1000, 40);
  take(m_thread, 4, sounds, 0x1000, 25);
  give(m_thread, 5, textures, 0x1000);
  m_thread.free(6, 0x1000);
  const auto& session = finished();
  EXPECT_THAT(session.heapNames, ElementsAre("textures", "sounds"));
  EXPECT_THAT(heaps(), ElementsAre(1U, 0U, 2U, 3U));
  EXPECT_THAT(session.story(),
              ElementsAre("alloc 0: 4096 bytes at 0x1000 by 0", "alloc 1: 16 bytes at 0x1000 by 0",
                          "alloc 2: 40 bytes at 0x1000 by 0", "alloc 3: 25 bytes at 0x1000 by 0",
                          "free 2 by 0", "free 1 by 0"));
  EXPECT_THAT(session.findings, IsEmpty());
  EXPECT_EQ(session.counters.lost_frees(), 0U);
}

TEST_F(OtherHeapsTest, TwoEntriesOfOneNameAreOneHeap) {
  const std::uint32_t first = nameHeap(*m_target.memory, "pool");
  const std::uint32_t second = nameHeap(*m_target.memory, "pool");
  take(m_thread, 1, second, 0x100, 8);
  give(m_thread, 2, first, 0x100);
  EXPECT_THAT(finished().heapNames, ElementsAre("pool"));
  EXPECT_THAT(m_target.session.findings, IsEmpty());
}

TEST_F(OtherHeapsTest, WrongFreesAreFindingsOfTheirHeap) {
  const std::uint32_t pool = nameHeap(*m_target.memory, "pool");
  m_thread.alloc(1, 0x300, 8);  // Malloc's block at that address is none of the pool's.
  take(m_thread, 2, pool, 0x100, 8);
  give(m_thread, 3, pool, 0x100);
  give(m_thread, 4, pool, 0x100);
  give(m_thread, 5, pool, 0x300);
  const auto& findings = finished().findings;
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].kind(), v1::FINDING_DOUBLE_FREE);
  EXPECT_EQ(findings[0].heap(), 2U);
  EXPECT_NE(findings[0].earlier_free_stack(), 0U);
  EXPECT_EQ(findings[1].kind(), v1::FINDING_UNKNOWN_FREE);
  EXPECT_EQ(findings[1].heap(), 2U);
}

TEST_F(OtherHeapsTest, WhatNamesNoHeapIsIgnored) {
  nameHeap(*m_target.memory, "pool");
  for (const std::uint32_t heap : {0U, 1U, 3U, 0xFFFFU}) {
    take(m_thread, 1, heap, 0x100, 8);
    give(m_thread, 2, heap, 0x100);
  }
  give(m_thread, 3, 0xFFFF'FFFF, 0x100);
  m_thread.alloc(4, 0x200, 8);
  EXPECT_THAT(finished().story(), ElementsAre("alloc 0: 8 bytes at 0x200 by 0"));
  EXPECT_EQ(m_target.session.counters.broken_streams(), 0U);
}

TEST_F(OtherHeapsTest, AHeapWithoutAReadableNameGetsOne) {
  const std::uint32_t pool = nameHeap(*m_target.memory, "");
  m_target.memory->heap(0)->nameLength = 0xFFFF'FFFF;
  take(m_thread, 1, pool, 0x100, 8);
  EXPECT_THAT(finished().heapNames, ElementsAre("heap 2"));
}

TEST_F(OtherHeapsTest, AChangeOfMappingsThatThereIsNotEndsTheStream) {
  map(m_thread, 1, 0x1000, 0x1000, static_cast<wire::MapChange>(6));
  m_target.poll();
  m_target.finish();
  EXPECT_THAT(m_target.session.story(), IsEmpty());
}

TEST(OtherHeapsAtFork, TheChildHasWhatItsParentHad) {
  DrainedTree tree;
  const std::uint32_t pool = nameHeap(*tree.memory, "pool");
  StreamWriter parent = tree.thread(0);
  take(parent, 10, pool, 0x100, 40);
  map(parent, 20, 0x10000, 0x4000);
  parent.fork(30, 1);
  StreamWriter child = tree.thread(tree.claim(0, 1));
  give(child, 40, pool, 0x100);
  map(child, 50, 0x11000, 0x1000, wire::MapChange::Unmapping);
  take(child, 60, pool, 0x100, 25);
  tree.finish();
  EXPECT_THAT(tree.session(1).story(), ElementsAre("alloc 0: 25 bytes at 0x100 by 0"))
      << "frees of inherited blocks are no events of the child";
  EXPECT_THAT(tree.session(1).findings, IsEmpty());
  EXPECT_EQ(tree.counts(1).inheritedBlocks, 0U) << "that counts malloc's";
  EXPECT_THAT(tree.session(1).heapNames, ElementsAre("pool"));
}

}  // namespace
}  // namespace heaptap::relay
