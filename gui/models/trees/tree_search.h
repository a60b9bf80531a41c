// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "gui/models/trees/cost_tree.h"

namespace heaptap::gui {

/// Where functions that were looked for are in a tree.
/// Threads: any, as it never changes.
struct TreeMatches {
  std::vector<bool> functions;  ///< By function: it is one of those.
  std::vector<quint32> nodes;   ///< Of these functions, the largest total first.
  quint64 total = 0;            ///< What they have together; a match below another counts once.

  [[nodiscard]] bool contains(quint32 function) const {
    return function < functions.size() && functions[function];
  }
};

using TreeMatchesPtr = std::shared_ptr<const TreeMatches>;

/// Cost: one pass over the tree.
[[nodiscard]] TreeMatchesPtr findInTree(const CostTree& tree, std::vector<bool> functions);

}  // namespace heaptap::gui
