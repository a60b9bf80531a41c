// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::test {

/// heaptap as it is installed, and a folder beside it for a project, which has a blank in its path.
class InstalledHeaptap {
 public:
  InstalledHeaptap() {
    for (const char* const component : {"library", "development"}) {
      const auto installed = runProcess({.argv = {HEAPTAP_CMAKE, "--install", HEAPTAP_BUILD_FOLDER,
                                                  "--component", component, "--prefix", prefix()}});
      EXPECT_EQ(installed.status, 0) << installed.err;
    }
    // The third component has the viewer and the daemon, too.
    std::filesystem::create_directories(prefix() + "/bin");
    for (const std::string program : {HEAPTAP_COMMAND, HEAPTAP_RELAY_PROGRAM})
      std::filesystem::copy(program, prefix() + "/bin/");
    std::filesystem::create_directories(project());
  }

  [[nodiscard]] std::string prefix() const { return m_folder / "prefix"; }
  [[nodiscard]] std::string project() const { return m_folder / "a project"; }

  /// A command in the project's folder, with the installed programs in PATH.
  [[nodiscard]] Outcome run(std::vector<std::string> command) const {
    return runProcess({.argv = std::move(command),
                       .environment = {{"PATH", prefix() + "/bin:" + std::getenv("PATH")},
                                       {"CMAKE_PREFIX_PATH", prefix()},
                                       {"LD_PRELOAD", std::nullopt},
                                       {"HEAPTAP_RELAY", std::nullopt}},
                       .folder = project()});
  }

 private:
  TemporaryFolder m_folder;
};

}  // namespace heaptap::test
