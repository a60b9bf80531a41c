// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/leaks/leak_report.h"
#include "client/site_table.h"
#include "export/report/leak_groups_text.h"
#include "export/sink.h"

namespace heaptap::exporting {

/// Which parts of a report are wanted.
struct ReportShape {
  bool leaksOnly = false;
  bool fullNames = false;
  bool allFrames = false;            ///< Runtime frames and the middle of long stacks too.
  Paint paint = {};                  ///< Of text.
  bool expand = false;               ///< Every stack of a leak, not only the largest of each place.
  std::optional<std::uint64_t> top;  ///< Entries in each list; 0: all.
};

/// What a report is made from.
struct Report {
  const ReportShape& options;
  std::string title;          ///< What the caller calls the session.
  std::string otherSessions;  ///< Lines on the other sessions of the same run; empty: none is known.
  client::SiteTable table;    ///< With the profile.
  std::vector<v1::FindingReport> findings;
  v1::HeapReport heap;              ///< The one that was chosen; malloc's without --heap.
  analysis::LeakReport leaks = {};  ///< Of that heap. Not of another instant.
  SourceLookup source = {};         ///< Empty: no source lines are shown.
  std::string filter = {};          ///< In words, which sites are in the table; empty: all. Of an instant.
  bool ofLifetimes = false;  ///< Blocks that were freed count as those that are live do. Of an instant.

  [[nodiscard]] const client::Profile& profile() const { return table.profile(); }
  [[nodiscard]] const v1::Summary& summary() const { return *profile().summary; }
  [[nodiscard]] model::HeapId heapId() const { return static_cast<model::HeapId>(heap.id()); }
};

void writeText(Sink& out, const Report& report);
void writeJson(Sink& out, const Report& report);
/// The heap by site at the profile's instant, or what its stretch of time has changed, and nothing else.
void writeInstantText(Sink& out, const Report& report);
void writeInstantJson(Sink& out, const Report& report);

/// How names are written.
[[nodiscard]] inline NameStyle styleOf(const ReportShape& shape) {
  return {.full = shape.fullNames, .allFrames = shape.allFrames, .paint = shape.paint};
}

}  // namespace heaptap::exporting
