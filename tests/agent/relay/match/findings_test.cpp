// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/match/findings.h"

#include <gmock/gmock.h>

#include "agent/wire/slack.h"
#include "tests/agent/relay/drained_target.h"

namespace heaptap::relay {
namespace {

using test::DrainedTarget;
using test::StreamWriter;
using wire::EventKind;
using wire::Origin;

class FindingsTest : public testing::Test {
 protected:
  FindingsTest()
      : m_stack(m_target.stacks.node(wire::kRootNode, m_target.stacks.frame(0x1234, wire::kNoModule))) {}

  void alloc(std::uint64_t address, std::uint64_t size, Origin origin = Origin::Malloc,
             std::uint64_t usable = 0, unsigned alignLog2 = 0) {
    m_a.raw({wire::headWord(++m_now, 0, EventKind::Alloc), wire::addressWord(address, origin, alignLog2),
             wire::stackWord(wire::kOverflowNode, wire::packSlack(size, usable), size)});
  }
  /// As the target writes it when it suspects nothing.
  void free(std::uint64_t address, Origin origin = Origin::Free, std::uint64_t declared = 0) {
    m_a.raw({wire::headWord(++m_now, 0, EventKind::Free),
             wire::addressWord(address, origin, wire::foldSize(declared) >> 8)});
  }
  /// As it writes it otherwise.
  void freeFrom(std::uint64_t address, Origin origin = Origin::Free, std::uint64_t declared = 0,
                EventKind kind = EventKind::FreeFrom) {
    const unsigned given = wire::kGivenStack | (wire::declaresSize(origin) ? wire::kGivenSize : 0);
    m_a.raw({wire::headWord(++m_now, 0, kind), wire::addressWord(address, origin, 0),
             wire::stackWord(m_stack, given, declared)});
  }
  /// Frees of what has a layout.
  void freeLayout(std::uint64_t address, Origin origin, std::uint64_t size, unsigned alignLog2,
                  EventKind kind = EventKind::Free) {
    const auto folded = wire::foldBlock(wire::familyOf(origin), size, alignLog2);
    m_a.raw({wire::headWord(++m_now, 0, kind), wire::addressWord(address, origin, folded >> 8)});
  }
  void freeLayoutFrom(std::uint64_t address, Origin origin, std::uint64_t size, unsigned alignLog2,
                      EventKind kind = EventKind::FreeFrom) {
    constexpr unsigned kAll = wire::kGivenStack | wire::kGivenSize | wire::kGivenAlign;
    m_a.raw({wire::headWord(++m_now, 0, kind), wire::addressWord(address, origin, alignLog2),
             wire::stackWord(m_stack, kAll, size)});
  }
  const std::vector<v1::Findings::Finding>& findings() {
    m_target.finish();
    return m_target.session.findings;
  }
  v1::Findings::Finding onlyFinding() {
    const auto& all = findings();
    EXPECT_EQ(all.size(), 1U);
    return all.empty() ? v1::Findings::Finding() : all.front();
  }

