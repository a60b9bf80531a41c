// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/block_filters.h"
#include "cli/leak_rules.h"
#include "cli/terminal/terminal_options.h"
#include "cli/time_options.h"
#include "export/report/report.h"

namespace heaptap::cli {

struct ReportOptions : exporting::ReportShape {
  std::string session;  ///< A path, or with `collector` an id or its prefix.
  std::optional<std::string> collector;
  /// Of another time than the end, or of a part of the sites: these, and nothing else.
  TimeOptions times;
  FilterOptions filters;
  bool tree = false;  ///< All that came of the session, too.
  BlockFilterOptions blockFilters;
  bool json = false;
  std::string heap;  ///< Whose leaks and sites; empty: malloc's.
  SuppressionOptions suppressions;
  Display display;
};

/// `heaptap report`: prints on standard output, and returns the exit status.
[[nodiscard]] int reportCommand(const ReportOptions& options);

}  // namespace heaptap::cli
