// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::test {

/// A real heaptapd, with its sessions in a folder of its own.
class Daemon {
 public:
  Daemon();

  [[nodiscard]] const std::string& address() const { return m_address; }
  /// Waits until so many sessions are stored. Returns their files, by name.
  [[nodiscard]] std::vector<std::filesystem::path> waitForSessions(std::size_t count);

 private:
  [[nodiscard]] std::vector<std::filesystem::path> files() const;

  TemporaryFolder m_folder;
  std::string m_address;
  std::unique_ptr<ChildProcess> m_process;
};

/// Programs with the library preloaded by hand, and a relay folder of its own.
class PreloadedTest : public testing::Test {
 protected:
  using Environment = std::map<std::string, std::optional<std::string>>;

  /// Ends the relay, if one was started.
  ~PreloadedTest() override;

  /// The variables of a program that is recorded at `collector`, if any.
  [[nodiscard]] Environment preloaded(const std::string& collector = {}) const;
  /// Runs a program with them.
  [[nodiscard]] Outcome run(const std::vector<std::string>& argv, const Environment& environment) const;

  [[nodiscard]] std::filesystem::path relayFolder() const { return m_runtime / "heaptap"; }
  /// The process that listens at this user's relay socket; 0: none.
  [[nodiscard]] pid_t relay() const;

  TemporaryFolder m_runtime;
};

/// `heaptap report --json FILE`.
[[nodiscard]] nlohmann::json reportOf(const std::filesystem::path& session);

/// Blocks that are live at the end of the record, of the one site whose innermost function contains
/// `function`.
[[nodiscard]] std::int64_t blocksIn(const nlohmann::json& report, const std::string& function);

}  // namespace heaptap::test
