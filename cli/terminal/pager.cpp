// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal/pager.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "cli/terminal/terminal.h"

namespace heaptap::cli {
namespace {

constexpr const char* kUsual = "less -FRX";
constexpr std::size_t kMostKept = 4 << 20;  ///< Far more than fits into the pipe: a pager that fails to start
                                            ///< has read less.

/// The terminal sends the first two to the pager too, which knows what they mean to it; a pager that is left
/// early is no reason to die.
constexpr std::array kIgnored{SIGINT, SIGQUIT, SIGPIPE};

bool isPagerInstalled(const std::string& program) {
  const char* const path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const std::string_view folder = rest.substr(0, rest.find(':'));
    if (access((std::string(folder) + "/" + program).c_str(), X_OK) == 0) return true;
    rest.remove_prefix(std::min(rest.size(), folder.size() + 1));
  }
  return false;
}

std::string chosenCommand() {
  for (const char* const name : {"HEAPTAP_PAGER", "PAGER"})
    if (const char* const value = std::getenv(name)) return std::string(value) == "cat" ? "" : value;
  return isPagerInstalled("less") ? kUsual : "";
}

/// As git does: a pager that takes its options from there shows colours, and leaves what it has shown.
std::vector<std::string> environmentForPager() {
  std::vector<std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) variables.emplace_back(*entry);
  if (std::getenv("LESS") == nullptr) variables.emplace_back("LESS=FRX");
  if (std::getenv("LV") == nullptr) variables.emplace_back("LV=-c");
  return variables;
}

std::vector<char*> pagerPointers(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (std::string& text : strings) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

std::unique_ptr<Pager> Pager::ofTerminal() {
  if (!isTerminal(STDOUT_FILENO) || !isInForeground(STDOUT_FILENO)) return nullptr;
  std::string command = chosenCommand();
  return command.empty() ? nullptr : std::unique_ptr<Pager>(new Pager(std::move(command)));
}

Pager::Pager(std::string command) : m_command(std::move(command)) {
  const TerminalSize size = terminalSize(STDOUT_FILENO);
  m_rows = size.rows;
  m_columns = size.columns;
}

void Pager::countLines(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (m_inEscape) {
      m_inEscape = c != 'm';
    } else if (c == '\033') {
      m_inEscape = true;
    } else if (c == '\n') {
      ++m_usedRows;
      m_column = 0;
    } else if ((byte & 0xC0) != 0x80 && ++m_column > m_columns) {
      ++m_usedRows;
      m_column = 1;
    }
  }
}

void Pager::write(std::string_view text) {
  if (m_kept) *m_kept += text;
  if (m_process > 0) return feed(text);
  if (!m_command.empty()) countLines(text);
  // One row is the shell's.
  if (m_usedRows >= m_rows) start();
}

void Pager::start() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return m_command.clear();
  UniqueFd input(ends[0]);
  UniqueFd output(ends[1]);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input.get(), STDIN_FILENO);
  std::vector<std::string> arguments{"sh", "-c", m_command};
  std::vector<std::string> environment = environmentForPager();
  pid_t process = -1;
  const int error = posix_spawn(&process, "/bin/sh", &actions, nullptr, pagerPointers(arguments).data(),
                                pagerPointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  m_command.clear();
  m_usedRows = 0;
  if (error != 0) return;
  // After the start, so that the pager has them as they were.
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  for (std::size_t i = 0; i < kIgnored.size(); ++i) sigaction(kIgnored[i], &ignore, &m_before[i]);
  m_process = process;
  m_pipe = std::move(output);
  const std::string all = *m_kept;
  feed(all);
}

void Pager::feed(std::string_view text) {
  while (!m_isLeft && !text.empty()) {
    const ssize_t written = ::write(m_pipe.get(), text.data(), text.size());
    if (written >= 0)
      text.remove_prefix(static_cast<std::size_t>(written));
    else if (errno != EINTR)
      m_isLeft = true;
  }
  if (m_kept && m_kept->size() > kMostKept) m_kept.reset();
}

int Pager::finish() {
  if (std::exchange(m_isFinished, true)) return 0;
  bool isShown = false;
  if (m_process > 0) {
    m_pipe.reset();
    int status = 0;
    while (waitpid(m_process, &status, 0) < 0 && errno == EINTR) continue;
    for (std::size_t i = 0; i < kIgnored.size(); ++i) sigaction(kIgnored[i], &m_before[i], nullptr);
    // The shell's words for a command that it has not found, or cannot run.
    constexpr int kCannotRun = 126;
    isShown = !WIFEXITED(status) || WEXITSTATUS(status) < kCannotRun;
  }
  if (isShown || !m_kept) return 0;
  const bool isWritten =
      std::fwrite(m_kept->data(), 1, m_kept->size(), stdout) == m_kept->size() && std::fflush(stdout) == 0;
  return isWritten ? 0 : errno;
}

}  // namespace heaptap::cli
