// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "text/paint.h"

/// What the program's terminal can do, and what its user wants of it.
namespace heaptap::cli {

/// `--color WHEN`. Auto: where it is a terminal, and the environment has nothing against it.
enum class ColourChoice : std::uint8_t { Auto, Always, Never };

/// Whether what is written to `descriptor` gets colours. NO_COLOR (https://no-color.org) forbids them,
/// CLICOLOR_FORCE (http://bixense.com/clicolors) asks for them also in a pipe, TERM=dumb has none; the choice
/// on the command line comes before all of these.
[[nodiscard]] bool hasColours(ColourChoice choice, int descriptor);
[[nodiscard]] Paint paintFor(ColourChoice choice, int descriptor);

/// A terminal that understands more than lines.
[[nodiscard]] bool isTerminal(int descriptor);
/// Whether this process is in the terminal's foreground. In the background, drawing would stop the whole job
/// (SIGTTOU), or scribble over the user's editor.
[[nodiscard]] bool isInForeground(int descriptor);

struct TerminalSize {
  std::size_t rows = 24;
  std::size_t columns = 80;
};
/// As the kernel knows it; what is not known is as usual.
[[nodiscard]] TerminalSize terminalSize(int descriptor);

}  // namespace heaptap::cli
