// SPDX-License-Identifier: Apache-2.0
#include "export/comparison/summary_changes.h"

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

std::vector<SummaryChange> summaryChanges(const std::vector<analysis::ComparedRun>& before,
                                          const std::vector<analysis::ComparedRun>& after) {
  std::vector<SummaryChange> changes;
  for (const SummaryLine& line : kSummaryLines)
    changes.push_back({.label = line.label,
                       .change = analysis::summaryChange(before, after, line.cost),
                       .isBytes = client::isOfBytes(line.cost)});
  return changes;
}

}  // namespace heaptap::exporting
