// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/memory/wiped_memory.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace heaptap::capture {
namespace {

class WipedMemoryTest : public testing::Test {
 protected:
  WipedMemoryTest() : m_memory(makeWipedMemory(true)) {}

  void fill() {
    m_memory->gate = 1;
    m_memory->joiner.store(2);
    for (CountingThread& thread : m_memory->threads) thread.exact = &m_exact;
  }
  [[nodiscard]] bool isZero() const {
    if (m_memory->gate != 0 || m_memory->joiner.load() != 0) return false;
    for (const CountingThread& thread : m_memory->threads)
      if (thread.exact != nullptr) return false;
    return true;
  }
  /// Whether the child that `fork` makes finds nothing in there, and the parent everything.
  template <class Fork>
  void expectWiped(Fork fork) {
    ASSERT_NE(m_memory, nullptr);
    fill();
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) _exit(isZero() ? 0 : 1);
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    EXPECT_EQ(m_memory->gate, 1U);
    EXPECT_EQ(m_memory->threads[kMaxSlots - 1].exact, &m_exact);
  }

  WipedMemory* m_memory;
  heaptap_exact m_exact{};
};

TEST_F(WipedMemoryTest, AForkedChildFindsNothing) {
  expectWiped([] { return fork(); });
}

TEST_F(WipedMemoryTest, SoDoesTheChildOfARawClone) {
  expectWiped([] { return static_cast<pid_t>(syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, 0)); });
}

TEST_F(WipedMemoryTest, EachThreadHasALineOfItsOwn) {
  EXPECT_EQ(sizeof(CountingThread), 64U);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&m_memory->threads[1]) % 64, 0U);
}

}  // namespace
}  // namespace heaptap::capture
