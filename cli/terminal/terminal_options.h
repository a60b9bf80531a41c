// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>
#include <memory>

#include "cli/terminal/pager.h"
#include "cli/terminal/terminal.h"

namespace heaptap::cli {

/// How a report is shown.
struct Display {
  ColourChoice colour = ColourChoice::Auto;
  bool noPager = false;
  bool isQuiet = false;  ///< No progress line.

  /// The pager of standard output; null: none.
  [[nodiscard]] std::unique_ptr<Pager> pager() const { return noPager ? nullptr : Pager::ofTerminal(); }
  /// The tones of standard output.
  [[nodiscard]] Paint paint() const;
};

/// `--color WHEN` and `--no-color`.
void addColour(CLI::App& app, ColourChoice& colour);
/// `-q`: no progress line.
void addQuiet(CLI::App& app, bool& isQuiet);
/// All of them, and `--no-pager`.
void addDisplay(CLI::App& app, Display& display);

}  // namespace heaptap::cli
