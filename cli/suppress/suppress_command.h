// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "cli/leak_rules.h"

namespace heaptap::cli {

struct SuppressOptions {
  std::string session;  ///< A path, or with `collector` an id or its prefix.
  std::optional<std::string> collector;
  std::string format = "lsan";
  std::string output;  ///< Empty or `-`: standard output.
  bool force = false;
  std::string heap;                 ///< Empty: malloc's.
  SuppressionOptions suppressions;  ///< What they leave out needs no further suppression.
  bool isQuiet = false;             ///< No progress line.
};

/// `heaptap suppress`: writes suppressions for what a session has leaked; returns the exit status.
[[nodiscard]] int suppressCommand(const SuppressOptions& options);

}  // namespace heaptap::cli
