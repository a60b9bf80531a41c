// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/leak_rules.h"
#include "cli/terminal/terminal.h"

namespace heaptap::cli {

/// What sessions are judged by, and how the verdict is written. Of `heaptap check`, and of `heaptap run
/// --check`.
struct GateOptions {
  std::string policy;                  ///< File; empty: none.
  std::vector<std::string> baselines;  ///< Sessions, or files that --write-baseline has made.
  std::string writeBaseline;           ///< File; empty: none is written.
  SuppressionOptions suppressions;
  std::vector<std::string> formats;  ///< `FORMAT` or `FORMAT=FILE`; none: text.
  bool isQuiet = false;              ///< No progress line.
  ColourChoice colour = ColourChoice::Auto;
  std::string root;  ///< Folder that paths are relative to; empty: the current one.
};

struct CheckOptions {
  std::vector<std::string> sessions;
  std::optional<std::string> collector;
  GateOptions gate;
};

}  // namespace heaptap::cli
