// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "tests/e2e/own_counts.h"
#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::test {

/// A heaptapd with a folder and a Unix socket of its own, which can die and be started again.
class Daemon {
 public:
  explicit Daemon(std::vector<std::string> options = {}, std::string limits = {});

  /// Starts it and waits until it listens.
  void start();
  /// As `kill -9` does.
  void kill();
  /// Ends it in order; what it said and how it ended. Fails unless the numbers of all sessions are those of
  /// their events.
  Outcome stop();
  /// Reads what it says until it says `text`.
  [[nodiscard]] bool says(std::string_view text) { return m_process->waitForError(text); }

  [[nodiscard]] const std::string& address() const { return m_address; }
  [[nodiscard]] std::string socketPath() const { return m_folder / "socket"; }
  [[nodiscard]] std::filesystem::path sessions() const { return m_folder / "data"; }

  /// What records a command on this daemon.
  [[nodiscard]] Launch recording(const std::vector<std::string>& command,
                                 const std::vector<std::string>& options = {}) const;
  /// The ids of the sessions that it has.
  [[nodiscard]] std::set<std::string> list() const;
  /// The whole report of a session, as JSON.
  [[nodiscard]] nlohmann::json report(const std::string& session) const;
  /// The same once the session is not live any more.
  [[nodiscard]] nlohmann::json finalReport(const std::string& session) const;

 private:
  TemporaryFolder m_folder;
  std::string m_address = "unix:" + (m_folder / "socket").string();
  std::vector<std::string> m_argv;
  std::unique_ptr<ChildProcess> m_process;
};

}  // namespace heaptap::test
