// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "cli/manual/command_text.h"

/// What shells read to complete a command line of heaptap, made from its help.
namespace heaptap::cli {

/// The program, and each command that its help lists.
struct CompletedProgram {
  CommandText program;
  std::vector<CommandText> commands;
};

[[nodiscard]] std::string bashCompletion(const CompletedProgram& all);
[[nodiscard]] std::string zshCompletion(const CompletedProgram& all);
[[nodiscard]] std::string fishCompletion(const CompletedProgram& all);

/// The argument of a command; null: it takes none.
[[nodiscard]] const OptionText* argumentOf(const CommandText& command);

/// Words with blanks between.
[[nodiscard]] std::string joined(const std::vector<std::string>& words, const char* separator = " ");

}  // namespace heaptap::cli
