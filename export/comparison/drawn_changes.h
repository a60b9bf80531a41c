// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "analysis/comparison/change_tree.h"
#include "export/comparison/comparison_subject.h"

namespace heaptap::exporting {

/// The part of a comparison's call tree that is drawn: what is large on either side, or has changed much.
/// Below each function the others are one, with their sums.
struct DrawnChange {
  std::uint32_t parent = 0;  ///< Among those that are drawn; of the root, itself.
  std::size_t depth = 0;
  std::size_t functions = 0;  ///< That are one here; 0: one function, or the root.
  std::string name;           ///< Printable, and not long; of the root, the program's; empty: of several.
  analysis::Change total = {};
  analysis::Change self = {};
};

/// What is smaller than one in `leastShare` of the whole is not drawn for itself, nor is what is deeper than
/// `mostDepth`.
struct DrawnLimits {
  std::uint64_t leastShare;
  std::size_t mostDepth;
  bool hasSmallChanges;  ///< Also what is smaller, but has that share of all changes.
};

/// Returns: a parent before its children.
[[nodiscard]] std::vector<DrawnChange> drawnChanges(const ComparisonSubject& subject,
                                                    const DrawnLimits& limits);

/// What a function of a comparison is called; a place without a name, by its module.
[[nodiscard]] std::string labelOf(const analysis::CommonStacks::Function& function);

}  // namespace heaptap::exporting