  DrainedTarget m_target;
  StreamWriter m_a{*m_target.memory, static_cast<std::uint32_t>(getpid())};
  std::uint32_t m_stack;
  std::uint64_t m_now = 0;
};

TEST(FindingDoubts, AreMismatchesWithMallocOrFreeOnOneSide) {
  Findings findings;
  const auto add = [&](Origin allocated, Origin freed, std::uint32_t pair) {
    findings.add({}, 0x1000, {.kind = v1::FINDING_MISMATCHED_FREE, .pair = pair, .origin = freed, .stack = 7},
                 allocated);
  };
  add(Origin::OperatorNew, Origin::Free, 0);
  add(Origin::Malloc, Origin::DeleteArraySized, 1);
  add(Origin::NewArray, Origin::OperatorDelete, 2);
  add(Origin::Realloc, Origin::OperatorDelete, 3);  // No operator calls that.
  add(Origin::RustGlobal, Origin::Free, 4);
  add(Origin::OperatorNew, Origin::Free, 0);  // Known.
  ASSERT_TRUE(findings.hasDoubts());
  const auto doubts = findings.takeDoubts();
  ASSERT_EQ(doubts.size(), 2U);
  EXPECT_EQ(doubts[0].finding, 0U);
  EXPECT_EQ(doubts[0].stack, 7U);
  EXPECT_EQ(doubts[0].other, wire::Family::New);
  EXPECT_FALSE(doubts[0].isOfPair);
  EXPECT_EQ(doubts[1].finding, 1U);
  EXPECT_EQ(doubts[1].pair, 1U);
  EXPECT_EQ(doubts[1].other, wire::Family::NewArray);
  EXPECT_TRUE(doubts[1].isOfPair);
  EXPECT_FALSE(findings.hasDoubts());
}

TEST(FindingDoubts, ThatWereDismissedAreSentOnceMore) {
  struct Sent final : MessageSink {
    std::vector<v1::RecordRequest> messages;
    void send(v1::RecordRequest& request) override { messages.push_back(std::move(request)); }
  } sent;
  Findings findings;
  findings.add({}, 0x1000, {.kind = v1::FINDING_MISMATCHED_FREE, .pair = 0, .origin = Origin::Free},
               Origin::OperatorNew);
  findings.flush(sent);
  findings.dismiss(0);
  findings.dismiss(0);
  findings.dismiss(99);  // None.
  findings.flush(sent);
  EXPECT_FALSE(findings.changed());
  ASSERT_EQ(sent.messages.size(), 2U);
  EXPECT_FALSE(sent.messages[0].findings().findings(0).own_operator());
  EXPECT_TRUE(sent.messages[1].findings().findings(0).own_operator());
}

TEST_F(FindingsTest, RightFreesAreNone) {
  alloc(0x100, 40, Origin::OperatorNew);
  free(0x100, Origin::DeleteSized, 40);
  alloc(0x100, 70'000, Origin::NewArray);
  freeFrom(0x100, Origin::DeleteArraySized, 70'000);
  alloc(0x100, 8, Origin::RustGlobal, 0, 3);
  freeLayout(0x100, Origin::RustGlobal, 8, 3);
  alloc(0x100, 600, Origin::ExplicitHeap, 0, 12);
  freeLayoutFrom(0x100, Origin::ExplicitHeap, 600, 12);
  alloc(0x100, 600, Origin::ExplicitHeap, 0, 12);
  free(0x100, Origin::ExplicitHeapUnsized);
  EXPECT_THAT(findings(), testing::IsEmpty());
}

TEST_F(FindingsTest, AWrongAlignmentSaysWhatWasDeclared) {
  alloc(0x100, 64, Origin::RustGlobal, 0, 4);
  freeLayoutFrom(0x100, Origin::RustGlobal, 64, 3);
  const auto finding = onlyFinding();
  EXPECT_EQ(finding.kind(), v1::FINDING_WRONG_ALIGNMENT);
  EXPECT_EQ(finding.declared_size(), 8U);
  EXPECT_NE(finding.free_stack(), 0U);
}

TEST_F(FindingsTest, ALayoutOfAnotherSizeIsAWrongSizeWhateverItsAlignment) {
  alloc(0x100, 64, Origin::RustGlobal, 0, 4);
  freeLayoutFrom(0x100, Origin::RustGlobal, 63, 3, EventKind::ReallocBeginFrom);
  const auto finding = onlyFinding();
  EXPECT_EQ(finding.kind(), v1::FINDING_WRONG_SIZE);
  EXPECT_EQ(finding.declared_size(), 63U);
}

TEST_F(FindingsTest, AllocatorsWithLayoutsDoNotEndEachOthersBlocks) {
  alloc(0x100, 64, Origin::RustGlobal, 0, 4);
  freeLayout(0x100, Origin::ExplicitHeap, 64, 4);
  EXPECT_EQ(onlyFinding().kind(), v1::FINDING_MISMATCHED_FREE);
}

TEST_F(FindingsTest, ADoubleFreeKnowsItsBlock) {
  alloc(0x100, 40);
  free(0x100);
  freeFrom(0x100);
  const auto finding = onlyFinding();
  EXPECT_EQ(finding.kind(), v1::FINDING_DOUBLE_FREE);
  EXPECT_EQ(m_target.session.pairs.size(static_cast<int>(finding.pair()) - 1), 40U);
  EXPECT_NE(finding.free_stack(), 0U);
  EXPECT_EQ(finding.earlier_free_stack(), 0U) << "not recorded";
  EXPECT_EQ(m_target.session.counters.unmatched_frees(), 1U);
}

TEST_F(FindingsTest, WithFreeStacksADoubleFreeKnowsTheEarlierOne) {
  alloc(0x100, 40);
  freeFrom(0x100);
  freeFrom(0x100);
  EXPECT_NE(onlyFinding().earlier_free_stack(), 0U);
}

TEST_F(FindingsTest, ADoubleFreeAfterManyOthersIsStillOne) {
  alloc(0x100, 40);
  free(0x100);
  for (std::uint64_t i = 0; i < 5'000; ++i) {
    alloc(0x1000 + i * 64, 24);
    free(0x1000 + i * 64);
    if (i % 64 == 0) m_target.poll();
  }
  freeFrom(0x100);
  EXPECT_EQ(onlyFinding().kind(), v1::FINDING_DOUBLE_FREE);
}

TEST_F(FindingsTest, WhatNeverWasABlockIsUnknown) {
  freeFrom(0x777);
  const auto finding = onlyFinding();
  EXPECT_EQ(finding.kind(), v1::FINDING_UNKNOWN_FREE);
  EXPECT_EQ(finding.pair(), 0U);
  EXPECT_EQ(finding.address(), 0x777U);
}

TEST_F(FindingsTest, ReallocIsAFreeLikeAnyOther) {
  alloc(0x100, 40, Origin::OperatorNew);
  freeFrom(0x100, Origin::Realloc, 0, EventKind::ReallocBeginFrom);
  const auto finding = onlyFinding();
  EXPECT_EQ(finding.kind(), v1::FINDING_MISMATCHED_FREE);
  EXPECT_EQ(finding.free_origin(), v1::ORIGIN_REALLOC);
}

TEST_F(FindingsTest, OfAnUnsuspectedMismatchOnlyTheStackIsMissing) {
  alloc(0x100, 40, Origin::NewArray);
  free(0x100, Origin::OperatorDelete);
  const auto finding = onlyFinding();
  EXPECT_EQ(finding.kind(), v1::FINDING_MISMATCHED_FREE);
  EXPECT_EQ(finding.free_stack(), 0U);
  EXPECT_EQ(finding.free_origin(), v1::ORIGIN_OPERATOR_DELETE);
}

TEST_F(FindingsTest, AWrongSizeSaysWhatWasDeclared) {
  alloc(0x100, 40, Origin::OperatorNew);
  freeFrom(0x100, Origin::DeleteSized, 48);
  const auto finding = onlyFinding();
  EXPECT_EQ(finding.kind(), v1::FINDING_WRONG_SIZE);
  EXPECT_EQ(finding.declared_size(), 48U);
}

TEST_F(FindingsTest, AnUnsuspectedWrongSizeIsStillFound) {
  alloc(0x100, 0x1234, Origin::OperatorNew);
  free(0x100, Origin::DeleteSized, 0x5634);  // The target compares the low byte.
  const auto finding = onlyFinding();
  EXPECT_EQ(finding.kind(), v1::FINDING_WRONG_SIZE);
  EXPECT_EQ(finding.declared_size(), 0U);
}

TEST_F(FindingsTest, TheSameAgainIsCounted) {
  for (int i = 0; i < 3; ++i) {
    alloc(0x100, 40, Origin::NewArray);
    freeFrom(0x100, Origin::OperatorDelete);
    m_target.poll();
  }
  const auto finding = onlyFinding();
  EXPECT_EQ(finding.count(), 3U);
}

TEST_F(FindingsTest, AfterAGapUnknownBlocksProveNothing) {
  m_a.drop(1, 40, 0);
  m_target.poll();
  freeFrom(0x777);
  EXPECT_THAT(findings(), testing::IsEmpty());
  EXPECT_EQ(m_target.session.counters.unrecorded_frees(), 1U);
}

TEST_F(FindingsTest, TooManyDifferentOnesAreOnlyCounted) {
  for (std::uint64_t i = 0; i < Findings::kMax + 10; ++i) {
    alloc(0x100, 1 + i, Origin::NewArray);
    freeFrom(0x100, Origin::OperatorDelete);
    if (i % 64 == 0) m_target.poll();
  }
  EXPECT_EQ(findings().size(), Findings::kMax);
  EXPECT_EQ(m_target.session.counters.findings_beyond(), 10U);
}

TEST_F(FindingsTest, PairsKeepAlignmentAndOverAllocation) {
  alloc(0x1000, 100, Origin::AlignedAlloc, 120, 12);
  alloc(0x2000, 100, Origin::AlignedAlloc, 136, 12);
  alloc(0x3000, 100, Origin::RustGlobal, 0, 0);
  m_target.finish();
  const v1::Pairs& pairs = m_target.session.pairs;
  EXPECT_THAT(pairs.align_log2(), testing::ElementsAre(12U, 12U, 0U));
  EXPECT_THAT(pairs.slack_plus_1(), testing::ElementsAre(21U, 37U, 0U));
}

}  // namespace
}  // namespace heaptap::relay
