// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::test {

/// `heaptap run` of a program that takes turns with the test: it speaks on standard output and waits for
/// lines on standard input. Threads: one.
class LiveRecording {
 public:
  /// `options`: of `heaptap run`, besides -q and the output's name.
  explicit LiveRecording(const std::vector<std::string>& argv, const std::vector<std::string>& options = {});

  /// Waits until the program has said `text`; fails the test when it ends before.
  void waitFor(std::string_view text);
  void tell(std::string_view line);
  /// Waits for the end of the run.
  [[nodiscard]] Outcome finish();

  /// The last line of the program's that begins with `prefix`, as far as was read; else empty.
  [[nodiscard]] std::string saidLast(std::string_view prefix) const;
  /// The program's process, found by its command line.
  [[nodiscard]] pid_t command(std::string_view program) const;
  /// The relay's process.
  [[nodiscard]] pid_t relay() const;
  [[nodiscard]] const std::filesystem::path& folder() const { return m_folder.path(); }
  [[nodiscard]] std::filesystem::path file() const { return m_folder / "recording.heaptap"; }

 private:
  TemporaryFolder m_folder;
  ChildProcess m_run;
};

}  // namespace heaptap::test
