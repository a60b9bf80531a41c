// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "cli/output.h"
#include "cli/report/report_command.h"
#include "cli/session_source.h"
#include "client/site_table.h"

namespace heaptap::cli {

/// What a report is made from.
struct Report {
  const ReportOptions& options;
  client::FileSource* files;  ///< Where the session came from; null: from a collector.
  client::SiteTable table;    ///< With the profile.
  std::vector<v1::FindingReport> findings;
  v1::HeapReport heap;  ///< The one that was chosen; malloc's without --heap.

  [[nodiscard]] const client::Profile& profile() const { return table.profile(); }
  [[nodiscard]] const v1::Summary& summary() const { return *profile().summary; }
  [[nodiscard]] model::HeapId heapId() const { return static_cast<model::HeapId>(heap.id()); }
};

void writeText(Output& out, const Report& report);
void writeJson(Output& out, const Report& report);
/// The live heap by site as it was at the profile's snapshot, and nothing else.
void writeSnapshotText(Output& out, const Report& report);
void writeSnapshotJson(Output& out, const Report& report);

}  // namespace heaptap::cli
