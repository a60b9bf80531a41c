// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <functional>
#include <memory>
#include <string>

#include "base/unique_fd.h"
#include "tests/agent/relay/temporary_folder.h"
#include "tests/agent/relay/test_collector.h"

namespace heaptap::relay::test {

/// The real program, with this test as `heaptap run` and collector, and forked children as targets.
class RelayUnderTest : public testing::Test {
 protected:
  void startCollector(TestCollector::Behaviour behaviour = {}) {
    m_collector = std::make_unique<TestCollector>(m_collectorPath, m_storage, std::move(behaviour));
  }

  void startRelay(const char* option = nullptr) {
    int ends[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
    m_channel = UniqueFd(ends[0]);
    const UniqueFd relayEnd(ends[1]);
    const std::string collector = "unix:" + m_collectorPath;
    // posix_spawn: gRPC in this process would not survive in a forked child that goes on.
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, relayEnd.get(), 50);
    const char* const arguments[] = {
        HEAPTAP_RELAY_PROGRAM, "--socket", m_socket.c_str(), "--collector", collector.c_str(),
        "--control-fd",        "50",       option,           nullptr};
    ASSERT_EQ(posix_spawn(&m_relay, HEAPTAP_RELAY_PROGRAM, &actions, nullptr,
                          const_cast<char* const*>(arguments), environ),
              0);
    posix_spawn_file_actions_destroy(&actions);
    ASSERT_EQ(hear(), "ready");
  }

  /// Id in the relay's next message, "session ID …" or "done ID".
  std::string hearId(const std::string& word) {
    const std::string said = hear();
    EXPECT_THAT(said, testing::StartsWith(word + " "));
    return said.size() >= word.size() + 33 ? said.substr(word.size() + 1, 32) : "";
  }
  /// The relay's next message; empty when it has left.
  std::string hear() {
    char buffer[1024];
    const ssize_t n = recv(m_channel.get(), buffer, sizeof buffer, 0);
    return n > 0 ? std::string(buffer, static_cast<std::size_t>(n)) : std::string();
  }
  void say(const std::string& text) { send(m_channel.get(), text.data(), text.size(), MSG_NOSIGNAL); }

  /// Starts a target that lives until `act` returns its exit status. Before gRPC is used in this process.
  pid_t startTarget(const std::function<int()>& act) {
    const pid_t pid = fork();
    if (pid == 0) _exit(act());
    return pid;
  }
  /// Waits for the target's end and tells the relay.
  void reap(pid_t target) {
    int status = 0;
    waitpid(target, &status, 0);
    say("exited " + std::to_string(target) + " " + std::to_string(status));
  }
  int relayStatus() {
    int status = 0;
    waitpid(m_relay, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  TemporaryFolder m_folder;
  const std::string m_socket = m_folder / "relay.sock";
  const std::string m_collectorPath = m_folder / "collector.sock";
  CollectorStorage m_storage;
  std::unique_ptr<TestCollector> m_collector;
  UniqueFd m_channel;
  pid_t m_relay = -1;
};

}  // namespace heaptap::relay::test
