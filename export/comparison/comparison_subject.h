// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "analysis/comparison/comparison.h"

namespace heaptap::exporting {

/// What pages and pictures of a comparison are made from. Owns: nothing.
struct ComparisonSubject {
  const std::vector<analysis::ComparedRun>& before;
  const std::vector<analysis::ComparedRun>& after;
  const analysis::Comparison& comparison;
  std::string_view costTitle;  ///< "bytes left at the end"
  bool isBytes = true;         ///< Else a number of blocks.
  bool hasSites = true;        ///< Which of the two lists are shown.
  bool hasFunctions = true;
  std::size_t mostRows = 2000;  ///< Of each list.

  /// The run of an example.
  [[nodiscard]] const analysis::ComparedRun& run(std::size_t number) const {
    return number < before.size() ? before[number] : after[number - before.size()];
  }
};

}  // namespace heaptap::exporting
