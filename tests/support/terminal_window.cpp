// SPDX-License-Identifier: Apache-2.0
#include "tests/support/terminal_window.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <thread>

namespace heaptap::test {
namespace {

constexpr std::chrono::seconds kPatience{30};
constexpr std::chrono::milliseconds kInterval{20};

}  // namespace

TerminalWindow::TerminalWindow(const Launch& launch, Size size) {
  m_folder.write("tmux.conf",
                 "set -g status off\nset -g remain-on-exit on\nset -g remain-on-exit-format ''\n"
                 "set -g escape-time 0\nset -g default-terminal tmux-256color\n");
  std::vector<std::string> arguments{
      "new-session", "-d", "-x", std::to_string(size.columns), "-y", std::to_string(size.rows)};
  if (!launch.folder.empty()) {
    arguments.emplace_back("-c");
    arguments.push_back(launch.folder);
  }
  // The environment of the server is that of this test.
  std::vector<std::string> command{"env"};
  for (const auto& [name, value] : launch.environment)
    if (!value) {
      command.emplace_back("-u");
      command.push_back(name);
    }
  for (const auto& [name, value] : launch.environment)
    if (value) command.push_back(name + "=" + *value);
  command.insert(command.end(), launch.argv.begin(), launch.argv.end());
  arguments.insert(arguments.end(), command.begin(), command.end());
  tmux(arguments);
}

TerminalWindow::~TerminalWindow() { tmux({"kill-server"}); }

std::string TerminalWindow::tmux(std::vector<std::string> arguments) const {
  std::vector<std::string> argv{"tmux", "-u", "-S", m_folder / "socket", "-f", m_folder / "tmux.conf"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  const Outcome outcome = runProcess({.argv = argv,
                                      .environment = {{"LC_ALL", "C.UTF-8"},
                                                      {"TMUX", std::nullopt},
                                                      {"NO_COLOR", std::nullopt},
                                                      {"CLICOLOR", std::nullopt},
                                                      {"CLICOLOR_FORCE", std::nullopt},
                                                      {"PAGER", std::nullopt},
                                                      {"HEAPTAP_PAGER", std::nullopt},
                                                      {"LESS", std::nullopt}}});
  EXPECT_EQ(outcome.status, 0) << arguments.front() << ": " << outcome.err;
  return outcome.out;
}

void TerminalWindow::type(std::string_view text) { tmux({"send-keys", "-l", "--", std::string(text)}); }

void TerminalWindow::press(const std::string& key) { tmux({"send-keys", key}); }

void TerminalWindow::resize(Size size) {
  tmux({"resize-window", "-x", std::to_string(size.columns), "-y", std::to_string(size.rows)});
}

std::string TerminalWindow::screen() const { return tmux({"capture-pane", "-p"}); }

std::string TerminalWindow::colouredScreen() const { return tmux({"capture-pane", "-p", "-e"}); }

pid_t TerminalWindow::pid() const {
  return std::atoi(tmux({"display-message", "-p", "#{pane_pid}"}).c_str());
}

std::string TerminalWindow::waitFor(std::string_view text) const { return waitUntil(true, text); }
std::string TerminalWindow::waitUntilGone(std::string_view text) const { return waitUntil(false, text); }

std::string TerminalWindow::waitUntil(bool isThere, std::string_view text) const {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (true) {
    std::string shown = screen();
    if ((shown.find(text) != std::string::npos) == isThere) return shown;
    if (std::chrono::steady_clock::now() > deadline) {
      ADD_FAILURE() << (isThere ? "never shown: " : "never gone: ") << text << "\n" << shown;
      return shown;
    }
    std::this_thread::sleep_for(kInterval);
  }
}

}  // namespace heaptap::test
