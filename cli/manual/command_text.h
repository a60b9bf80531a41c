// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

namespace heaptap::cli {

/// One option or argument, as its help shows it.
struct OptionText {
  std::vector<std::string> names;  ///< With their dashes, short ones first; of an argument one without.
  std::string value;               ///< What it takes, `FILE`; empty: a flag, or an argument.
  std::string about;
  bool isArgument = false;
  bool isRequired = false;
  bool repeats = false;
};

/// One command, for what is made of its help: manual pages and completions. A value.
struct CommandText {
  std::string name;   ///< `run`; of the program itself `heaptap`.
  std::string about;  ///< In a line.
  std::vector<OptionText> options;
  std::string notes;  ///< Behind the options in its help: paragraphs, then `Examples:` with a line each.
};

/// What the parser of a command has been told.
[[nodiscard]] CommandText textOf(const CLI::App& app);

/// The commands that the program's help lists, in its order.
[[nodiscard]] std::vector<CommandText> commandsOf(const CLI::App& program);

}  // namespace heaptap::cli
