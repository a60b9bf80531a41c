// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::test {

/// A session of the program `answers`, recorded anew, to be asked by the program `heaptap`.
class QuerySession {
 public:
  QuerySession() {
    const Outcome recorded = runProcess({.argv = {HEAPTAP_COMMAND, "run", "-q", "--free-stacks", "-o", file(),
                                                  "--", std::string(RECORDED_PROGRAMS) + "/answers"}});
    EXPECT_EQ(recorded.status, 0) << recorded.err;
  }

  [[nodiscard]] std::string file() const { return (m_folder / "answers.heaptap").string(); }
  [[nodiscard]] const std::filesystem::path& folder() const { return m_folder.path(); }
  [[nodiscard]] Launch launch(std::vector<std::string> arguments) const {
    std::vector<std::string> argv{HEAPTAP_COMMAND, "query", file()};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    return {.argv = std::move(argv), .folder = m_folder.path()};
  }
  [[nodiscard]] Outcome query(std::vector<std::string> arguments, std::string_view input = {}) const {
    return runProcess(launch(std::move(arguments)), input);
  }

 private:
  TemporaryFolder m_folder;
};

}  // namespace heaptap::test
