// SPDX-License-Identifier: Apache-2.0
#include "analysis/comparison/common_modules.h"

#include "analysis/comparison/canonical_name.h"

namespace heaptap::analysis {

CommonModules::CommonModules(const client::Profile& profile) {
  const std::string& executable = profile.summary->executable();
  m_modules.push_back({});
  for (std::size_t i = 0; i < profile.definitions.modules.size(); ++i) {
    const std::string& path = profile.definitions.modules[i].path;
    // The target's first module is its executable.
    m_modules.push_back(
        {.name = canonicalModule(path), .isProgram = executable.empty() ? i == 0 : path == executable});
  }
}

}  // namespace heaptap::analysis
