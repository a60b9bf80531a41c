// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace heaptap::cli {

struct CopyOptions {
  std::string file;      ///< What is read.
  std::string output;    ///< The session that is written.
  bool isQuiet = false;  ///< No progress line.
  bool force = false;    ///< It may replace a file.
};

/// `heaptap import`: a session of another profiler's file. Returns the exit status.
[[nodiscard]] int importCommand(const CopyOptions& options);

/// `heaptap anonymize`: a copy of a session with other names. Returns the exit status.
[[nodiscard]] int anonymizeCommand(const CopyOptions& options);

}  // namespace heaptap::cli
