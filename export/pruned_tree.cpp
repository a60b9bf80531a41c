// SPDX-License-Identifier: Apache-2.0
#include "export/pruned_tree.h"

#include <algorithm>

namespace heaptap::exporting {

PrunedTree::PrunedTree(const client::CallTree& tree, std::uint64_t least, std::size_t mostDepth) {
  least = std::max<std::uint64_t>(least, 1);
  struct Entry {
    std::uint32_t source;
    std::uint32_t parent;
    std::uint64_t offset;
    std::size_t depth;
  };
  std::vector<Entry> open{{client::CallTree::kRoot, kNoNode, 0, 0}};
  while (!open.empty()) {
    const Entry entry = open.back();
    open.pop_back();
    const client::CallTree::Node& source = tree.nodes()[entry.source];
    const auto node = static_cast<std::uint32_t>(m_nodes.size());
    m_nodes.push_back({.function = source.function,
                       .parent = entry.parent,
                       .total = source.total,
                       .self = source.self,
                       .depth = entry.depth,
                       .offset = entry.offset});
    m_depth = std::max(m_depth, entry.depth);
    std::uint64_t offset = entry.offset;
    std::uint64_t small = 0;
    std::size_t functions = 0;
    const std::size_t begin = open.size();
    for (const std::uint32_t child : tree.children(entry.source)) {
      const std::uint64_t total = tree.nodes()[child].total;
      if (total < least || entry.depth + 1 >= mostDepth) {
        small += total;
        ++functions;
        continue;
      }
      open.push_back({child, node, offset, entry.depth + 1});
      offset += total;
    }
    std::reverse(open.begin() + static_cast<std::ptrdiff_t>(begin), open.end());
    if (small == 0) continue;
    m_folded += small;
    m_depth = std::max(m_depth, entry.depth + 1);
    m_nodes.push_back({.function = client::FrameNames::kAllocator,
                       .parent = node,
                       .total = small,
                       .self = small,
                       .functions = functions,
                       .depth = entry.depth + 1,
                       .offset = offset});
  }
}

}  // namespace heaptap::exporting
