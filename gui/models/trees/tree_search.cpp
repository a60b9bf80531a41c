// SPDX-License-Identifier: Apache-2.0
#include "gui/models/trees/tree_search.h"

#include <algorithm>
#include <utility>

namespace heaptap::gui {

TreeMatchesPtr findInTree(const CostTree& tree, std::vector<bool> functions) {
  auto matches = std::make_shared<TreeMatches>();
  matches->functions = std::move(functions);
  std::vector<bool> isInside(tree.nodes().size(), false);  // By node: it or one above it matches.
  for (quint32 at = 1; at < tree.nodes().size(); ++at) {   // A parent comes before its children.
    const CostTree::Node& node = tree.node(at);
    const bool isMatch = matches->contains(node.function);
    if (isMatch && !isInside[node.parent]) matches->total += node.total;
    if (isMatch) matches->nodes.push_back(at);
    isInside[at] = isMatch || isInside[node.parent];
  }
  std::stable_sort(matches->nodes.begin(), matches->nodes.end(),
                   [&tree](quint32 a, quint32 b) { return tree.node(a).total > tree.node(b).total; });
  return matches;
}

}  // namespace heaptap::gui
