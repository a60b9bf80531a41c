// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <array>
#include <csignal>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/unique_fd.h"

namespace heaptap::cli {

/// Standard output where it is a terminal: what has more lines than the screen goes through the user's pager.
///
///     HEAPTAP_PAGER, PAGER   a command line for the shell; empty or `cat`: no pager
///     neither                less -FRX, where it is installed
///
/// A pager that cannot start loses nothing: then the text is printed. One that is left early ends the text.
/// Owns: the pager's process, which finish() and the destructor wait for. Threads: one.
class Pager {
 public:
  /// None: standard output is no terminal, or the user wants no pager.
  [[nodiscard]] static std::unique_ptr<Pager> ofTerminal();
  ~Pager() { (void)finish(); }
  Pager(const Pager&) = delete;
  Pager& operator=(const Pager&) = delete;

  void write(std::string_view text);
  /// The reader has left the pager: nothing more is wanted.
  [[nodiscard]] bool isLeft() const { return m_isLeft; }
  /// All is written; waits for the reader. Returns an errno, or 0.
  [[nodiscard]] int finish();

 private:
  explicit Pager(std::string command);
  void countLines(std::string_view text);
  void start();
  void feed(std::string_view text);

  std::string m_command;
  std::size_t m_rows;
  std::size_t m_columns;
  std::size_t m_usedRows = 0;
  std::size_t m_column = 0;
  bool m_inEscape = false;
  /// Before the pager starts, all; then what it may not have read yet, so that it can be printed after all.
  std::optional<std::string> m_kept = std::string();
  pid_t m_process = -1;
  UniqueFd m_pipe;
  bool m_isLeft = false;
  bool m_isFinished = false;
  std::array<struct sigaction, 3> m_before{};
};

}  // namespace heaptap::cli
