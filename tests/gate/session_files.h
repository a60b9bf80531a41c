// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::test {

/// A folder of sessions, and the command that reads them.
class SessionFiles {
 public:
  /// Records a program into NAME.heaptap, and returns that file.
  std::string record(const std::string& name, const std::vector<std::string>& command,
                     const std::vector<std::string>& options = {}, std::string_view input = {}) const;
  /// `heaptap ARGUMENT…` in the folder.
  [[nodiscard]] Outcome heaptap(std::vector<std::string> arguments, std::string_view input = {}) const;
  /// What it prints, read as JSON; a failure unless it returns `status`.
  [[nodiscard]] nlohmann::json json(const std::vector<std::string>& arguments, int status = 0) const;

  [[nodiscard]] const TemporaryFolder& folder() const { return m_folder; }

 private:
  TemporaryFolder m_folder;
};

/// Path of one of the programs of tests/gate/targets.
[[nodiscard]] std::string gatedProgram(const std::string& name);
/// Whether such programs were built by this compiler, or in this way.
[[nodiscard]] bool isBuilt(const std::string& build);

}  // namespace heaptap::test
