// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/daemon.h"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <thread>

#include "tests/support/spelled_out.h"

namespace heaptap::test {

using nlohmann::json;

Daemon::Daemon(std::vector<std::string> options, std::string limits) {
  m_argv = {HEAPTAPD, "--listen", m_address, "--data", sessions()};
  m_argv.insert(m_argv.end(), options.begin(), options.end());
  if (!limits.empty()) m_argv.insert(m_argv.begin(), {"sh", "-c", limits + "; exec \"$@\"", "sh"});
  start();
}

void Daemon::start() {
  m_process = std::make_unique<ChildProcess>(Launch{.argv = m_argv});
  ASSERT_TRUE(m_process->waitForOutput("listening on")) << m_process->finish().err;
}

void Daemon::kill() {
  m_process->signal(SIGKILL);
  EXPECT_EQ(m_process->finish().status, 128 + SIGKILL);
}

Outcome Daemon::stop() {
  m_process->signal(SIGTERM);
  Outcome end = m_process->finish();
  for (const auto& entry : std::filesystem::directory_iterator(sessions())) {
    if (entry.path().extension() != ".heaptap") continue;
    const Outcome verified = runProcess({.argv = {HEAPTAP_COMMAND, "verify", "-q", entry.path()}});
    // A collector that is killed while it makes a file leaves one that is no session.
    EXPECT_TRUE(verified.status == 0 || verified.status == 4) << verified.out << verified.err;
  }
  return end;
}

Launch Daemon::recording(const std::vector<std::string>& command,
                         const std::vector<std::string>& options) const {
  std::vector<std::string> argv{HEAPTAP_COMMAND, "run", "-q", "--collector", m_address};
  argv.insert(argv.end(), options.begin(), options.end());
  argv.emplace_back("--");
  argv.insert(argv.end(), command.begin(), command.end());
  return {.argv = argv};
}

std::set<std::string> Daemon::list() const {
  const Outcome listed = runProcess({.argv = {HEAPTAP_COMMAND, "ls", "--collector", m_address}});
  EXPECT_EQ(listed.status, 0) << listed.err;
  std::set<std::string> ids;
  for (std::size_t at = 0; at + 32 <= listed.out.size(); ++at) {
    const std::string word = listed.out.substr(at, 32);
    if (word.find_first_not_of("0123456789abcdef") == std::string::npos) ids.insert(word);
  }
  return ids;
}

json Daemon::report(const std::string& session) const {
  const Outcome told =
      runProcess({.argv = {HEAPTAP_COMMAND, "report", "--json", "--collector", m_address, session}});
  EXPECT_EQ(told.status, 0) << told.err;
  json report = reportIn(told.out);
  return report.is_discarded() ? json{{"summary", json::object()}, {"sites", json::array()}} : report;
}

json Daemon::finalReport(const std::string& session) const {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (true) {
    json report = this->report(session);
    if (report["summary"].value("state", "") != "live") return report;
    if (std::chrono::steady_clock::now() > deadline) {
      ADD_FAILURE() << session << " is still live";
      return report;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

}  // namespace heaptap::test
