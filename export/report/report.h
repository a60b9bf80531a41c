// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/site_table.h"
#include "export/sink.h"

namespace heaptap::exporting {

/// Which parts of a report are wanted.
struct ReportShape {
  bool leaksOnly = false;
  bool fullNames = false;
  std::optional<std::uint64_t> top;  ///< Sites in each list; 0: all.
};

/// What a report is made from.
struct Report {
  const ReportShape& options;
  std::string title;          ///< What the caller calls the session.
  std::string otherSessions;  ///< Lines on the other sessions of the same run; empty: none is known.
  client::SiteTable table;    ///< With the profile.
  std::vector<v1::FindingReport> findings;
  v1::HeapReport heap;  ///< The one that was chosen; malloc's without --heap.

  [[nodiscard]] const client::Profile& profile() const { return table.profile(); }
  [[nodiscard]] const v1::Summary& summary() const { return *profile().summary; }
  [[nodiscard]] model::HeapId heapId() const { return static_cast<model::HeapId>(heap.id()); }
};

void writeText(Sink& out, const Report& report);
void writeJson(Sink& out, const Report& report);
/// The live heap by site as it was at the profile's snapshot, and nothing else.
void writeSnapshotText(Sink& out, const Report& report);
void writeSnapshotJson(Sink& out, const Report& report);

}  // namespace heaptap::exporting
