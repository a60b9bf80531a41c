// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/daemon.h"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <thread>

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
  return m_process->finish();
}

Launch Daemon::recording(const std::vector<std::string>& command) const {
  std::vector<std::string> argv{HEAPTAP_COMMAND, "run", "-q", "--collector", m_address, "--"};
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
  json report = json::parse(told.out, nullptr, false);
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

OwnCounts ownCounts(const std::string& output) {
  OwnCounts counts;
  const auto line = output.find("allocations");
  if (line == std::string::npos || std::sscanf(output.c_str() + line, "allocations %ld frees %ld",
                                               &counts.allocations, &counts.frees) != 2)
    ADD_FAILURE() << "the program did not come to its end: " << output;
  return counts;
}

void expectConservation(const json& report) {
  const json& summary = report.at("summary");
  EXPECT_EQ(summary.value("allocations", -1L) - summary.value("frees", -1L),
            summary.value("leakedBlocks", -2L));
  long allocations = 0;
  long blocks = 0;
  long bytes = 0;
  for (const json& site : report.at("sites")) {
    allocations += site.at("allocations").get<long>();
    blocks += site.at("blocks").get<long>();
    bytes += site.at("bytes").get<long>();
  }
  EXPECT_EQ(allocations, summary.value("allocations", -1L));
  EXPECT_EQ(blocks, summary.value("leakedBlocks", -1L));
  EXPECT_EQ(bytes, summary.value("leakedBytes", -1L));
  EXPECT_EQ(summary.value("unmatchedFrees", -1L), 0);
  if (summary.value("droppedEvents", -1L) == 0) {
    EXPECT_EQ(summary.value("unrecordedFrees", -1L), 0);
    EXPECT_EQ(summary.value("lostFrees", -1L), 0);
  }
}

void expectOwnCounts(const json& report, const OwnCounts& own) {
  long allocations = 0;
  long live = 0;
  for (const json& site : report.at("sites")) {
    const json& function = site.at("stack").empty() ? json() : site["stack"][0].at("function");
    if (!function.is_string() || function.get<std::string>().find("counted::") == std::string::npos) continue;
    allocations += site.at("allocations").get<long>();
    live += site.at("blocks").get<long>();
  }
  const json& summary = report.at("summary");
  const auto number = [&summary](const char* name) { return summary.value(name, -1L); };
  EXPECT_EQ(allocations + number("droppedAllocations"), own.allocations) << summary;
  // A free whose allocation was dropped is told as unrecorded. One that was dropped itself leaves its block
  // live, or closed as a lost free once the address is handed out again.
  const long frees =
      allocations - live - number("lostFrees") + number("unrecordedFrees") + number("droppedFrees");
  // What a thread wrote last may be the begin of a realloc, whose end was dropped: then the block stays live.
  const long threads = number("droppedEvents") == 0 ? 0 : number("threads");
  EXPECT_LE(frees, own.frees) << summary;
  EXPECT_GE(frees, own.frees - threads) << summary;
}

}  // namespace heaptap::test
