// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/preloaded.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <thread>

#include "tests/support/spelled_out.h"

namespace heaptap::test {
namespace fs = std::filesystem;

Daemon::Daemon() : m_address("unix:" + (m_folder / "collector.sock").string()) {
  m_process = std::make_unique<ChildProcess>(
      Launch{.argv = {HEAPTAPD, "--listen", m_address, "--data", (m_folder / "sessions").string()},
             .environment = {{"LD_PRELOAD", std::nullopt}}});
  EXPECT_TRUE(m_process->waitForOutput("listening"));
}

std::vector<fs::path> Daemon::files() const {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(m_folder / "sessions"))
    if (entry.path().extension() == ".heaptap") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<fs::path> Daemon::waitForSessions(std::size_t count) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (files().size() < count && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  const auto all = files();
  EXPECT_EQ(all.size(), count);
  for (const fs::path& file : all) EXPECT_TRUE(m_process->waitForError("stored " + file.string())) << file;
  return all;
}

PreloadedTest::~PreloadedTest() {
  for (pid_t pid = relay(); pid != 0; pid = relay()) {
    kill(pid, SIGKILL);  // Its collector is gone, and it would wait for that.
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

PreloadedTest::Environment PreloadedTest::preloaded(const std::string& collector) const {
  Environment environment{{"LD_PRELOAD", HEAPTAP_PRELOAD},
                          {"XDG_RUNTIME_DIR", m_runtime.path().string()},
                          {"HEAPTAP_VERBOSE", "1"},
                          {"HEAPTAP_RELAY", std::nullopt},
                          {"HEAPTAP_COLLECTOR", std::nullopt}};
  if (!collector.empty()) environment["HEAPTAP_COLLECTOR"] = collector;
  return environment;
}

Outcome PreloadedTest::run(const std::vector<std::string>& argv, const Environment& environment) const {
  return runProcess({.argv = argv, .environment = environment, .folder = m_runtime.path()});
}

pid_t PreloadedTest::relay() const {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = relayFolder() / "relay.sock";
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ucred peer{};
  socklen_t size = sizeof peer;
  if (connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
    getsockopt(probe, SOL_SOCKET, SO_PEERCRED, &peer, &size);
  close(probe);
  return peer.pid;
}

nlohmann::json reportOf(const fs::path& session) {
  const Outcome report = runProcess({.argv = {HEAPTAP_COMMAND, "report", "--json", session.string()},
                                     .environment = {{"LD_PRELOAD", std::nullopt}}});
  EXPECT_EQ(report.status, 0) << report.err;
  // What was counted beside the program is what its events say.
  const Outcome verified = runProcess({.argv = {HEAPTAP_COMMAND, "verify", "-q", session.string()},
                                       .environment = {{"LD_PRELOAD", std::nullopt}}});
  EXPECT_EQ(verified.status, 0) << verified.out << verified.err;
  return reportIn(report.out);
}

std::int64_t blocksIn(const nlohmann::json& report, const std::string& function) {
  std::int64_t blocks = -1;
  for (const auto& site : report.at("sites")) {
    const auto& stack = site.at("stack");
    if (stack.empty() || !stack[0].at("function").is_string()) continue;
    if (stack[0]["function"].get<std::string>().find(function) == std::string::npos) continue;
    EXPECT_EQ(blocks, -1) << "several sites in " << function;
    blocks = site.at("blocks").get<std::int64_t>();
  }
  return blocks;
}

}  // namespace heaptap::test
