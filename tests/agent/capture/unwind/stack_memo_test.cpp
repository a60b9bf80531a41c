// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/unwind/stack_memo.h"

#include <gtest/gtest.h>

#include <array>

namespace heaptap::capture {
namespace {

constexpr std::uint32_t kCapacity = 4;

/// A stack in an array of words: main, called by nobody that is walked, has called outer, which has called
/// inner. Each frame has four words, of which the last is its return address, and the one before the saved
/// frame pointer.
class StackMemoTest : public testing::Test {
 protected:
  StackMemoTest() {
    m_words[7] = kInMain;
    m_words[6] = kFramePointer;
    m_words[3] = kInOuter;
    m_words[2] = kFramePointer;
  }
  [[nodiscard]] std::uint64_t at(std::size_t word) const {
    return reinterpret_cast<std::uintptr_t>(&m_words[word]);
  }
  static FrameRule rule(FrameRule::Kind kind, std::int32_t framePointerOffset = FrameRule::kNotSaved) {
    return {kind, 32, framePointerOffset};
  }
  void push(std::uint64_t pc, std::uint64_t sp, FrameRule how, std::uint64_t fp = kFramePointer) {
    const FreshFrame frame{pc, FramePlace::wordOf(sp, false), KnownFrame(how, 1), fp};
    m_memo.push(&frame, 1, 0);
  }
  /// `main`: its own rule, which says whether it has needed the frame pointer.
  void remember(FrameRule main = rule(FrameRule::Kind::FromFramePointer)) {
    m_memo.beginCut();
    push(kInMain, at(8), main);
    push(kInOuter, at(4), rule(FrameRule::Kind::FromStackPointer, -16));
    push(kInInner, at(0), rule(FrameRule::Kind::FromStackPointer));
  }

