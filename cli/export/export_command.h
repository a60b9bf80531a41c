// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "cli/leak_rules.h"
#include "cli/time_options.h"

namespace heaptap::cli {

struct ExportOptions {
  std::string session;  ///< A path, or with `collector` an id or its prefix.
  std::optional<std::string> collector;
  std::string format;  ///< Empty: by the output's name.
  std::string output;  ///< Empty or `-`: standard output.
  std::string cost;    ///< Empty: the format's usual one.
  TimeOptions times;
  std::string heap;  ///< Empty: malloc's.
  SuppressionOptions suppressions;
  bool isQuiet = false;  ///< No progress line.
};

/// `heaptap export`: returns the exit status.
[[nodiscard]] int exportCommand(const ExportOptions& options);

/// What `heaptap export --help` shows below the options: the formats, and examples.
[[nodiscard]] std::string exportHelp();

}  // namespace heaptap::cli
