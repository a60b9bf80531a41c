// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "analysis/comparison/comparison.h"

namespace heaptap::exporting {

/// What the two sides of a comparison are called in a title: each by its first run, and how many more there
/// are. The last part of a file's name; where that is the same on both, as many parts more as tell them
/// apart. One line of UTF-8 each. Precondition: both have runs.
[[nodiscard]] std::pair<std::string, std::string> sideNames(const std::vector<analysis::ComparedRun>& before,
                                                            const std::vector<analysis::ComparedRun>& after);

/// The ends of two paths, from the same number of parts; `old/a` and `new/a`. Equal paths: their last part.
[[nodiscard]] std::pair<std::string, std::string> distinctEnds(const std::string& one,
                                                               const std::string& other);

}  // namespace heaptap::exporting
