// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace heaptap::cli {
namespace {

/// Empty: not set, which is the same as empty to all who read these variables.
std::string_view terminalVariable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

}  // namespace

bool isTerminal(int descriptor) {
  const std::string_view name = terminalVariable("TERM");
  return isatty(descriptor) == 1 && name != "dumb" && !name.empty();
}

bool isInForeground(int descriptor) { return tcgetpgrp(descriptor) == getpgrp(); }

bool hasColours(ColourChoice choice, int descriptor) {
  if (choice != ColourChoice::Auto) return choice == ColourChoice::Always;
  if (!terminalVariable("NO_COLOR").empty()) return false;
  if (const std::string_view force = terminalVariable("CLICOLOR_FORCE"); !force.empty() && force != "0")
    return true;
  return terminalVariable("CLICOLOR") != "0" && isTerminal(descriptor);
}

Paint paintFor(ColourChoice choice, int descriptor) {
  return hasColours(choice, descriptor) ? Paint::forTerminal() : Paint();
}

TerminalSize terminalSize(int descriptor) {
  TerminalSize size;
  winsize known{};
  if (ioctl(descriptor, TIOCGWINSZ, &known) != 0) return size;
  if (known.ws_row > 0) size.rows = known.ws_row;
  if (known.ws_col > 0) size.columns = known.ws_col;
  return size;
}

}  // namespace heaptap::cli
