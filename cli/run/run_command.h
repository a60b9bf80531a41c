// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/run/recording.h"

namespace heaptap::cli {

struct RunOptions {
  std::vector<std::string> command;
  RecordingOptions recording;
  std::uint64_t minAllocations = 0;  ///< Sessions with fewer are removed, but for the one that -o names.
  bool quiet = false;                ///< No status line and no summary; warnings and errors still show.
};

/// `heaptap run`: records COMMAND, which sees nothing of it: standard streams, signals and exit status pass
/// through. Everything of heaptap's own goes to standard error.
/// Returns COMMAND's exit status in the form of the shell, or 125 to 127 when it was not started.
[[nodiscard]] int runCommand(const RunOptions& options);

}  // namespace heaptap::cli
