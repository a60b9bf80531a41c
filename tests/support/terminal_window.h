// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::test {

/// A program in a real terminal of its own: tmux, which interprets what the program writes, and types. The
/// window stays when the program has ended.
/// Owns:    the terminal and what runs in it. Threads: one.
/// Errors:  what cannot be done fails the test.
class TerminalWindow {
 public:
  struct Size {
    int columns = 80;
    int rows = 24;
  };
  TerminalWindow(const Launch& launch, Size size);
  ~TerminalWindow();
  TerminalWindow(const TerminalWindow&) = delete;
  TerminalWindow& operator=(const TerminalWindow&) = delete;

  /// Types a text, letter by letter.
  void type(std::string_view text);
  /// Presses a key by tmux's name for it: Enter, Escape, Down, C-c.
  void press(const std::string& key);
  void resize(Size size);

  /// What is to be seen, a line each, without blanks at the ends of lines.
  [[nodiscard]] std::string screen() const;
  /// The same with the escape sequences of colours and weights.
  [[nodiscard]] std::string colouredScreen() const;
  /// Waits until the screen has the text; fails the test when it does not come. Returns the screen.
  std::string waitFor(std::string_view text) const;
  /// Waits until the screen does not have the text any more.
  std::string waitUntilGone(std::string_view text) const;
  /// The process that was started.
  [[nodiscard]] pid_t pid() const;

 private:
  std::string tmux(std::vector<std::string> arguments) const;
  std::string waitUntil(bool isThere, std::string_view text) const;

  TemporaryFolder m_folder;
};

}  // namespace heaptap::test
