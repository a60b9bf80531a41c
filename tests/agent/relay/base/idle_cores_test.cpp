// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/base/idle_cores.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <fstream>

#include "tests/agent/relay/temporary_folder.h"

namespace heaptap::relay {
namespace {

class IdleCores : public testing::Test {
 protected:
  void write(const std::string& path, const std::string& text) {
    const std::filesystem::path file = std::filesystem::path(m_root.path()) / path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text << '\n';
  }
  [[nodiscard]] unsigned granted() const { return grantedCores(m_root.path()); }

 private:
  test::TemporaryFolder m_root;
};

TEST_F(IdleCores, NoGroupsNoLimit) { EXPECT_EQ(granted(), 0U); }

TEST_F(IdleCores, TheLeastOfAllGroupsAboveCounts) {
  write("proc/self/cgroup", "0::/a/b");
  write("sys/fs/cgroup/a/cpu.max", "350000 100000");
  write("sys/fs/cgroup/a/b/cpu.max", "max 100000");
  EXPECT_EQ(granted(), 3U) << "whole ones";
  write("sys/fs/cgroup/a/b/cpu.max", "50000 100000");
  EXPECT_EQ(granted(), 1U) << "never none";
}

TEST_F(IdleCores, AContainerSeesItsOwnGroupAsTheRoot) {
  write("proc/self/cgroup", "0::/docker/4711");
  write("sys/fs/cgroup/cpu.max", "200000 100000");
  EXPECT_EQ(granted(), 2U);
}

TEST_F(IdleCores, ReadsGroupsOfTheFirstVersion) {
  write("proc/self/cgroup", "9:name=systemd:/\n4:cpu,cpuacct:/a\n0::/");
  write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1");
  write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000");
  write("sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "400000");
  write("sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "100000");
  EXPECT_EQ(granted(), 4U);
}

TEST_F(IdleCores, NonsenseIsNoLimit) {
  write("proc/self/cgroup", "nonsense\n0::/a");
  write("sys/fs/cgroup/a/cpu.max", "lots of it");
  EXPECT_EQ(granted(), 0U);
}

TEST_F(IdleCores, AProcessMayHaveFewerThanTheMachine) {
  cpu_set_t before;
  ASSERT_EQ(sched_getaffinity(0, sizeof before, &before), 0);
  cpu_set_t one;
  CPU_ZERO(&one);
  for (int cpu = 0; CPU_COUNT(&one) == 0; ++cpu)
    if (CPU_ISSET(cpu, &before)) CPU_SET(cpu, &one);
  ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
  EXPECT_EQ(availableCores(), 1U);
  sched_setaffinity(0, sizeof before, &before);
  EXPECT_GE(availableCores(), 1U);
}

}  // namespace
}  // namespace heaptap::relay
