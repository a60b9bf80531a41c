// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::test {

/// A folder with a program that was built in it, and the session s.heaptap of its run.
class LeakyProgram {
 public:
  /// `command`: a compiler and its options. A compiler that is missing fails the test.
  LeakyProgram(const std::string& source, const std::vector<std::string>& command,
               const std::string& extension = "cpp");

  /// `heaptap WORD…` in the folder.
  [[nodiscard]] Outcome heaptap(std::vector<std::string> words) const;
  /// What `heaptap report --json` says of the session.
  [[nodiscard]] nlohmann::json report(std::vector<std::string> options = {}) const;

  TemporaryFolder folder;
};

/// The leaks of a report as `FUNCTION BLOCKS`, functions without their parameters; without what is kept or
/// suppressed. Fails the test unless all groups add up to what is left.
[[nodiscard]] std::vector<std::string> leaksIn(const nlohmann::json& report);

/// The stack of the leak in a function, up to main, as `FUNCTION LINE`, and ` inlined` where it is; frames of
/// other source files than `file` are left out. Empty: there is no such leak.
[[nodiscard]] std::vector<std::string> stackOfLeak(const nlohmann::json& report, std::string_view function,
                                                   std::string_view file);

}  // namespace heaptap::test
