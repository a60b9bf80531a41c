// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analysis/suppressions/suppressions.h"
#include "base/error.h"

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

/// Reads the files, each of at most 16 MiB; `-` is standard input.
/// Errors: NotFound, NotPermitted; Usage for what is no suppression, with line and column.
[[nodiscard]] Result<analysis::Suppressions> readSuppressions(const SuppressionOptions& options);

}  // namespace heaptap::cli
