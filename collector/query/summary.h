// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "collector/query/overview.h"
#include "counting/timeline.h"
#include "heaptap/v1/query.pb.h"

namespace heaptap::query {

v1::SessionInfo infoOf(const model::Identity& identity, const Custody& custody, std::uint64_t durationNs);
v1::SessionInfo infoOf(const Overview& session);
v1::Summary summaryOf(const Overview& session);
/// `sampled`: the live bytes are an estimate.
v1::MarkReport markReport(const model::Mark& mark, bool sampled);
v1::Timeline timelineOf(const counting::Timeline& timeline);
/// Adds the samples of the resident memory.
void addResident(const model::ResidentMemory& resident, v1::Timeline& timeline);

/// "exited 0", "killed by signal 9", …; empty when `ending` is none.
std::string endText(const std::optional<model::Ending>& ending);
/// As a shell shows it: 128 + N for signal N. None: not known, or the process goes on.
std::optional<int> exitStatus(const std::optional<model::Ending>& ending);
/// Whether the blocks left are "live at end" rather than leaked: the process did not come to its own end.
bool isLiveAtEnd(const Overview& session);

}  // namespace heaptap::query
