// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/process/seccomp_watch.h"

#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>

#include "tests/agent/relay/stream_writer.h"

namespace heaptap::relay {
namespace {

/// A child that has done something to itself, and lives until the end of the test.
class Child {
 public:
  explicit Child(const std::function<void()>& act) {
    int ready[2];
    if (pipe(ready) != 0) return;
    m_pid = fork();
    if (m_pid == 0) {
      act();
      (void)!write(ready[1], "x", 1);
      char never = 0;
      (void)!read(ready[0], &never, 0);
      for (;;) {
      }
    }
    char word = 0;
    EXPECT_EQ(read(ready[0], &word, 1), 1);
    close(ready[0]);
    close(ready[1]);
  }
  ~Child() {
    kill(m_pid, SIGKILL);
    waitpid(m_pid, nullptr, 0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  [[nodiscard]] pid_t pid() const { return m_pid; }

 private:
  pid_t m_pid = -1;
};

void allowEverything() {
  sock_filter program[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  sock_fprog whole{1, program};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &whole);
}

/// What a watch makes of one thread.
struct Watched {
  std::uint32_t thread = 0;
  std::uint32_t process = 0;
  bool announced = false;
};

Watched watch(const Child& child, const Seccomp& atStart) {
  const auto memory = SharedMemory::create(test::smallMemory()).value();
  const auto process = TargetProcess::open(child.pid(), static_cast<std::uint32_t>(child.pid())).value();
  RecordedProcess recorded;
  recorded.process = &process;
  ChunkUse use(memory->geometry().chunkCount);
  std::vector<std::unique_ptr<ThreadStream>> threads;
  threads.push_back(std::make_unique<ThreadStream>(*memory, use));
  threads[0]->process = &recorded;
  threads[0]->hostTid = static_cast<std::uint32_t>(child.pid());
  SeccompWatch(*memory, atStart).look(threads);
  return {memory->slot(0)->restrictions, memory->process(0)->restrictions,
          (memory->header().control & wire::kControlRestricted) != 0};
}

TEST(SeccompWatch, AnOrdinaryThreadMayDoEverything) {
  const Child child([] {});
  const Watched seen = watch(child, {});
  EXPECT_EQ(seen.thread, 0U);
  EXPECT_EQ(seen.process, 0U);
  EXPECT_FALSE(seen.announced);
}

TEST(SeccompWatch, StrictModeTakesSystemCallsAndClockOfThatThreadOnly) {
  const Child child([] { syscall(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_STRICT); });
  const Watched seen = watch(child, {});
  EXPECT_EQ(seen.thread, wire::kNoSystemCalls | wire::kNoTimeStamp);
  EXPECT_EQ(seen.process, 0U);
  EXPECT_TRUE(seen.announced);
}

TEST(SeccompWatch, AFilterHoldsForThreadsToComeToo) {
  const Child child(allowEverything);
  const Watched seen = watch(child, {});
  EXPECT_EQ(seen.thread, wire::kNoSystemCalls);
  EXPECT_EQ(seen.process, wire::kNoSystemCalls);
  EXPECT_TRUE(seen.announced);
}

TEST(SeccompWatch, AFilterThatLetTheTargetAttachIsNoReason) {
  const Child child(allowEverything);
  const auto process = TargetProcess::open(child.pid(), static_cast<std::uint32_t>(child.pid())).value();
  ASSERT_GE(process.seccompAtStart().filters, 1U);
  EXPECT_FALSE(watch(child, process.seccompAtStart()).announced);
}

}  // namespace
}  // namespace heaptap::relay
