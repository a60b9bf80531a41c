// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace heaptap::test {

/// How to start a process: the environment is the test's own with `environment` laid over it (nullopt
/// removes a variable).
struct Launch {
  std::vector<std::string> argv;
  std::map<std::string, std::optional<std::string>> environment = {};
  std::filesystem::path folder = {};  ///< Working folder; empty: the test's own.
};

/// What a process left behind.
struct Outcome {
  int status = 0;  ///< As a shell shows it: the exit status, or 128 + N for signal N.
  std::string out;
  std::string err;
};

/// A running process with all three standard streams connected to the test.
/// Owns:    the process; the destructor kills it if it still runs.
/// Threads: one.
/// Errors:  throws std::system_error, which fails the test.
class ChildProcess {
 public:
  explicit ChildProcess(const Launch& launch);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  [[nodiscard]] pid_t pid() const { return m_pid; }
  /// Queues text for standard input; it is written while output is read.
  void writeInput(std::string_view text) { m_input += text; }
  /// Closes standard input once what is queued is written; finish() does so too.
  void closeInput();
  void signal(int number) const;

  /// What it has said on standard output, as far as it was read.
  [[nodiscard]] const std::string& output() const { return m_outcome.out; }
  /// Reads standard output until it contains `text`; false when the process closed it before.
  [[nodiscard]] bool waitForOutput(std::string_view text);
  [[nodiscard]] bool waitForError(std::string_view text);

  /// Reads both streams to their ends, then waits for the process. The input is closed
  /// after what is queued.
  [[nodiscard]] Outcome finish();

 private:
  bool readUntil(const std::string& stream, std::string_view text);
  bool exchange();
  void writeSome();

  pid_t m_pid = -1;
  int m_in = -1;
  int m_out = -1;
  int m_err = -1;
  std::string m_input;
  bool m_inputEnds = false;
  Outcome m_outcome;
};

/// Runs a process to its end.
[[nodiscard]] Outcome runProcess(const Launch& launch, std::string_view input = {});

}  // namespace heaptap::test
