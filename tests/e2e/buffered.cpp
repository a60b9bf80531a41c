// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/buffered.h"

#include <algorithm>

namespace heaptap::test {
namespace fs = std::filesystem;

BufferedTest::Environment BufferedTest::buffered(const std::string& pattern) const {
  return {{"LD_PRELOAD", HEAPTAP_PRELOAD},
          {"HEAPTAP_BUFFER", (m_folder / pattern).string()},
          {"HEAPTAP_BUFFER_SIZE", "4M"},
          {"HEAPTAP_VERBOSE", "1"},
          {"HEAPTAP_RELAY", std::nullopt}};
}

Outcome BufferedTest::run(const std::vector<std::string>& argv, const Environment& environment) const {
  return runProcess({.argv = argv, .environment = environment, .folder = m_folder.path()});
}

Outcome BufferedTest::recover(const std::string& file, const std::vector<std::string>& options) const {
  std::vector<std::string> argv{HEAPTAP_COMMAND, "recover", file};
  argv.insert(argv.end(), options.begin(), options.end());
  return runProcess({.argv = argv, .folder = m_folder.path()});
}

std::vector<fs::path> BufferedTest::files(const std::string& extension) const {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(m_folder.path()))
    if (entry.path().extension() == extension) found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

bool namespacesAreAllowed() {
  return runProcess({.argv = {"/usr/bin/unshare", "--mount", "--pid", "--fork", "--mount-proc", "/bin/true"}})
             .status == 0;
}

}  // namespace heaptap::test
