// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/memory/reachability.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>

namespace heaptap::relay {
namespace {

using testing::ElementsAre;

constexpr std::size_t kRegionBytes = 1 << 20;
constexpr std::uint64_t kBlockBytes = 256;

std::uint64_t g_pointers[4];  // Of the process that is looked at.

/// A child with a region of blocks, one each 4 KiB, that a test has filled: block N is at offset N * 4096
/// + 64. The address of no block is in any other memory that the two have in common.
class Reachability : public testing::Test {
 protected:
  Reachability()
      : m_region(static_cast<char*>(
            mmap(nullptr, kRegionBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {}
  ~Reachability() override {
    if (m_child > 0) {
      kill(m_child, SIGKILL);
      waitpid(m_child, nullptr, 0);
    }
    munmap(m_region, kRegionBytes);
    std::memset(g_pointers, 0, sizeof g_pointers);
  }

  static std::size_t offsetOf(int block) { return static_cast<std::size_t>(block) * 4096 + 64; }
  [[nodiscard]] std::uint64_t addressOf(int block) const {
    return reinterpret_cast<std::uintptr_t>(m_region) + offsetOf(block);
  }
  /// Block `from` points to block `to`, or so many bytes behind its start.
  [[gnu::noinline]] void point(int from, int to, std::uint64_t at = 16, std::uint64_t behind = 0) {
    const std::uint64_t address = addressOf(to) + behind;
    std::memcpy(m_region + offsetOf(from) + at, &address, sizeof address);
  }
  [[gnu::noinline]] void pointFromVariable(int to, std::uint64_t behind = 0) {
    g_pointers[m_used++] = addressOf(to) + behind;
  }

  /// What is left on the stack of the calls before does not count.
  [[gnu::noinline]] std::optional<std::vector<bool>> reached(int blocks,
                                                             std::vector<AddressRange> leftOut = {}) {
    m_child = fork();
    if (m_child == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      for (;;) pause();
    }
    std::memset(g_pointers, 0, sizeof g_pointers);  // Here, not in the child.
    const auto process = TargetProcess::open(m_child, static_cast<std::uint32_t>(m_child));
    EXPECT_TRUE(process);
    std::vector<AddressRange> all;
    for (int i = 0; i < blocks; ++i) all.push_back({addressOf(i), addressOf(i) + kBlockBytes});
    return reachedBlocks(*process,
                         {.blocks = all,
                          .stack = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)),
                          .isComplete = true,  // The heap of this test has addresses of blocks, too.
                          .leftOut = std::move(leftOut)});
  }

  char* m_region;

 private:
  pid_t m_child = -1;
  std::size_t m_used = 0;
};

TEST_F(Reachability, FollowsPointersThroughBlocks) {
  pointFromVariable(0);
  point(0, 1);
  point(1, 2);
  point(3, 4);  // Nothing points to 3.
  point(5, 5);  // Nor to these, but themselves.
  point(6, 7);
  point(7, 6);
  const auto reach = reached(8);
  ASSERT_TRUE(reach);
  EXPECT_THAT(*reach, ElementsAre(true, true, true, false, false, false, false, false));
}

TEST_F(Reachability, CountsAnyAddressInsideOfABlock) {
  pointFromVariable(0, kBlockBytes - 1);
  pointFromVariable(1, kBlockBytes);  // Behind it.
  point(0, 2, kBlockBytes - 8, 3);
  const auto reach = reached(3);
  ASSERT_TRUE(reach);
  EXPECT_THAT(*reach, ElementsAre(true, false, true));
}

TEST_F(Reachability, WordsBetweenBlocksPoint) {
  const std::uint64_t address = addressOf(1);
  std::memcpy(m_region + offsetOf(0) + kBlockBytes, &address, sizeof address);
  const auto reach = reached(2);
  ASSERT_TRUE(reach);
  EXPECT_THAT(*reach, ElementsAre(false, true));
}

TEST_F(Reachability, LeavesOutWhatItIsTold) {
  pointFromVariable(0);
  const auto start = reinterpret_cast<std::uintptr_t>(&g_pointers);
  const auto reach = reached(1, {{start, start + sizeof g_pointers}});
  ASSERT_TRUE(reach);
  EXPECT_THAT(*reach, ElementsAre(false));
}

TEST_F(Reachability, OfNoBlocksIsNone) {
  const auto reach = reached(0);
  ASSERT_TRUE(reach);
  EXPECT_TRUE(reach->empty());
}

}  // namespace
}  // namespace heaptap::relay
