// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/error.h"
#include "cli/terminal/terminal.h"
#include "cli/top/row_selection.h"

namespace heaptap::cli {

struct TopOptions {
  std::string target;  ///< A session file, a process id, or with `collector` a session's id.
  std::optional<std::string> collector;
  std::string heap;  ///< Empty: malloc's.
  TopOrder order = TopOrder::Live;
  std::string filter;
  std::chrono::milliseconds interval{1000};
  std::optional<std::uint64_t> rounds;  ///< On no screen, so many times. None: a screen, if there is one.
  std::uint64_t top = 20;               ///< Call sites in each round; 0: all.
  ColourChoice colour = ColourChoice::Auto;
};

/// `heaptap top`: a screen on a terminal, else text. Returns the exit status.
[[nodiscard]] int topCommand(const TopOptions& options);

/// Shows the session on the terminal until its reader quits.
/// Errors: of the session before it was seen; those of Screen::open().
[[nodiscard]] Result<void> showLive(const TopOptions& options);
/// Prints rounds on standard output: of a live session each some time after the one before.
/// Errors: of the session and of standard output.
[[nodiscard]] Result<void> printRounds(const TopOptions& options);

}  // namespace heaptap::cli
