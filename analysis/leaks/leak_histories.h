// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "analysis/leaks/leak_report.h"
#include "base/error.h"
#include "client/profile_source.h"
#include "client/site_table.h"

namespace heaptap::analysis {

/// The pairs of which the histories are asked for: those of the groups that leak (growing or once), a vector
/// for each, in the order of report.groups, up to as many as may be asked for at a time.
[[nodiscard]] model::HistoryQuery historyQuery(const LeakReport& report, const client::SiteTable& table);

/// Adds the answer to historyQuery(): each group gets its history and the confidence that follows from it,
/// and those that grow become Growing. Groups are put in their order again.
void addHistories(LeakReport& report, std::vector<model::SiteHistory> histories);

/// Both, with a source that has the session. Without events in its file, nothing is added.
/// Errors: those of the source.
[[nodiscard]] Result<void> addHistories(LeakReport& report, const client::SiteTable& table,
                                        client::ProfileSource& source, const std::string& session,
                                        const std::stop_token& stop = {});

/// docs/reports.md has the formulas. `allocations`, `blocks`: of the group in all.
[[nodiscard]] Confidence confidenceOf(const LeakHistory& history, std::uint64_t allocations,
                                      std::uint64_t blocks);
/// Whether a group with this history has grown until the end.
[[nodiscard]] bool isGrowing(const LeakHistory& history, const Confidence& confidence, std::uint64_t blocks);

}  // namespace heaptap::analysis