  static constexpr std::uint64_t kInMain = 0x1111, kInOuter = 0x2222, kInInner = 0x3333;
  static constexpr std::uint64_t kFramePointer = 0x7777;
  std::array<std::uint64_t, 12> m_words{};
  std::array<FramePlace, kCapacity> m_places{};
  std::array<FrameDetail, kCapacity> m_details{};
  StackMemo m_memo{m_places.data(), m_details.data(), kCapacity};
};

TEST_F(StackMemoTest, HoldsWhileTheReturnAddressesAreTheSame) {
  remember();
  ASSERT_EQ(m_memo.count(), 3U);
  EXPECT_EQ(m_memo.reusable(), 3U);
  for (std::uint32_t i = 0; i < 3; ++i) EXPECT_TRUE(m_memo.unchanged(i)) << i;
  EXPECT_EQ(m_memo.unchangedUpTo(2), StackMemo::kAll);
  m_words[1] = 0xDEAD;  // A local variable.
  EXPECT_EQ(m_memo.unchangedUpTo(2), StackMemo::kAll);
  for (std::uint32_t i = 0; i < 3; ++i) EXPECT_TRUE(m_memo.unchanged(i)) << i;
}

TEST_F(StackMemoTest, DoesNotHoldWhereAReturnAddressIsAnotherOne) {
  remember();
  m_words[3] = kInOuter + 1;
  EXPECT_FALSE(m_memo.unchanged(2));
  EXPECT_EQ(m_memo.unchangedUpTo(2), 2U);
  EXPECT_TRUE(m_memo.unchanged(1));
  m_words[3] = kInOuter;
  EXPECT_TRUE(m_memo.unchanged(2)) << "back again";
  m_words[7] = 0;
  EXPECT_FALSE(m_memo.unchanged(1));
  EXPECT_EQ(m_memo.unchangedUpTo(2), 1U);
}

TEST_F(StackMemoTest, LooksAtASavedFramePointerOnlyWhereTheCallerNeedsIt) {
  remember();
  m_words[6] = kFramePointer + 8;  // Saved by outer; main has needed it.
  EXPECT_FALSE(m_memo.unchanged(1));
  EXPECT_EQ(m_memo.unchangedUpTo(2), 1U);
  remember(rule(FrameRule::Kind::Outermost));
  EXPECT_TRUE(m_memo.unchanged(1));
}

TEST_F(StackMemoTest, MarksTheFramesWhoseFramePointerMatters) {
  remember();
  EXPECT_TRUE(m_memo.place(0).fpNeeded()) << "it counts from there";
  EXPECT_FALSE(m_memo.place(1).fpNeeded()) << "it has saved main's";
  EXPECT_FALSE(m_memo.place(2).fpNeeded());
  m_memo.forgetFrom(1);
  push(kInOuter, at(4), rule(FrameRule::Kind::FromStackPointer));
  EXPECT_TRUE(m_memo.place(1).fpNeeded()) << "main's is in the register yet";
}

TEST_F(StackMemoTest, OfARealignedFrameLooksAtTheCfaToo) {
  m_memo.beginCut();
  push(kInMain, at(8), rule(FrameRule::Kind::FromFramePointer));
  m_words[5] = at(8);
  push(kInOuter, at(4), {FrameRule::Kind::Realigned, -8, FrameRule::kNotSaved}, at(6));
  EXPECT_TRUE(m_memo.unchanged(1));
  m_words[5] = at(9);
  EXPECT_FALSE(m_memo.unchanged(1));
  m_words[5] = at(8);
  m_words[6] = kFramePointer + 8;  // The caller's, at *fp.
  EXPECT_FALSE(m_memo.unchanged(1));
}

TEST_F(StackMemoTest, CannotTellOfFramesWhoseRulesItDoesNotKnow) {
  push(kInMain, at(8), rule(FrameRule::Kind::Outermost));
  push(kInOuter, at(4), rule(FrameRule::Kind::Hard));
  EXPECT_FALSE(m_memo.unchanged(1));
}

TEST_F(StackMemoTest, OfTheOutermostFrameHoldsOnlyIfItEndedTheStackOrTheStackWasCut) {
  push(kInMain, at(8), rule(FrameRule::Kind::Outermost));
  EXPECT_TRUE(m_memo.unchanged(0));
  m_memo.forgetFrom(0);
  push(kInMain, at(8), rule(FrameRule::Kind::FromStackPointer));
  EXPECT_FALSE(m_memo.unchanged(0)) << "its caller is not known";
  m_memo.beginCut();
  EXPECT_EQ(m_memo.count(), 0U);
  push(kInMain, at(8), rule(FrameRule::Kind::FromStackPointer));
  EXPECT_TRUE(m_memo.unchanged(0));
  m_memo.forgetFrom(0);
  EXPECT_FALSE(m_memo.isCut());
}

TEST_F(StackMemoTest, ReusesOnlyTheOuterFramesUpToTheFirstThatMayNotBe) {
  push(kInMain, at(8), rule(FrameRule::Kind::Outermost));
  push(kInOuter, at(4), rule(FrameRule::Kind::Hard));
  push(kInInner, at(0), rule(FrameRule::Kind::FromStackPointer));
  EXPECT_EQ(m_memo.reusable(), 1U);
  m_memo.forgetFrom(2);
  EXPECT_EQ(m_memo.count(), 2U);
  EXPECT_EQ(m_memo.reusable(), 1U);
  m_memo.forgetFrom(0);
  EXPECT_EQ(m_memo.reusable(), 0U);
}

TEST_F(StackMemoTest, TakesNoMoreThanItHasRoomFor) {
  for (std::uint32_t i = 0; i < kCapacity + 3; ++i)
    push(kInMain + i, at(8), rule(FrameRule::Kind::Outermost));
  EXPECT_EQ(m_memo.count(), kCapacity);
  EXPECT_EQ(m_memo.place(kCapacity - 1).pc, kInMain + kCapacity - 1);
}

TEST_F(StackMemoTest, MayReadOnlyWhereTheWalkMay) {
  remember();
  OwnStack own(at(0) + sizeof m_words, OwnStack::pageOf(at(0)));
  StackMemory memory(own);
  EXPECT_TRUE(m_memo.mayRead(2, memory));
  // A stack that is gone: nothing there is known to be mapped.
  m_memo.forgetFrom(0);
  push(kInMain, 0x10000 + 32, rule(FrameRule::Kind::Outermost));
  push(kInOuter, 0x10000, rule(FrameRule::Kind::FromStackPointer));
  EXPECT_FALSE(m_memo.mayRead(1, memory));
}

}  // namespace
}  // namespace heaptap::capture
