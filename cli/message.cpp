// SPDX-License-Identifier: Apache-2.0
#include "cli/message.h"

#include <unistd.h>

#include <string>

#include "cli/terminal/progress.h"
#include "text/printable.h"

namespace heaptap::cli {
namespace {

/// With one write, so that the line stays whole among those of COMMAND.
void printLine(const std::string& line) {
  Progress::giveWay();
  (void)!write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace

void printError(const Error& error) { printLine("heaptap: " + printable(error.line()) + "\n"); }

void printWarning(std::string_view text) { printLine("heaptap: warning: " + printable(text) + "\n"); }

void printNote(std::string_view text) { printLine("heaptap: " + printable(text) + "\n"); }

}  // namespace heaptap::cli
