// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/leak_rules.h"
#include "cli/terminal/terminal_options.h"
#include "export/report/report.h"

namespace heaptap::cli {

struct ReportOptions : exporting::ReportShape {
  std::string session;  ///< A path, or with `collector` an id or its prefix.
  std::optional<std::string> collector;
  std::string snapshot;  ///< Name of one: the heap as it was then, and nothing else.
  bool json = false;
  std::string heap;  ///< Whose leaks and sites; empty: malloc's.
  SuppressionOptions suppressions;
  Display display;
};

/// `heaptap report`: prints on standard output, and returns the exit status.
[[nodiscard]] int reportCommand(const ReportOptions& options);

}  // namespace heaptap::cli
