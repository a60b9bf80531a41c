// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtGlobal>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace heaptap::gui {

/// A tree of calls with a cost, in plain numbers.
///
///     node 0: the whole program ─► its children, one after the other, the largest total first
///                                    └─► theirs, likewise
///
///     the cost as a line:   |  root                                 |
///                           |  child 1         | child 2  |  (self)  |
///                           ^ start            ^ start of child 2
///
/// Functions are numbers; SiteSet::function() has their names.
/// Cost: 40 bytes a node. Owns: its nodes. Threads: any, as it never changes.
class CostTree {
 public:
  static constexpr quint32 kRoot = 0;
  static constexpr quint32 kNoFunction = 0xFFFF'FFFF;  ///< Of the root.

  struct Node {
    quint32 function = kNoFunction;
    quint32 parent = 0;      ///< A parent comes before its children; the root is its own.
    quint32 firstChild = 0;  ///< Meaningless without children.
    quint32 children = 0;
    quint64 self = 0;   ///< What no child has.
    quint64 total = 0;  ///< With all children.
    quint64 start = 0;  ///< Where it lies in the cost as a line. Unit: that of the cost.
  };

  /// What is said of a child while a tree is made.
  struct Child {
    quint32 function = 0;
    quint64 total = 0;
  };

  /// Makes a tree, from the root on.
  class Builder {
   public:
    explicit Builder(quint64 total);
    /// Gives a node its children, in any order; once for each node. Returns the first, which is the one with
    /// the largest total; equal ones are in the order of their functions.
    /// Precondition: their totals add up to at most the node's.
    quint32 addChildren(quint32 node, std::vector<Child> children);
    /// The node has children that are left out.
    void cut(quint32 node) { m_nodes[node].firstChild = kCut; }
    [[nodiscard]] const Node& node(quint32 at) const { return m_nodes[at]; }
    void reserve(std::size_t nodes) { m_nodes.reserve(nodes); }
    [[nodiscard]] std::size_t size() const { return m_nodes.size(); }
    [[nodiscard]] std::shared_ptr<const CostTree> build();

   private:
    std::vector<Node> m_nodes;
    std::vector<quint32> m_depths;
    quint32 m_deepest = 0;
  };

  [[nodiscard]] const std::vector<Node>& nodes() const { return m_nodes; }
  [[nodiscard]] const Node& node(quint32 at) const { return m_nodes[at]; }
  /// Of the whole.
  [[nodiscard]] quint64 total() const { return m_nodes.front().total; }
  /// Of the deepest node; the root's is 0.
  [[nodiscard]] quint32 depth() const { return m_depth; }
  /// Whether the node has children that were left out, as the tree would be too large.
  [[nodiscard]] bool isCut(quint32 at) const {
    return m_nodes[at].children == 0 && m_nodes[at].firstChild == kCut;
  }
  /// Which child of its parent a node is, from 0.
  [[nodiscard]] quint32 row(quint32 at) const {
    return at == kRoot ? 0 : at - m_nodes[m_nodes[at].parent].firstChild;
  }
  /// The functions from the root to the node, without the root.
  [[nodiscard]] std::vector<quint32> path(quint32 at) const;
  /// The node with that path. None: it is not there.
  [[nodiscard]] std::optional<quint32> find(std::span<const quint32> path) const;
  [[nodiscard]] std::optional<quint32> childOf(quint32 parent, quint32 function) const;
  /// From a node down, the largest child as long as it has more than half of its parent; the node itself is
  /// not part. At most `most` nodes.
  [[nodiscard]] std::vector<quint32> hotPath(quint32 from, std::size_t most) const;

 private:
  static constexpr quint32 kCut = 0xFFFF'FFFF;

  CostTree(std::vector<Node> nodes, quint32 depth) : m_nodes(std::move(nodes)), m_depth(depth) {}

  std::vector<Node> m_nodes;
  quint32 m_depth = 0;
};

using CostTreePtr = std::shared_ptr<const CostTree>;

/// By node of `tree`: the total of the node with the same path in another tree of the same functions; 0: it
/// is not there. Cost: a pass over both trees.
[[nodiscard]] std::vector<quint64> totalsIn(const CostTree& other, const CostTree& tree);

}  // namespace heaptap::gui
