// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/process/process_roster.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "agent/relay/base/session_id.h"
#include "tests/agent/relay/stream_writer.h"
#include "tests/agent/relay/temporary_folder.h"
#include "tests/agent/relay/test_collector.h"

namespace heaptap::relay {
namespace {

using std::chrono_literals::operator""ms;

constexpr std::uint32_t kNoSuchPid = 0x3FFF'FFFF;  // Above the largest that the kernel gives (4,194,304).

/// The processes of a tree whose first one is this test. Others are slots in the shared memory, as a target
/// writes them.
class ProcessRosterTest : public testing::Test {
 protected:
  ProcessRosterTest()
      : m_memory(SharedMemory::create(test::smallMemory()).value()),
        m_clock(m_memory->clockMode(), m_memory->clockBase()),
        m_roster(*m_memory, m_clock, setup()) {}

  ProcessRoster::Setup setup() {
    Uplink::Options uplink;
    uplink.collector = "unix:" + m_socket;
    uplink.spool.directory = m_folder.path();
    return {.uplink = uplink,
            .hellos = m_hellos,
            .binaries = std::make_shared<BinaryNames>(),
            .onCommand = [](std::uint32_t, const v1::ControlCommand&) {},
            .onNews = [this] { ++m_news; },
            .onMember = [](std::uint32_t, const std::shared_ptr<const TargetProcess>&) {}};
  }
  /// The first process, which is this one.
  ProcessRoster::Member& addFirst() {
    auto process = std::make_shared<const TargetProcess>(
        TargetProcess::open(getpid(), static_cast<std::uint32_t>(getpid())).value());
    const v1::Hello hello = m_hellos->write(*process, "");
    return m_roster.add({}, process, hello, true, UniqueFd());
  }
  void claim(std::uint32_t index, std::uint32_t pid, std::uint32_t parent) {
    wire::ProcessSlot& slot = *m_memory->process(index);
    slot.pid = pid;
    slot.parent = parent;
    slot.fork = wire::kNoFork;
    slot.claimedAt = m_clock.observe();
    slot.claimed.store(1, std::memory_order_release);
  }
  std::vector<std::uint32_t> met() {
    std::vector<std::uint32_t> indexes;
    for (const ProcessRoster::Met& met : m_roster.takeMet()) indexes.push_back(met.index);
    return indexes;
  }
  std::vector<std::uint32_t> leaving() {
    std::vector<std::uint32_t> indexes;
    for (const RecordedProcess* process : m_roster.leavers().unknown) indexes.push_back(process->index);
    return indexes;
  }

