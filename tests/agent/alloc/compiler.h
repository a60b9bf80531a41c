// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::test {

/// A compiler, with nothing but the headers of the library: as a user has them.
/// Owns: the folder that it works in.
class Compiler {
 public:
  explicit Compiler(std::string command) : m_command(std::move(command)) {}

  [[nodiscard]] const std::filesystem::path& folder() const { return m_folder.path(); }
  void write(const std::string& file, const std::string& source) const;

  /// Runs it in the folder. `arguments` besides the language and the place of the headers.
  [[nodiscard]] Outcome run(const std::vector<std::string>& arguments) const;
  /// Runs what it has made.
  [[nodiscard]] Outcome start(const std::string& program,
                              const std::vector<std::string>& arguments = {}) const;

 private:
  std::string m_command;
  TemporaryFolder m_folder;
};

/// A test for each compiler that heaptap supports; one that is not installed is skipped.
class WithCompiler : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override;
  [[nodiscard]] const Compiler& compiler() const { return *m_compiler; }
  /// Compiles and links files of the folder, which must succeed.
  void build(const std::string& program, std::vector<std::string> arguments) const;

 private:
  std::optional<Compiler> m_compiler;
};

#define HEAPTAP_WITH_EACH_COMPILER(Suite)                                \
  INSTANTIATE_TEST_SUITE_P(Each, Suite, testing::Values("gcc", "clang"), \
                           [](const auto& which) { return std::string(which.param); })

}  // namespace heaptap::test
