// SPDX-License-Identifier: Apache-2.0
#include "base/thread_limits.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/temporary_folder.h"

namespace heaptap {
namespace {

/// A system with 500 threads and no limit that matters; the process is in the group /user/shell.
class ThreadLimitsTest : public ::testing::Test {
 protected:
  ThreadLimitsTest() {
    file("proc/loadavg", "9.32 8.53 6.67 11/500 27113");
    file("proc/sys/kernel/threads-max", "96365");
    file("proc/sys/kernel/pid_max", "32768");
  }

  void secondVersion(const std::string& path = "/user/shell") {
    file("proc/self/cgroup", "0::" + path);
    for (const char* group : {"", "/user", "/user/shell"}) file(kSecond + group + "/cgroup.procs", "");
    for (const char* group : {"/user", "/user/shell"}) limit(kSecond + group, "max", 10);
  }
  void firstVersion() {
    file("proc/self/cgroup", "9:name=systemd:/\n8:cpu,pids:/user\n7:memory:/\n0::/");
    file(kFirst + "/release_agent", "");
    for (const char* group : {"", "/user"}) file(kFirst + group + "/cgroup.procs", "");
    limit(kFirst + "/user", "max", 10);
  }
  void limit(const std::string& group, const std::string& most, int used) {
    file(group + "/pids.max", most);
    file(group + "/pids.current", std::to_string(used));
  }
  void file(const std::string& path, const std::string& content) {
    const std::filesystem::path whole = m_root / path;
    std::filesystem::create_directories(whole.parent_path());
    std::ofstream(whole) << content << '\n';
  }
  void remove(const std::string& path) { std::filesystem::remove(m_root / path); }
  bool may48(const OwnThreadLimits& own = {}) { return mayStartThreads(48, own, m_root.path()); }

  const std::string kFirst = "sys/fs/cgroup/pids";
  const std::string kSecond = "sys/fs/cgroup";
  test::TemporaryFolder m_root;
};

TEST_F(ThreadLimitsTest, AllowWhatNothingLimits) {
  EXPECT_TRUE(may48());  // No cgroups at all.
  secondVersion();
  EXPECT_TRUE(may48());
  firstVersion();
  EXPECT_TRUE(may48());
}

TEST_F(ThreadLimitsTest, OfTheUserCountAllThreadsThatThereAre) {
  EXPECT_FALSE(may48({.processes = 547}));
  EXPECT_TRUE(may48({.processes = 548}));
}

TEST_F(ThreadLimitsTest, OfMemoryAreNotJudged) {
  EXPECT_FALSE(may48({.addressSpace = rlim_t{1} << 40}));
  EXPECT_FALSE(may48({.data = rlim_t{1} << 40}));
}

TEST_F(ThreadLimitsTest, OfTheSystemCount) {
  file("proc/sys/kernel/threads-max", "547");
  EXPECT_FALSE(may48());
  file("proc/sys/kernel/threads-max", "548");
  EXPECT_TRUE(may48());
  file("proc/sys/kernel/pid_max", "547");
  EXPECT_FALSE(may48());
}

TEST_F(ThreadLimitsTest, OfAnyGroupAboveCount) {
  for (const auto& group : {kSecond + "/user/shell", kSecond + "/user", kFirst + "/user"}) {
    SCOPED_TRACE(group);
    group.starts_with(kFirst) ? firstVersion() : secondVersion();
    limit(group, "57", 10);
    EXPECT_FALSE(may48());
    limit(group, "58", 10);
    EXPECT_TRUE(may48());
    limit(group, "5", 10);  // Lowered below what there is.
    EXPECT_FALSE(may48());
    limit(group, "nonsense", 10);
    EXPECT_FALSE(may48());
  }
}

TEST_F(ThreadLimitsTest, ThatAreNotShownProveNothing) {
  secondVersion();
  file(kSecond + "/cgroup.type", "domain");  // The root of a namespace.
  EXPECT_FALSE(may48());
  remove(kSecond + "/cgroup.type");
  EXPECT_TRUE(may48());
  secondVersion("/../other");
  EXPECT_FALSE(may48());
  secondVersion("/elsewhere");
  EXPECT_FALSE(may48());
  secondVersion("nonsense");
  EXPECT_FALSE(may48());
  file("proc/self/cgroup", "1:cpu:/");
  EXPECT_FALSE(may48());
  firstVersion();
  remove(kFirst + "/release_agent");
  EXPECT_FALSE(may48());
}

TEST_F(ThreadLimitsTest, ThatCannotBeReadProveNothing) {
  for (const char* path : {"proc/loadavg", "proc/sys/kernel/threads-max", "proc/sys/kernel/pid_max"}) {
    SCOPED_TRACE(path);
    const std::string content = test::readFile(m_root / path);
    file(path, "nonsense");
    EXPECT_FALSE(may48());
    remove(path);
    EXPECT_FALSE(may48());
    file(path, content);
    EXPECT_TRUE(may48());
  }
}

}  // namespace
}  // namespace heaptap
