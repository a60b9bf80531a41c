// SPDX-License-Identifier: Apache-2.0
#include "cli/suppression_files.h"

#include "cli/message.h"
#include "cli/text_file.h"
#include "programs/embedded_suppressions.h"

namespace heaptap::cli {

void addEmbedded(const client::Profile& profile, analysis::Suppressions& suppressions) {
  const std::string& executable = profile.summary->executable();
  for (const model::Module& module : profile.definitions.modules) {
    // Without a build id nothing says that the file is still the one that was run.
    if (module.path != executable || module.buildId.empty()) continue;
    const auto text = programs::embeddedSuppressions(executable, module.buildId);
    if (!text) return;
    if (auto added = suppressions.add("__lsan_default_suppressions", *text); !added)
      printWarning(added.error().line());
    return;
  }
}

Result<analysis::Suppressions> readSuppressions(const SuppressionOptions& options) {
  analysis::Suppressions suppressions(builtInOf(options));
  for (const std::string& file : options.files) {
    auto added = readTextFile(file, "file of suppressions").and_then([&](const std::string& text) {
      return suppressions.add(file, text);
    });
    if (!added) return tl::unexpected(std::move(added.error()));
  }
  return suppressions;
}

}  // namespace heaptap::cli
