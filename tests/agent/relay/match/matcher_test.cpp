// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/match/matcher.h"

#include <gmock/gmock.h>

#include "tests/agent/relay/drained_target.h"

namespace heaptap::relay {
namespace {

using test::DrainedTarget;
using test::StreamWriter;
using testing::ElementsAre;
using Counts = Matcher::Counts;

class MatcherTest : public testing::Test {
 protected:
  explicit MatcherTest(const SharedMemory::Options& options = test::smallMemory()) : m_target(options) {}

  std::vector<std::string> story() {
    m_target.finish();
    return m_target.session.story();
  }
  Counts counts() { return m_target.translator.matcher().counts(); }
  std::uint64_t peak() { return m_target.session.peakBytes(); }

  DrainedTarget m_target;
  StreamWriter m_a{*m_target.memory, static_cast<std::uint32_t>(getpid())};
  StreamWriter m_b{*m_target.memory, 1U << 30};
};

TEST_F(MatcherTest, ReallocInPlaceIsAFreeAndAnAllocationAtOneTime) {
  m_a.alloc(1, 0x100, 16);
  m_a.reallocBegin(2, 0x100);
  m_a.reallocDone(3, 0x100, 32);
  EXPECT_THAT(story(), ElementsAre("alloc 0: 16 bytes at 0x100 by 0", "free 0 by 0",
                                   "alloc 1: 32 bytes at 0x100 by 0"));
  EXPECT_EQ(m_target.session.events[1].timeNs, m_target.session.events[2].timeNs);
  EXPECT_EQ(peak(), 32U) << "a realloc never counts both blocks";
  EXPECT_EQ(counts(), Counts{});
}

TEST_F(MatcherTest, TheOldAddressMayBeReusedBeforeTheReallocReports) {
  m_a.alloc(1, 0x100, 16);
  m_a.reallocBegin(2, 0x100);
  m_b.alloc(3, 0x100, 64);  // The allocator has moved a's block and given its place to b.
  m_a.reallocDone(4, 0x200, 32);
  m_b.free(5, 0x100);
  EXPECT_THAT(story(), ElementsAre("alloc 0: 16 bytes at 0x100 by 0", "alloc 1: 64 bytes at 0x100 by 1",
                                   "free 0 by 0", "alloc 2: 32 bytes at 0x200 by 0", "free 1 by 1"));
  EXPECT_EQ(counts(), Counts{});
}

TEST_F(MatcherTest, AFailedReallocLeavesNoTrace) {
  m_a.alloc(1, 0x100, 16);
  m_a.reallocBegin(2, 0x100);
  m_a.reallocFailed(3, 0x100);
  m_a.free(4, 0x100);
  EXPECT_THAT(story(), ElementsAre("alloc 0: 16 bytes at 0x100 by 0", "free 0 by 0"));
  EXPECT_EQ(counts(), Counts{});
}

TEST_F(MatcherTest, ReallocOfAnUnknownBlockIsAnAllocationAndAnUnmatchedFree) {
  m_a.reallocBegin(2, 0x100);
  m_a.reallocDone(3, 0x200, 32);
  EXPECT_THAT(story(), ElementsAre("alloc 0: 32 bytes at 0x200 by 0"));
  EXPECT_EQ(counts(), (Counts{.unmatchedFrees = 1}));
}

TEST_F(MatcherTest, ASignalHandlerMayReallocInsideAReallocOfItsThread) {
  m_a.alloc(1, 0x100, 16);
  m_a.alloc(2, 0x200, 16);
  m_a.reallocBegin(3, 0x100, 0);
  m_a.reallocBegin(4, 0x200, 1);
  m_a.reallocDone(5, 0x300, 32, 1);
  m_a.reallocDone(6, 0x400, 64, 0);
  EXPECT_THAT(story(), ElementsAre("alloc 0: 16 bytes at 0x100 by 0", "alloc 1: 16 bytes at 0x200 by 0",
                                   "free 1 by 0", "alloc 2: 32 bytes at 0x300 by 0", "free 0 by 0",
                                   "alloc 3: 64 bytes at 0x400 by 0"));
  EXPECT_EQ(counts(), Counts{});
}

TEST_F(MatcherTest, LanesHaveLevelsOfTheirOwn) {
  StreamWriter handler(m_a, 1);
  m_a.alloc(1, 0x100, 16);
  m_a.alloc(2, 0x200, 16);
  m_a.reallocBegin(3, 0x100);
  handler.reallocBegin(4, 0x200);
  handler.reallocDone(5, 0x300, 32);
  m_a.reallocFailed(6, 0x100);
  m_a.free(7, 0x100);
  EXPECT_THAT(story(), ElementsAre("alloc 0: 16 bytes at 0x100 by 0", "alloc 1: 16 bytes at 0x200 by 0",
                                   "free 1 by 0", "alloc 2: 32 bytes at 0x300 by 0", "free 0 by 0"));
  EXPECT_EQ(counts(), Counts{});
}

TEST_F(MatcherTest, ABeginWhoseEndWasDroppedIsAFree) {
  m_a.alloc(1, 0x100, 16);
  m_a.reallocBegin(2, 0x100, 0);
  m_a.alloc(3, 0x300, 8);
  m_a.reallocBegin(4, 0x300, 0);
  m_a.reallocDone(5, 0x500, 8, 0);
  EXPECT_THAT(story(), ElementsAre("alloc 0: 16 bytes at 0x100 by 0", "alloc 1: 8 bytes at 0x300 by 0",
                                   "free 0 by 0", "free 1 by 0", "alloc 2: 8 bytes at 0x500 by 0"));
  EXPECT_EQ(counts(), Counts{});
}

TEST_F(MatcherTest, AnEndOfALowerLevelClosesStaleHigherOnes) {
  m_a.alloc(1, 0x100, 16);
  m_a.alloc(2, 0x200, 16);
  m_a.reallocBegin(3, 0x100, 0);
  m_a.reallocBegin(4, 0x200, 3);
  m_a.reallocFailed(5, 0x100, 0);
  EXPECT_THAT(story(), ElementsAre("alloc 0: 16 bytes at 0x100 by 0", "alloc 1: 16 bytes at 0x200 by 0",
                                   "free 1 by 0"));
  EXPECT_EQ(counts(), Counts{});
}

TEST_F(MatcherTest, ADoneWhoseBeginWasDroppedIsAPlainAllocation) {
  m_a.reallocDone(1, 0x100, 8);
  EXPECT_THAT(story(), ElementsAre("alloc 0: 8 bytes at 0x100 by 0"));
  EXPECT_EQ(counts(), Counts{});
}

TEST_F(MatcherTest, AnAllocationAtALiveAddressClosesTheOldBlock) {
  m_a.alloc(1, 0x100, 16);
  m_b.alloc(2, 0x100, 32);
  m_b.free(3, 0x100);
  EXPECT_THAT(story(), ElementsAre("alloc 0: 16 bytes at 0x100 by 0", "free 0 by 1",
                                   "alloc 1: 32 bytes at 0x100 by 1", "free 1 by 1"));
  EXPECT_EQ(counts(), (Counts{.lostFrees = 1}));
}

TEST_F(MatcherTest, AProcessThatDiesInsideAReallocLeavesTheBlockLive) {
  m_a.alloc(1, 0x100, 16);
  m_a.reallocBegin(2, 0x100);
  EXPECT_THAT(story(), ElementsAre("alloc 0: 16 bytes at 0x100 by 0"));
  EXPECT_EQ(m_target.session.liveBytes(), 16U);
}

TEST_F(MatcherTest, AThreadThatDiesInsideAReallocLeavesTheBlockAtItsAddress) {
  m_b.alloc(1, 0x100, 16);
  m_b.reallocBegin(2, 0x100);
  for (int i = 0; i < 4; ++i) m_target.poll();
  ASSERT_EQ(m_b.slot().claim.load(), 2U);
  m_a.free(3, 0x100);
  EXPECT_THAT(story(), ElementsAre("alloc 0: 16 bytes at 0x100 by 0", "free 0 by 1"));
}

TEST_F(MatcherTest, AFreeCarriesPairAndLifetimeOfItsBlock) {
  const auto now = [&] { return ticksNow(wire::ClockMode::Monotonic) - m_target.memory->clockBase(); };
  m_a.alloc(now(), 0x100, 16);
  m_target.poll();
  m_a.alloc(now(), 0x200, 32);
  m_a.free(now(), 0x100);
  story();
  const auto& events = m_target.session.events;
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[2].pair, events[0].pair);
  const std::uint64_t lifetime = events[2].timeNs - events[0].timeNs;
  // Within the resolution of the times.
  EXPECT_GE(std::uint64_t{2} << events[2].lifetimeLog2, lifetime - std::min<std::uint64_t>(lifetime, 100));
  EXPECT_LE(std::uint64_t{1} << events[2].lifetimeLog2, lifetime + 101);
}

SharedMemory::Options sampledMemory() {
  SharedMemory::Options options = test::smallMemory();
  options.sampleInterval = 1000;
  return options;
}

class SampledMatcherTest : public MatcherTest {
 protected:
  SampledMatcherTest() : MatcherTest(sampledMemory()) {}

