// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace heaptap::exporting {

/// A node of a tree that is drawn, or several small ones that are drawn as one.
struct KeptNode {
  static constexpr std::uint32_t kNoNode = ~std::uint32_t{0};

  std::uint32_t source = kNoNode;  ///< In the tree; kNoNode: those of `smaller`.
  std::uint32_t parent = kNoNode;  ///< Among those that are drawn; kNoNode: the root.
  std::size_t depth = 0;
  std::vector<std::uint32_t> smaller = {};  ///< In the tree.
};

/// The nodes of a tree that are large enough for a picture: below each, the others are one.
/// Returns: a parent before its children; children in their order, but those that are one come first.
/// `children(node)`: its children; `isSmall(node)`: whether it is to be left out, with all below it.
template <class Children, class IsSmall>
[[nodiscard]] std::vector<KeptNode> keptNodes(std::uint32_t root, std::size_t mostDepth, Children&& children,
                                              IsSmall&& isSmall) {
  std::vector<KeptNode> kept;
  std::vector<KeptNode> open{{.source = root}};
  while (!open.empty()) {
    const auto node = static_cast<std::uint32_t>(kept.size());
    kept.push_back(std::move(open.back()));
    open.pop_back();
    const std::size_t depth = kept[node].depth + 1;
    const std::size_t begin = open.size();
    std::vector<std::uint32_t> smaller;
    for (const std::uint32_t child : children(kept[node].source)) {
      if (isSmall(child) || depth >= mostDepth)
        smaller.push_back(child);
      else
        open.push_back({.source = child, .parent = node, .depth = depth});
    }
    std::reverse(open.begin() + static_cast<std::ptrdiff_t>(begin), open.end());
    if (!smaller.empty()) kept.push_back({.parent = node, .depth = depth, .smaller = std::move(smaller)});
  }
  return kept;
}

}  // namespace heaptap::exporting
