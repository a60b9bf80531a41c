// SPDX-License-Identifier: Apache-2.0
#include "cli/run/control_channel.h"

#include <gmock/gmock.h>

namespace heaptap::cli {
namespace {

class ControlChannelTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto ends = ControlChannel::makePair();
    ASSERT_TRUE(ends);
    m_near = ControlChannel(std::move(ends->first));
    m_far = ControlChannel(std::move(ends->second));
  }
  ControlChannel m_near;
  ControlChannel m_far;
};

TEST_F(ControlChannelTest, PacketsArriveWholeAndInOrder) {
  m_near.send("session 3f2a /tmp/with blank.heaptap");
  m_near.send("ready");
  auto packets = m_far.exchange();
  ASSERT_EQ(packets.size(), 2U);
  EXPECT_EQ(packets[0].word, "session");
  EXPECT_EQ(packets[0].takeField(), "3f2a");
  EXPECT_EQ(packets[0].rest, "/tmp/with blank.heaptap");
  EXPECT_EQ(packets[1].word, "ready");
  EXPECT_EQ(packets[1].rest, "");
}

TEST_F(ControlChannelTest, TheLastWordsOfADeadPeerAreStillHeard) {
  m_far.send("done 3f2a");
  m_far = ControlChannel();
  EXPECT_EQ(m_near.exchange().size(), 1U);
  EXPECT_TRUE(m_near.closed());
}

TEST_F(ControlChannelTest, TalkingToADeadPeerRaisesNoSignal) {
  m_far = ControlChannel();
  m_near.send("finish");
  EXPECT_TRUE(m_near.exchange().empty());
  EXPECT_TRUE(m_near.closed());
}

TEST_F(ControlChannelTest, APeerThatDoesNotReadBlocksNobodyAndLosesNothing) {
  constexpr std::size_t kPackets = 5000;
  for (std::size_t i = 0; i < kPackets; ++i) m_near.send("closed " + std::to_string(i));
  std::size_t seen = 0;
  while (seen < kPackets) {
    (void)m_near.exchange();
    for (auto& packet : m_far.exchange()) EXPECT_EQ(packet.rest, std::to_string(seen++));
  }
}

}  // namespace
}  // namespace heaptap::cli
