// SPDX-License-Identifier: Apache-2.0
#include "cli/top/fault_restoration.h"

#include <termios.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string_view>

namespace heaptap::cli {
namespace {

constexpr std::array kFaults{SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGTRAP, SIGSYS};

struct Before {
  termios terminal{};
  bool isKnown = false;
  std::array<struct sigaction, kFaults.size()> actions{};
};
Before g_terminalBefore;

/// Async-signal-safe. The other screen of xterm and its many heirs is left, the cursor shown, attributes
/// reset; terminals without these ignore them.
void restore(int number) {
  static constexpr std::string_view kLeave = "\033[?1049l\033[?25h\033[0m\r\n";
  (void)!write(STDOUT_FILENO, kLeave.data(), kLeave.size());
  if (g_terminalBefore.isKnown) tcsetattr(STDOUT_FILENO, TCSANOW, &g_terminalBefore.terminal);
  // The action is the default one again (SA_RESETHAND), and the signal comes when the handler has returned.
  raise(number);
}

}  // namespace

void watchFaults() {
  g_terminalBefore.isKnown = tcgetattr(STDOUT_FILENO, &g_terminalBefore.terminal) == 0;
  struct sigaction action {};
  action.sa_handler = restore;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (std::size_t i = 0; i < kFaults.size(); ++i)
    sigaction(kFaults[i], &action, &g_terminalBefore.actions[i]);
}

void forgetFaults() {
  for (std::size_t i = 0; i < kFaults.size(); ++i)
    sigaction(kFaults[i], &g_terminalBefore.actions[i], nullptr);
}

}  // namespace heaptap::cli
