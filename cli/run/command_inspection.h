// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"

namespace heaptap::cli {

/// A command that can be started and traced.
struct InspectedCommand {
  std::filesystem::path file;         ///< What execve gets.
  std::vector<std::string> argv;      ///< As given, or `/bin/sh FILE …` for a script without `#!`.
  std::string name;                   ///< For file names: the last part of what was typed.
  std::vector<std::string> warnings;  ///< One line each.
};

/// Finds COMMAND as execvp(3) would, and tells before anything is started whether it can run with a
/// preloaded library: follows `#!` lines to the program that will really run and reads its ELF headers.
/// Nothing in the file is trusted.
/// Errors: NotFound; CannotExecute: a folder, no permission, damaged, made for another machine, its
///         interpreter or loader missing; CannotTrace: static, set-uid, file capabilities, not glibc.
[[nodiscard]] Result<InspectedCommand> inspectCommand(const std::vector<std::string>& argv);

}  // namespace heaptap::cli
