// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/collector/service/recording_fixture.h"
#include "tests/collector/store/file_size_limit.h"
#include "tests/collector/store/session_under_test.h"

namespace heaptap::service {
namespace {

TEST_F(Recording, tellsWhenEventsAreStoredNoMoreAndWhenTheyAreAgain) {
  start(false);
  const auto messages = store::busyProgram(program, 160, 2000);
  TestRelay relay(channel, program.hello());
  ASSERT_TRUE(relay.accepted());
  const auto file = waitFor(Kind::Opened).file;
  std::size_t sent = 0;
  // One at a time, so that each is stored by itself.
  const auto sendUpTo = [&](std::size_t end) {
    for (; sent < end; ++sent) {
      ASSERT_TRUE(relay.send(messages, sent, sent + 1));
      ASSERT_TRUE(relay.waitForAck(sent + 1));
    }
  };
  {
    const store::FileSizeLimit limit(300'000);
    sendUpTo(messages.size() / 2);
    EXPECT_TRUE(waitFor(Kind::Reduced).error);
    EXPECT_THAT(kinds(), testing::Not(testing::Contains(Kind::Restored)));
  }
  sendUpTo(messages.size() - 1);
  const SessionEvent again = waitFor(Kind::Restored);
  EXPECT_EQ(again.file, file);
  EXPECT_FALSE(again.error);
  EXPECT_GT(again.eventsNotStored, 0U);
}

}  // namespace
}  // namespace heaptap::service
