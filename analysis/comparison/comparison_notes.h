// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analysis/comparison/comparison.h"

namespace heaptap::analysis {

/// What makes the numbers of two sides hard to compare: other programs, samples against everything, records
/// that are not whole. A line each.
[[nodiscard]] std::vector<std::string> comparisonNotes(const std::vector<ComparedRun>& before,
                                                       const std::vector<ComparedRun>& after,
                                                       const CommonStacks& stacks,
                                                       const Presence& functionsSeen, bool hasSimilar);

}  // namespace heaptap::analysis
