// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "analysis/comparison/comparison.h"

namespace heaptap::exporting {

/// A number of the summaries, of both sides.
struct SummaryChange {
  const char* label;
  analysis::Change change;
  bool isBytes;
};

/// Each cost, in the order in which people read it.
[[nodiscard]] std::vector<SummaryChange> summaryChanges(const std::vector<analysis::ComparedRun>& before,
                                                        const std::vector<analysis::ComparedRun>& after);

/// Whether some run is of an instant, or goes on: nothing of it is left at its end, then.
[[nodiscard]] bool hasRunBeforeEnd(const std::vector<analysis::ComparedRun>& runs);

}  // namespace heaptap::exporting
