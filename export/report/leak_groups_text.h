// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "analysis/leaks/leak_report.h"
#include "client/site_table.h"
#include "client/stack_lines.h"
#include "export/report/layout.h"

namespace heaptap::exporting {

/// A line of source, or why it is not to be trusted.
struct SourceLine {
  std::string text;
  std::string doubt;  ///< Empty: none. "the file has changed since the program was built".
};
/// Finds the source line of a line of a stack. None: there is no such file here.
using SourceLookup = std::function<std::optional<SourceLine>(const client::StackLine&)>;

struct LeakStyle {
  NameStyle names = {};
  std::uint64_t top = 0;     ///< Groups that are shown; 0: all.
  bool expands = false;      ///< Every site of a group with its stack, not only the largest.
  SourceLookup source = {};  ///< Empty: none is looked for.
};

/// The first lines of a report: the verdict, and what its reader may do next.
[[nodiscard]] std::string verdictText(const client::SiteTable& table, const analysis::LeakReport& leaks,
                                      const std::string& session, Paint paint = {});

/// What leaks, by root cause; what is kept on purpose or suppressed, a line each; suppressions without a use.
[[nodiscard]] std::string leakGroupsText(const analysis::LeakReport& leaks, const LeakStyle& style);

/// `▁▂▅█`: values as a row of at most `columns` bars, of which the largest is full. Empty for no values.
[[nodiscard]] std::string sparkline(const std::vector<std::uint64_t>& values, std::size_t columns);

}  // namespace heaptap::exporting
