// SPDX-License-Identifier: Apache-2.0
#include "export/pruned_tree.h"

#include <algorithm>

namespace heaptap::exporting {

PrunedTree::PrunedTree(const client::CallTree& tree, std::uint64_t least, std::size_t mostDepth) {
  least = std::max<std::uint64_t>(least, 1);
  const auto kept = keptNodes(
      client::CallTree::kRoot, mostDepth,
      [&](std::uint32_t node) {
        auto children = tree.children(node);
        std::erase_if(children, [&](std::uint32_t child) { return tree.nodes()[child].total == 0; });
        return children;
      },
      [&](std::uint32_t node) { return tree.nodes()[node].total < least; });
  for (const KeptNode& node : kept) {
    if (node.source != kNoNode) {
      const client::CallTree::Node& source = tree.nodes()[node.source];
      m_nodes.push_back({.function = source.function,
                         .parent = node.parent,
                         .total = source.total,
                         .self = source.self,
                         .depth = node.depth});
      continue;
    }
    std::uint64_t small = 0;
    for (const std::uint32_t source : node.smaller) small += tree.nodes()[source].total;
    m_folded += small;
    m_nodes.push_back({.function = client::FrameNames::kAllocator,
                       .parent = node.parent,
                       .total = small,
                       .self = small,
                       .functions = node.smaller.size(),
                       .depth = node.depth});
  }
}

}  // namespace heaptap::exporting
