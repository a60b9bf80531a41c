// SPDX-License-Identifier: Apache-2.0
// The recipes of docs/containers.md, in namespaces of their own. The recorded program lies where only the
// container sees it.
#include <gmock/gmock.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "tests/e2e/buffered.h"
#include "tests/e2e/preloaded.h"
#include "tests/e2e/recording.h"

namespace heaptap::test {
namespace {

namespace fs = std::filesystem;

class ContainersTest : public BufferedTest {
 protected:
  void SetUp() override {
    if (!namespacesAreAllowed()) GTEST_SKIP() << "this user may not make mount and PID namespaces here";
    fs::create_directory(m_inside);
  }
  /// A shell as process 1 of a container, in which `/bin/sh` runs `script` after the program was put there.
  [[nodiscard]] std::vector<std::string> container(const std::string& script) const {
    return {"/usr/bin/unshare",
            "--mount",
            "--pid",
            "--fork",
            "--mount-proc",
            "/bin/sh",
            "-c",
            "mount -t tmpfs none " + m_inside.string() + " && cp " + recordedProgram("known_heap") + " " +
                app() + " && " + script};
  }
  [[nodiscard]] std::string app() const { return m_inside / "app"; }

  const fs::path m_inside = m_folder / "inside";
};

TEST_F(ContainersTest, ARelayOutsideNamesWhatOnlyTheContainerSees) {
  Daemon daemon;
  const std::string socket = m_folder / "relay.sock";
  ChildProcess relay({.argv = {HEAPTAP_RELAY_PROGRAM, "--socket", socket, "--collector", daemon.address(),
                               "--linger", "1"}});
  while (!fs::exists(socket)) usleep(1000);
  const Outcome outcome = run(container("LD_PRELOAD=" HEAPTAP_PRELOAD " exec " + app()),
                              {{"HEAPTAP_RELAY", socket}, {"HEAPTAP_VERBOSE", "1"}});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.err, "");
  const auto sessions = daemon.waitForSessions(1);
  ASSERT_EQ(sessions.size(), 1U);
  EXPECT_EQ(blocksIn(reportOf(sessions[0]), "shop::leakTen"), 10);
  EXPECT_EQ(relay.finish().status, 0);
}

TEST_F(ContainersTest, ABufferIsRecoveredOutside) {
  ChildProcess shell(
      {.argv = container("LD_PRELOAD=" HEAPTAP_PRELOAD " " + app() + " && echo ended && read -r go"),
       .environment = {{"HEAPTAP_BUFFER", (m_folder / "app.%p.buffer").string()},
                       {"HEAPTAP_BUFFER_SIZE", "4M"},
                       {"HEAPTAP_RELAY", std::nullopt}}});
  ASSERT_TRUE(shell.waitForOutput("ended"));
  const auto buffers = files(".buffer");
  ASSERT_EQ(buffers.size(), 1U);

  // Without the container's files there are no names; with them there are.
  EXPECT_EQ(recover(buffers[0], {"-o", "nameless.heaptap", "-q"}).status, 0);
  EXPECT_EQ(blocksIn(reportOf(m_folder / "nameless.heaptap"), "shop::leakTen"), -1);
  const std::string unshare = std::to_string(shell.pid());
  std::string processOne;
  std::ifstream("/proc/" + unshare + "/task/" + unshare + "/children") >> processOne;
  EXPECT_EQ(recover(buffers[0], {"-o", "named.heaptap", "--root", "/proc/" + processOne + "/root"}).status,
            0);
  const auto report = reportOf(m_folder / "named.heaptap");
  EXPECT_EQ(blocksIn(report, "shop::leakTen"), 10);
  EXPECT_EQ(report.at("summary").value("leakedBytes", 0), baseline()["leakedBytes"] + 16'000);
  shell.writeInput("\n");
  EXPECT_EQ(shell.finish().status, 0);
}

TEST_F(ContainersTest, ProcessOneStartsNoRelay) {
  const Outcome outcome = run(container("LD_PRELOAD=" HEAPTAP_PRELOAD " exec " + app()),
                              {{"HEAPTAP_COLLECTOR", "unix:/nowhere"},
                               {"HEAPTAP_RELAY", std::nullopt},
                               {"HEAPTAP_VERBOSE", "1"},
                               {"XDG_RUNTIME_DIR", m_folder.path().string()}});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.err, testing::HasSubstr("adopts orphans"));
}

}  // namespace
}  // namespace heaptap::test
