// SPDX-License-Identifier: Apache-2.0
#include "export/comparison/summary_changes.h"

#include <algorithm>

namespace heaptap::exporting {
namespace {

struct SummaryLine {
  const char* label;
  client::Cost cost;
};
constexpr SummaryLine kSummaryLines[] = {
    {"left", client::Cost::LiveBytes},           {"  blocks", client::Cost::LiveBlocks},
    {"peak", client::Cost::PeakBytes},           {"allocations", client::Cost::Allocations},
    {"allocated", client::Cost::AllocatedBytes}, {"temporary", client::Cost::Temporaries},
};

}  // namespace

bool hasRunBeforeEnd(const std::vector<analysis::ComparedRun>& runs) {
  return std::any_of(runs.begin(), runs.end(), [](const analysis::ComparedRun& run) {
    return run.profile.instant.has_value() || run.profile.summary->info().state() == v1::SESSION_LIVE;
  });
}

std::vector<SummaryChange> summaryChanges(const std::vector<analysis::ComparedRun>& before,
                                          const std::vector<analysis::ComparedRun>& after) {
  std::vector<SummaryChange> changes;
  const bool isLive = hasRunBeforeEnd(before) || hasRunBeforeEnd(after);
  for (const SummaryLine& line : kSummaryLines)
    changes.push_back({.label = isLive && line.cost == client::Cost::LiveBytes ? "live" : line.label,
                       .change = analysis::summaryChange(before, after, line.cost),
                       .isBytes = client::isOfBytes(line.cost)});
  return changes;
}

}  // namespace heaptap::exporting
