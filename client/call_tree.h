// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "client/stack_costs.h"

namespace heaptap::client {

/// The call tree from the outermost function inwards, with a cost: every stack that has any, merged by
/// function.
///
///     stacks (a trie of places)          nodes (a trie of functions)
///       main+0x10 ─► parse+0x08            main ─► parse        what is called from two places of main, or
///       main+0x18 ─► parse+0x10                                 inlined there, is one node
///
/// The allocator's own functions are left out: what was allocated there belongs to the caller.
/// Cost: of time, some 10 ns for each stack with a cost; of memory, 32 bytes for each node.
/// Threads: any, as it never changes.
class CallTree {
 public:
  struct Node {
    FunctionId function{};  ///< Of the root: none, kAllocator stands in its place.
    std::uint32_t parent = 0;
    std::uint64_t self = 0;   ///< Allocated by the function itself.
    std::uint64_t total = 0;  ///< By it and by all that it called.
  };
  static constexpr std::uint32_t kRoot = 0;

  CallTree(const Profile& profile, const StackCosts& costs);

  /// Nodes are known by position, a parent before its children; the root is the whole program.
  [[nodiscard]] const std::vector<Node>& nodes() const { return m_nodes; }
  /// The functions called by a node, those with the largest total first; equal ones in the order of their
  /// ids.
  [[nodiscard]] std::vector<std::uint32_t> children(std::uint32_t node) const;
  [[nodiscard]] bool hasChildren(std::uint32_t node) const { return m_links[node].firstChild != 0; }

 private:
  class Index;
  struct Links {
    std::uint32_t firstChild = 0;  ///< The newest; 0: none, as the root is no child.
    std::uint32_t nextSibling = 0;
    FunctionId function{};   ///< As in the node, so that a search stays in this table.
    bool isIndexed = false;  ///< Its children are too many to look through.
  };
  std::uint32_t childOf(std::uint32_t parent, FunctionId function, Index& known);

  std::vector<Node> m_nodes;
  std::vector<Links> m_links;  ///< By node.
};

}  // namespace heaptap::client
