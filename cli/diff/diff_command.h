// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/terminal/terminal_options.h"

namespace heaptap::cli {

/// What rows of a comparison stand for.
enum class DiffRows : std::uint8_t { Both, Functions, Sites };

struct DiffOptions {
  std::vector<std::string>
      sessions;  ///< One, with times; or the one before and the one after: each may be SESSION@TIME.
  std::vector<std::string> before;  ///< In place of these: several runs of each side.
  std::vector<std::string> after;
  std::optional<std::string> collector;
  std::vector<std::string> times;  ///< Of one session: two moments, or one and the end; of two: of each.
  std::string cost = "leaked";
  std::string heap;  ///< Empty: malloc's.
  DiffRows rows = DiffRows::Both;
  std::string format;  ///< Empty: by the output's name, or text.
  std::string output;  ///< Empty or `-`: standard output.
  bool fullNames = false;
  bool allFrames = false;  ///< Of text: frames of runtimes and the middle of long stacks too.
  Display display;
  std::optional<std::uint64_t> top;  ///< Rows in each list; 0: all.
};

/// `heaptap diff`: returns the exit status.
[[nodiscard]] int diffCommand(const DiffOptions& options);

}  // namespace heaptap::cli
