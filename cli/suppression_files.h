// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analysis/suppressions/suppressions.h"
#include "base/error.h"
#include "client/profile.h"

namespace heaptap::cli {

/// What the command line says about suppressions.
struct SuppressionOptions {
  std::vector<std::string> files;
  bool noBuiltIn = false;
};

[[nodiscard]] inline analysis::Suppressions::BuiltIn builtInOf(const SuppressionOptions& options) {
  using BuiltIn = analysis::Suppressions::BuiltIn;
  return options.noBuiltIn ? BuiltIn::Leave : BuiltIn::Use;
}

/// Adds the suppressions that are built into the program of a profile (`__lsan_default_suppressions`), where
/// its file is on this machine. What is wrong with them is a warning on standard error.
void addEmbedded(const client::Profile& profile, analysis::Suppressions& suppressions);

/// Reads the files, each of at most 16 MiB; `-` is standard input.
/// Errors: NotFound, NotPermitted; Usage for what is no suppression, with line and column.
[[nodiscard]] Result<analysis::Suppressions> readSuppressions(const SuppressionOptions& options);

}  // namespace heaptap::cli
