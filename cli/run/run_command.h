// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/check/check_options.h"
#include "cli/run/recording.h"

namespace heaptap::cli {

struct RunOptions {
  std::vector<std::string> command;
  RecordingOptions recording;
  std::uint64_t minAllocations = 0;  ///< Sessions with fewer are removed, but for the one that -o names.
  std::string addressFile;           ///< Where the record can be watched is written there; empty: nowhere.
  bool quiet = false;                ///< No status line and no summary; warnings and errors still show.
  bool check = false;                ///< The sessions are judged afterwards, …
  GateOptions gate;                  ///< … by this.
};

/// `heaptap run`: records COMMAND, which sees nothing of it: standard streams, signals and exit status pass
/// through. Everything of heaptap's own goes to standard error.
/// Returns COMMAND's exit status in the form of the shell, or 125 to 127 when it was not started. With
/// `check`, kExitGateFailed where COMMAND's is 0 and a session is not as it should be.
[[nodiscard]] int runCommand(const RunOptions& options);

}  // namespace heaptap::cli
