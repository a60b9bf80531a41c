// SPDX-License-Identifier: Apache-2.0
#include "proto/words/session_words.h"

#include <gtest/gtest.h>

#include "proto/words/finding_words.h"

namespace heaptap {
namespace {

TEST(SessionWords, WhatIsLeftIsLeakedOnlyAfterTheProcesssOwnEnd) {
  v1::Summary summary;
  summary.mutable_info()->set_state(v1::SESSION_COMPLETE);
  EXPECT_EQ(leftWord(summary), "left at end");
  EXPECT_TRUE(hasEndedByItself(summary));
  summary.set_live_at_end(true);
  EXPECT_EQ(leftWord(summary), "live at end");
  EXPECT_FALSE(hasEndedByItself(summary));
  summary.mutable_info()->set_state(v1::SESSION_LIVE);
  EXPECT_EQ(leftWord(summary), "live");
  EXPECT_FALSE(hasEndedByItself(summary));
}

TEST(SessionWords, WhatAnotherCollectorRecordsHasNotEnded) {
  v1::Summary summary;
  summary.mutable_info()->set_state(v1::SESSION_RECORDED_ELSEWHERE);
  EXPECT_FALSE(hasEndedByItself(summary));
  EXPECT_EQ(leftWord(summary), "live");
  EXPECT_EQ(stateWord(v1::SESSION_RECORDED_ELSEWHERE), "recording");
}

TEST(SessionWords, EachKindHasAKeyOfItsOwn) {
  EXPECT_EQ(stateKey(v1::SESSION_CUT_SHORT), "cutShort");
  EXPECT_EQ(stateKey(v1::SESSION_RECORDED_ELSEWHERE), "recording");
  EXPECT_EQ(stateKey(v1::SESSION_STATE_UNSPECIFIED), "");
  EXPECT_EQ(findingKey(v1::FINDING_WRONG_ALIGNMENT), "wrongAlignment");
}

}  // namespace
}  // namespace heaptap
