// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::test {

/// Runs programs with and without `heaptap run`, in a folder of their own.
class Listened {
 public:
  using Environment = std::map<std::string, std::optional<std::string>>;

  [[nodiscard]] Outcome run(const std::vector<std::string>& command,
                            const std::vector<std::string>& options = {},
                            const Environment& environment = {}) const {
    std::vector<std::string> all{HEAPTAP_COMMAND, "run", "-q",
                                 "--force",       "-o",  (m_folder / "tests.heaptap").string()};
    all.insert(all.end(), options.begin(), options.end());
    all.push_back("--");
    all.insert(all.end(), command.begin(), command.end());
    return runPlain(all, environment);
  }
  [[nodiscard]] Outcome runPlain(const std::vector<std::string>& command,
                                 Environment environment = {}) const {
    environment.insert({{"LD_PRELOAD", std::nullopt}, {"HEAPTAP_RELAY", std::nullopt}});
    return runProcess({.argv = command,
                       .environment = {environment.begin(), environment.end()},
                       .folder = m_folder.path()});
  }
  [[nodiscard]] const TemporaryFolder& folder() const { return m_folder; }

 private:
  TemporaryFolder m_folder;
};

inline std::vector<std::string> listenedBuilds() {
  std::vector<std::string> builds;
  std::istringstream names(LISTENED_BUILDS);
  for (std::string name; std::getline(names, name, ',');) builds.push_back(name);
  return builds;
}

}  // namespace heaptap::test
