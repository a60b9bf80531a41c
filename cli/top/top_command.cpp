// SPDX-License-Identifier: Apache-2.0
#include "cli/top/top_command.h"

#include <unistd.h>

#include "cli/exit_code.h"
#include "cli/message.h"

namespace heaptap::cli {

int topCommand(const TopOptions& options) {
  const bool hasScreen = !options.rounds && isatty(STDOUT_FILENO) == 1;
  const Result<void> done = hasScreen ? showLive(options) : printRounds(options);
  if (done) return kExitOk;
  printError(done.error());
  return exitCodeFor(done.error().code);
}

}  // namespace heaptap::cli