  /// The free of a sampled block, as the target writes it.
  void freeSampled(std::uint64_t stamp, std::uint64_t address, unsigned given = 0) {
    m_a.raw({wire::headWord(stamp, 0, wire::EventKind::FreeFrom),
             wire::addressWord(address, wire::Origin::Free, 0),
             wire::stackWord(wire::kOverflowNode, wire::kGivenStack | given, 0)});
  }
};

TEST_F(SampledMatcherTest, AFreeOfABlockThatWasNotSampledIsNoEventAndNoMistake) {
  m_a.alloc(1, 0x100, 16);
  freeSampled(2, 0x900);
  freeSampled(3, 0x100);
  EXPECT_THAT(story(), ElementsAre("alloc 0: 16 bytes at 0x100 by 0", "free 0 by 0"));
  EXPECT_EQ(counts(), Counts{});
  EXPECT_TRUE(m_target.session.findings.empty());
}

TEST_F(SampledMatcherTest, AReallocMayEndInABlockThatIsNotSampled) {
  m_a.alloc(1, 0x100, 16);
  m_a.reallocBegin(2, 0x100);
  m_a.raw({wire::headWord(3, 0, wire::EventKind::Rare),
           wire::rareWord(wire::RareKind::ReallocUnsampled, 0x100, wire::Origin::Realloc)});
  m_a.alloc(4, 0x100, 64);
  EXPECT_THAT(story(), ElementsAre("alloc 0: 16 bytes at 0x100 by 0", "free 0 by 0",
                                   "alloc 1: 64 bytes at 0x100 by 0"));
  EXPECT_EQ(counts(), Counts{});
}

TEST_F(SampledMatcherTest, AWrongFreeOfASampledBlockIsFoundWithItsStack) {
  m_a.alloc(1, 0x100, 16);
  m_a.raw({wire::headWord(2, 0, wire::EventKind::FreeFrom),
           wire::addressWord(0x100, wire::Origin::DeleteArray, 0),
           wire::stackWord(wire::kOverflowNode, wire::kGivenStack, 0)});
  m_target.finish();
  ASSERT_EQ(m_target.session.findings.size(), 1U);
  EXPECT_EQ(m_target.session.findings[0].kind(), v1::FINDING_MISMATCHED_FREE);
  EXPECT_NE(m_target.session.findings[0].free_stack(), 0U);
}

TEST_F(SampledMatcherTest, CountsOfAllThreadsAreAddedUpAlsoOfThoseThatHaveEnded) {
  m_a.slot().exact.allocations.store(100);
  m_a.slot().exact.bytes.store(5000);
  m_a.slot().exact.frees.store(40);
  {
    StreamWriter ended(*m_target.memory, 1U << 30);  // No such thread: it is found gone.
    ended.slot().exact.allocations.store(7);
    ended.slot().exact.bytes.store(70);
  }
  for (int round = 0; round < 3; ++round) m_target.poll();
  m_a.slot().exact.allocations.store(103);
  m_target.finish();
  EXPECT_EQ(m_target.session.counters.exact().allocations(), 110U);
  EXPECT_EQ(m_target.session.counters.exact().allocated_bytes(), 5070U);
  EXPECT_EQ(m_target.session.counters.exact().frees(), 40U);
}

}  // namespace
}  // namespace heaptap::relay
