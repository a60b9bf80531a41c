// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/exit_code.h"

namespace heaptap::cli {

/// One command of the program: what it takes, and what it does. Used once.
class Subcommand {
 public:
  Subcommand() = default;
  Subcommand(const Subcommand&) = delete;
  Subcommand& operator=(const Subcommand&) = delete;
  virtual ~Subcommand() = default;

  /// Adds itself to the program's command line. `program` keeps addresses of this object.
  virtual CLI::App& declare(CLI::App& program) = 0;
  /// Takes those words behind the command's name that the parser must not see.
  virtual void takeWords(std::vector<std::string>&) {}
  /// After the command line was parsed. Returns the exit status.
  /// Throws: CLI::ParseError, where options do not go together.
  [[nodiscard]] virtual int run() = 0;

  /// What to do in place of an option that other commands have. Empty: nothing special.
  [[nodiscard]] virtual std::string_view insteadOf(std::string_view) const { return {}; }

  /// The exit status for a command line that is wrong.
  [[nodiscard]] virtual int usageStatus() const { return kExitUsage; }
};

/// All of them, in the order of the help. A new command is a folder of its own and a row there.
[[nodiscard]] std::vector<std::unique_ptr<Subcommand>> allSubcommands();

}  // namespace heaptap::cli
