// SPDX-License-Identifier: Apache-2.0
#include "cli/message.h"

#include <unistd.h>

#include <string>
#include <utility>

#include "cli/documents.h"
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

void printError(const Error& error) {
  // Only what heaptap itself advises; the rest may be names of the reader's own.
  Error shown = error;
  shown.remedy = withDocuments(std::move(shown.remedy));
  printLine("heaptap: " + printable(shown.line()) + "\n");
}

void printWarning(std::string_view text) { printLine("heaptap: warning: " + printable(text) + "\n"); }

void printNote(std::string_view text) { printLine("heaptap: " + printable(text) + "\n"); }

}  // namespace heaptap::cli
