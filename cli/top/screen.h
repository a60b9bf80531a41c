// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/error.h"
#include "cli/top/top_controls.h"
#include "cli/top/top_layout.h"

namespace heaptap::cli {

/// The terminal as a screen of lines (ncurses). There is one at a time; it is restored by the destructor, and
/// where the process dies of a fault of its own. Signals are left to the owner, who has them blocked.
/// Threads: one.
class Screen {
 public:
  /// `hasColours`: false: weight and underlining only.
  /// Errors: Usage: the terminal is unknown, or cannot place its cursor; NotPermitted: nothing to read keys
  /// from.
  [[nodiscard]] static Result<std::unique_ptr<Screen>> open(bool hasColours);
  ~Screen();
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  [[nodiscard]] TopSize size() const;
  /// The terminal has another size, or somebody else has written on it.
  void resize();
  void draw(const std::vector<TopLine>& lines);

  /// Where keys come from, for poll.
  [[nodiscard]] int descriptor() const;
  /// The next one that was pressed; none: no more for now. Never blocks.
  [[nodiscard]] std::optional<TopKey> key();

  /// Gives the terminal back until resize().
  void leave();

 private:
  struct Terminal;
  explicit Screen(std::unique_ptr<Terminal> terminal);
  void drawLine(int row, const TopLine& line, int columns);

  std::unique_ptr<Terminal> m_terminal;
};

}  // namespace heaptap::cli