  test::TemporaryFolder m_folder;
  const std::string m_socket = m_folder / "collector.sock";
  const std::shared_ptr<HelloWriter> m_hellos = std::make_shared<HelloWriter>();
  std::atomic<int> m_news{0};
  std::unique_ptr<SharedMemory> m_memory;
  SessionClock m_clock;
  ProcessRoster m_roster;
};

TEST_F(ProcessRosterTest, AnnouncesEachProcessOnce) {
  EXPECT_TRUE(m_roster.isTaken());
  EXPECT_FALSE(m_roster.awaitMeeting(0, 0ms));
  addFirst();
  EXPECT_TRUE(m_roster.awaitMeeting(0, 0ms));
  EXPECT_FALSE(m_roster.isTaken());
  const auto announced = m_roster.takeMet();
  ASSERT_EQ(announced.size(), 1U);
  EXPECT_EQ(announced[0].pid, getpid());
  EXPECT_EQ(announced[0].sessionId.size(), 16U);
  EXPECT_TRUE(m_roster.takeMet().empty());
  EXPECT_TRUE(m_roster.isTaken());
  EXPECT_GE(m_news, 1);
  EXPECT_TRUE(m_roster.anyoneRecorded() && m_roster.anyoneRuns());
}

TEST_F(ProcessRosterTest, FindsOnlyWhatHasClaimedASlot) {
  RecordedProcess& first = addFirst().recorded;
  EXPECT_EQ(m_roster.find(0), &first);
  EXPECT_EQ(m_roster.find(1), nullptr);
  EXPECT_EQ(m_roster.find(m_memory->geometry().processCapacity), nullptr);
  EXPECT_EQ(m_roster.find(0xFFFF'FFFF), nullptr);
  EXPECT_FALSE(m_roster.mustWait());
}

TEST_F(ProcessRosterTest, MeetsAncestorsFirst) {
  addFirst();
  claim(1, kNoSuchPid, 0);
  claim(2, kNoSuchPid + 1, 1);
  const RecordedProcess* const grandchild = m_roster.find(2);
  ASSERT_NE(grandchild, nullptr);
  EXPECT_EQ(grandchild->parent, 1U);
  EXPECT_THAT(met(), testing::ElementsAre(0, 1, 2));
  EXPECT_EQ(m_roster.find(2), grandchild) << "met once";
  EXPECT_TRUE(m_roster.takeMet().empty());
  EXPECT_THAT(leaving(), testing::ElementsAre(1, 2)) << "there are no such processes any more";
}

TEST_F(ProcessRosterTest, MakesNoCircleOfHostileParents) {
  addFirst();
  claim(1, kNoSuchPid, 1);
  claim(2, kNoSuchPid, 3);
  claim(3, 0, 0xFFFF'FFFF);
  for (std::uint32_t index = 1; index <= 3; ++index) {
    const RecordedProcess* const process = m_roster.find(index);
    ASSERT_NE(process, nullptr) << index;
    EXPECT_EQ(process->index, index);
  }
  EXPECT_THAT(met(), testing::ElementsAre(0, 1, 2, 3));
}

TEST_F(ProcessRosterTest, MeetsAForkedChildAsOneThatRuns) {
  const pid_t child = fork();
  if (child == 0) {
    pause();
    _exit(0);
  }
  addFirst();
  claim(1, static_cast<std::uint32_t>(child), 0);
  ASSERT_NE(m_roster.find(1), nullptr);
  auto announced = m_roster.takeMet();
  ASSERT_EQ(announced.size(), 2U);
  EXPECT_EQ(announced[1].pid, child);
  EXPECT_TRUE(static_cast<bool>(announced[1].handle));
  EXPECT_TRUE(leaving().empty());
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  m_roster.processEnded(1);
  EXPECT_THAT(leaving(), testing::ElementsAre(1));
  m_roster.processEnded(17);  // There is none.
  EXPECT_TRUE(m_roster.leavers().any);
}

/// Forks a child that has executed another program when this returns.
pid_t forkAndExecute() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return -1;
  const pid_t child = fork();
  if (child == 0) {
    execl("/bin/sleep", "sleep", "1000", nullptr);
    _exit(127);
  }
  const UniqueFd read(ends[0]);
  UniqueFd(ends[1]).reset();
  char none = 0;
  static_cast<void>(!::read(read.get(), &none, 1));  // Until the exec has closed the other end.
  return child;
}

TEST_F(ProcessRosterTest, KnowsAChildWhoseNextImageHasSaidHelloBeforeItWasMet) {
  const pid_t child = forkAndExecute();
  addFirst();
  m_roster.replaced(child, static_cast<std::uint32_t>(child), 0);
  claim(1, static_cast<std::uint32_t>(child), 0);
  ASSERT_NE(m_roster.find(1), nullptr);
  EXPECT_THAT(leaving(), testing::ElementsAre(1));
  EXPECT_EQ(m_roster.members().at(1)->session->howItEnds(), v1::Goodbye::END_EXEC);
  EXPECT_TRUE(m_roster.takeExecuted().empty()) << "that image is recorded";
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
}

TEST_F(ProcessRosterTest, AnnouncesAnImageThatHasTakenOverAChild) {
  const pid_t child = forkAndExecute();
  addFirst();
  claim(1, static_cast<std::uint32_t>(child), 0);
  ASSERT_NE(m_roster.find(1), nullptr);
  const std::string id = m_roster.takeMet().at(1).sessionId;
  EXPECT_EQ(m_roster.members().at(1)->session->howItEnds(), v1::Goodbye::END_EXEC);
  const auto executed = m_roster.takeExecuted();
  ASSERT_EQ(executed.size(), 1U);
  EXPECT_EQ(executed[0].pid, child);
  EXPECT_EQ(executed[0].sessionId, id);
  EXPECT_TRUE(executed[0].inPlace);
  m_roster.judged(id, {});
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
}

TEST_F(ProcessRosterTest, TheFirstEndOfASessionCounts) {
  addFirst();
  m_roster.end(0, v1::Goodbye::END_STOPPED);
  m_roster.endAll(v1::Goodbye::END_GONE);
  m_roster.end(5, v1::Goodbye::END_GONE);  // There is none.
  EXPECT_EQ(m_roster.members().at(0)->session->howItEnds(), v1::Goodbye::END_STOPPED);
}

TEST_F(ProcessRosterTest, GivesASessionBackWhenAllOfItIsStored) {
  test::CollectorStorage storage;
  test::TestCollector collector(m_socket, storage, {});
  ProcessRoster::Member& first = addFirst();
  const std::string id = m_roster.takeMet().at(0).sessionId;
  m_roster.exitStatus(getpid(), 0);
  m_roster.end(0, v1::Goodbye::END_GONE);
  first.session->close(0);
  m_roster.retire(first);
  EXPECT_FALSE(m_roster.anyoneRecorded());
  EXPECT_FALSE(m_roster.isTaken());
  storage.waitFor([](const test::StoredSession& s) { return s.complete; });
  std::vector<ProcessRoster::Closed> closed;
  while (closed.empty()) closed = m_roster.takeClosed();
  ASSERT_EQ(closed.size(), 1U);
  EXPECT_EQ(closed[0].sessionId, id);
  EXPECT_TRUE(closed[0].outcome);
  EXPECT_TRUE(m_roster.isTaken());
  m_roster.forget({0});
  EXPECT_TRUE(m_roster.all().empty());
}

}  // namespace
}  // namespace heaptap::relay
