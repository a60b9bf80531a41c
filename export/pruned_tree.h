// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "client/call_tree.h"
#include "export/kept_nodes.h"

namespace heaptap::exporting {

/// The large nodes of a call tree, for pictures: below each, those that are smaller are one, so that the sums
/// stay.
class PrunedTree {
 public:
  static constexpr std::uint32_t kNoNode = KeptNode::kNoNode;

  struct Node {
    client::FunctionId function{};  ///< kAllocator: of the root, and of small functions that were added up.
    std::uint32_t parent = kNoNode;
    std::uint64_t total = 0;
    std::uint64_t self = 0;
    std::size_t functions = 0;  ///< That were added up here; 0: the node is one function, or the root.
    std::size_t depth = 0;
  };

  /// Nodes with less than `least`, and those deeper than `mostDepth`, are added up.
  PrunedTree(const client::CallTree& tree, std::uint64_t least, std::size_t mostDepth);

  /// A parent before its children; of these, those that were added up first, then the largest.
  [[nodiscard]] const std::vector<Node>& nodes() const { return m_nodes; }
  [[nodiscard]] std::uint64_t folded() const { return m_folded; }  ///< The cost of all that was added up.

 private:
  std::vector<Node> m_nodes;
  std::uint64_t m_folded = 0;
};

}  // namespace heaptap::exporting
