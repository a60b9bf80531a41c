// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"

namespace heaptap::cli {

/// One thing that was looked at.
struct Check {
  enum class Verdict { Good, Note, Problem };
  Verdict verdict = Verdict::Good;
  std::string what;    ///< A sentence without a full stop.
  std::string remedy;  ///< What to do; empty: nothing.
};

/// Whether heaptap can work here: installation, kernel, clock, limits, space. Starts nothing of heaptap's.
[[nodiscard]] std::vector<Check> checkMachine();

/// Whether a program can be recorded, and how good its names will be. `file`: as inspectCommand() has found
/// it.
[[nodiscard]] std::vector<Check> checkProgram(const std::filesystem::path& file);

/// What a program prints that ends by itself; standard error is not wanted. Nothing of it is run by a shell.
/// Errors: CannotExecute.
[[nodiscard]] Result<std::string> outputOf(const std::vector<std::string>& argv);

}  // namespace heaptap::cli
