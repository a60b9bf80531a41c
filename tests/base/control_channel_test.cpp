// SPDX-License-Identifier: Apache-2.0
#include "base/control_channel.h"

#include <gmock/gmock.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace heaptap {
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

TEST_F(ControlChannelTest, APeerThatDoesNotReadDelaysNothingAndLosesNothing) {
  constexpr std::size_t kPackets = 5000;
  for (std::size_t i = 0; i < kPackets; ++i) m_near.send("closed " + std::to_string(i));
  std::size_t seen = 0;
  while (seen < kPackets) {
    (void)m_near.exchange();
    for (auto& packet : m_far.exchange()) EXPECT_EQ(packet.rest, std::to_string(seen++));
  }
}

// As `run` is after ^Z: its end is open, and is not read.
TEST(ControlChannel, ToAStoppedProcessTakesEverythingAtOnceAndDeliversItLater) {
  constexpr int kPackets = 3000;
  auto ends = ControlChannel::makePair();
  ASSERT_TRUE(ends);
  const pid_t peer = fork();
  if (peer == 0) {
    ends->first.reset();
    ControlChannel far(std::move(ends->second));
    raise(SIGSTOP);
    int heard = 0;
    while (!far.closed()) {
      pollfd wait{far.descriptor(), far.pollEvents(), 0};
      poll(&wait, 1, -1);
      for (ControlPacket& packet : far.exchange())
        if (packet.word == "done" && packet.takeNumber(-1) == heard) ++heard;
    }
    _exit(heard == kPackets ? 7 : 1);
  }
  ends->second.reset();
  ControlChannel near(std::move(ends->first));
  int status = 0;
  ASSERT_EQ(waitpid(peer, &status, WUNTRACED), peer);
  ASSERT_TRUE(WIFSTOPPED(status));
  for (int i = 0; i < kPackets; ++i) near.send("done " + std::to_string(i));
  EXPECT_NE(near.pollEvents() & POLLOUT, 0) << "not all of it fits into the socket";
  kill(peer, SIGCONT);
  near.sendRest();
  near = ControlChannel();
  ASSERT_EQ(waitpid(peer, &status, 0), peer);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 7);
}

TEST_F(ControlChannelTest, TheRestOfADeadPeerIsNotWaitedFor) {
  for (int i = 0; i < 3000; ++i) m_near.send("done " + std::to_string(i));
  m_far = ControlChannel();
  m_near.sendRest();
  EXPECT_TRUE(m_near.closed());
}

TEST(ControlPacket, TakesNumbersOnlyWhereThereAreSome) {
  ControlPacket packet{"exited", "17 -9 x 99999999999999999999 3a"};
  EXPECT_EQ(packet.takeNumber(0), 17);
  EXPECT_EQ(packet.takeNumber(0), -9);
  EXPECT_EQ(packet.takeNumber(-1), -1);
  EXPECT_EQ(packet.takeNumber(-1), -1);
  EXPECT_EQ(packet.takeNumber(-1), -1);
  EXPECT_EQ(packet.takeNumber(-1), -1) << "nothing is left";
}

TEST(ControlChannel, AdoptsOnlyASocketOfPackets) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const UniqueFd read(ends[0]);
  const UniqueFd write(ends[1]);
  const auto adopted = ControlChannel::adopt(read.get());
  ASSERT_FALSE(adopted);
  EXPECT_EQ(adopted.error().code, Code::Usage);
}

}  // namespace
}  // namespace heaptap
