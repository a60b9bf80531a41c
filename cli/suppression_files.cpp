// SPDX-License-Identifier: Apache-2.0
#include "cli/suppression_files.h"

#include "cli/text_file.h"

namespace heaptap::cli {

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
