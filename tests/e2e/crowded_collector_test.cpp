// SPDX-License-Identifier: Apache-2.0
//
// A daemon that may open few files: more sessions than it has descriptors for.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <memory>
#include <vector>

#include "base/unique_fd.h"
#include "tests/e2e/daemon.h"

namespace heaptap::test {
namespace {

constexpr std::size_t kSessions = 40;

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(CrowdedCollector, StoresEverySessionInTheEndAndAnswersMeanwhile) {
  Daemon daemon({}, "ulimit -n 64");
  std::vector<std::unique_ptr<ChildProcess>> programs;
  for (std::size_t i = 0; i < kSessions; ++i) {
    programs.push_back(std::make_unique<ChildProcess>(daemon.recording({"cat"})));
    programs.back()->writeInput("ready\n");
  }
  // All of them run at the same time, and none waits for the collector.
  for (const auto& program : programs) EXPECT_TRUE(program->waitForOutput("ready")) << program->finish().err;
  EXPECT_TRUE(daemon.says("sessions wait until others end"));
  const std::size_t first = daemon.list().size();
  EXPECT_GE(first, 1U);
  EXPECT_LT(first, kSessions);
  for (const auto& program : programs) program->closeInput();
  for (const auto& program : programs) {
    const Outcome outcome = program->finish();
    EXPECT_EQ(outcome.status, 0);
    EXPECT_EQ(outcome.out, "ready\n");
    EXPECT_EQ(outcome.err, "");
  }
  const auto sessions = daemon.list();
  EXPECT_EQ(sessions.size(), kSessions);
  for (const std::string& session : sessions)
    EXPECT_EQ(daemon.finalReport(session)["summary"].value("state", ""), "complete");
  EXPECT_EQ(runProcess(daemon.recording({"true"})).status, 0);
  EXPECT_EQ(daemon.list().size(), kSessions + 1);
  const Outcome end = daemon.stop();
  EXPECT_EQ(end.status, 0);
  EXPECT_EQ(occurrences(end.err, "descriptors are short"), 1U) << end.err;
}

TEST(CrowdedCollector, OutlivesMoreConnectionsThanItHasDescriptors) {
  Daemon daemon({}, "ulimit -n 64");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  ASSERT_LT(daemon.socketPath().size(), sizeof address.sun_path);
  daemon.socketPath().copy(address.sun_path, sizeof address.sun_path - 1);
  std::vector<UniqueFd> silent;
  for (int i = 0; i < 100; ++i) {
    silent.emplace_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(::connect(silent.back().get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  silent.clear();
  EXPECT_EQ(runProcess(daemon.recording({"true"})).status, 0);
  EXPECT_EQ(daemon.list().size(), 1U);
  EXPECT_EQ(daemon.stop().status, 0);
}

}  // namespace
}  // namespace heaptap::test
