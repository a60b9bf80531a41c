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
  MemoFrame frame(std::uint64_t pc, std::size_t word, FrameRule how) const {
    MemoFrame frame{};
    frame.pc = pc;
    frame.sp = at(word);
    frame.fp = kFramePointer;
    frame.rule = how;
    frame.fpNeeded = true;
    return frame;
  }
  void remember() {
    m_memo.push(frame(kInMain, 8, rule(FrameRule::Kind::Outermost)), true);
    m_memo.push(frame(kInOuter, 4, rule(FrameRule::Kind::FromStackPointer, -16)), true);
    m_memo.push(frame(kInInner, 0, rule(FrameRule::Kind::FromStackPointer)), true);
  }

  static constexpr std::uint64_t kInMain = 0x1111, kInOuter = 0x2222, kInInner = 0x3333;
  static constexpr std::uint64_t kFramePointer = 0x7777;
  std::array<std::uint64_t, 12> m_words{};
  std::array<MemoFrame, kCapacity> m_frames{};
  std::array<FrameProof, kCapacity> m_proofs{};
  StackMemo m_memo{m_frames.data(), m_proofs.data(), kCapacity};
};

TEST_F(StackMemoTest, HoldsWhileTheReturnAddressesAreTheSame) {
  remember();
  ASSERT_EQ(m_memo.count(), 3U);
  EXPECT_EQ(m_memo.reusable(), 3U);
  for (std::uint32_t i = 0; i < 3; ++i) EXPECT_TRUE(m_memo.unchanged(i)) << i;
  m_words[1] = 0xDEAD;  // A local variable.
  for (std::uint32_t i = 0; i < 3; ++i) EXPECT_TRUE(m_memo.unchanged(i)) << i;
}

TEST_F(StackMemoTest, DoesNotHoldWhereAReturnAddressIsAnotherOne) {
  remember();
  m_words[3] = kInOuter + 1;
  EXPECT_FALSE(m_memo.unchanged(2));
  EXPECT_TRUE(m_memo.unchanged(1));
  m_words[3] = kInOuter;
  EXPECT_TRUE(m_memo.unchanged(2)) << "back again";
  m_words[7] = 0;
  EXPECT_FALSE(m_memo.unchanged(1));
}

TEST_F(StackMemoTest, LooksAtASavedFramePointerOnlyWhereTheCallerNeedsIt) {
  remember();
  m_words[6] = kFramePointer + 8;  // Saved by outer; main has needed it.
  EXPECT_FALSE(m_memo.unchanged(1));
  m_memo.forgetFrom(0);
  MemoFrame main = frame(kInMain, 8, rule(FrameRule::Kind::Outermost));
  main.fpNeeded = false;
  m_memo.push(main, true);
  m_memo.push(frame(kInOuter, 4, rule(FrameRule::Kind::FromStackPointer, -16)), true);
  EXPECT_TRUE(m_memo.unchanged(1));
}

TEST_F(StackMemoTest, OfARealignedFrameLooksAtTheCfaToo) {
  m_memo.push(frame(kInMain, 8, rule(FrameRule::Kind::Outermost)), true);
  MemoFrame realigned = frame(kInOuter, 4, {FrameRule::Kind::Realigned, -8, FrameRule::kNotSaved});
  realigned.fp = at(6);
  m_words[5] = at(8);
  m_memo.push(realigned, true);
  EXPECT_TRUE(m_memo.unchanged(1));
  m_words[5] = at(9);
  EXPECT_FALSE(m_memo.unchanged(1));
  m_words[5] = at(8);
  m_words[6] = kFramePointer + 8;  // The caller's, at *fp.
  EXPECT_FALSE(m_memo.unchanged(1));
}

TEST_F(StackMemoTest, CannotTellOfFramesWhoseRulesItDoesNotKnow) {
  m_memo.push(frame(kInMain, 8, rule(FrameRule::Kind::Outermost)), true);
  m_memo.push(frame(kInOuter, 4, rule(FrameRule::Kind::Hard)), true);
  EXPECT_FALSE(m_memo.unchanged(1));
}

TEST_F(StackMemoTest, OfTheOutermostFrameHoldsOnlyIfItEndedTheStackOrTheStackWasCut) {
  m_memo.push(frame(kInMain, 8, rule(FrameRule::Kind::FromStackPointer)), true);
  EXPECT_FALSE(m_memo.unchanged(0)) << "its caller is not known";
  m_memo.beginCut();
  EXPECT_EQ(m_memo.count(), 0U);
  m_memo.push(frame(kInMain, 8, rule(FrameRule::Kind::FromStackPointer)), true);
  EXPECT_TRUE(m_memo.unchanged(0));
  m_memo.forgetFrom(0);
  EXPECT_FALSE(m_memo.isCut());
}

TEST_F(StackMemoTest, ReusesOnlyTheOuterFramesUpToTheFirstThatMayNotBe) {
  m_memo.push(frame(kInMain, 8, rule(FrameRule::Kind::Outermost)), true);
  m_memo.push(frame(kInOuter, 4, rule(FrameRule::Kind::Hard)), false);
  m_memo.push(frame(kInInner, 0, rule(FrameRule::Kind::FromStackPointer)), true);
  EXPECT_EQ(m_memo.reusable(), 1U);
  m_memo.forgetFrom(2);
  EXPECT_EQ(m_memo.count(), 2U);
  EXPECT_EQ(m_memo.reusable(), 1U);
  m_memo.forgetFrom(0);
  EXPECT_EQ(m_memo.reusable(), 0U);
}

TEST_F(StackMemoTest, TakesNoMoreThanItHasRoomFor) {
  for (std::uint32_t i = 0; i < kCapacity + 3; ++i)
    m_memo.push(frame(kInMain + i, 8, rule(FrameRule::Kind::Outermost)), true);
  EXPECT_EQ(m_memo.count(), kCapacity);
  EXPECT_EQ(m_memo[kCapacity - 1].pc, kInMain + kCapacity - 1);
}

TEST_F(StackMemoTest, MayReadOnlyWhereTheWalkMay) {
  remember();
  OwnStack own(at(0) + sizeof m_words, OwnStack::pageOf(at(0)));
  StackMemory memory(own);
  EXPECT_TRUE(m_memo.mayRead(2, memory));
  // A stack that is gone: nothing there is known to be mapped.
  MemoFrame gone = frame(kInOuter, 4, rule(FrameRule::Kind::FromStackPointer));
  m_memo.forgetFrom(0);
  MemoFrame caller = frame(kInMain, 8, rule(FrameRule::Kind::Outermost));
  caller.sp = 0x10000 + 32;
  gone.sp = 0x10000;
  m_memo.push(caller, true);
  m_memo.push(gone, true);
  EXPECT_FALSE(m_memo.mayRead(1, memory));
}

}  // namespace
}  // namespace heaptap::capture
