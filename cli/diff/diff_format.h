// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "base/error.h"
#include "cli/diff/diff.h"
#include "export/sink.h"

namespace heaptap::cli {

/// One form in which a comparison is written.
struct DiffFormat {
  std::string_view name;       ///< On the command line.
  std::string_view extension;  ///< Of its files, with the dot.
  std::string_view about;
  void (*write)(exporting::Sink& out, const Diff& diff);
};

/// All of them; the first is the usual one.
[[nodiscard]] std::span<const DiffFormat> diffFormats();

/// The one that was asked for: by its name, or by the extension of the file.
/// Errors: Usage, naming those that there are.
[[nodiscard]] Result<const DiffFormat*> chosenDiffFormat(const DiffOptions& options);

}  // namespace heaptap::cli
