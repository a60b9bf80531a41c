// SPDX-License-Identifier: Apache-2.0
#include "analysis/files/leak_rule_files.h"

#include <utility>

#include "base/text_file.h"
#include "programs/embedded_suppressions.h"

namespace heaptap::analysis {

Result<LeakRules> readLeakRules(const std::vector<std::string>& files, Suppressions::BuiltIn builtIn) {
  LeakRules rules{.suppressions = Suppressions(builtIn),
                  .builtIn = builtIn,
                  .embedded = programs::embeddedSuppressions,
                  .onDoubt = {}};
  for (const std::string& file : files) {
    auto added = readTextFile(file, "file of suppressions").and_then([&](const std::string& text) {
      return rules.suppressions.add(file, text);
    });
    if (!added) return tl::unexpected(std::move(added.error()));
  }
  return rules;
}

}  // namespace heaptap::analysis
