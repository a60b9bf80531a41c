// SPDX-License-Identifier: Apache-2.0
#include "gui/models/trees/cost_tree.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace heaptap::gui {

CostTree::Builder::Builder(quint64 total) {
  m_nodes.push_back({.self = total, .total = total});
  m_depths.push_back(0);
}

quint32 CostTree::Builder::addChildren(quint32 node, std::vector<Child> children) {
  const auto first = static_cast<quint32>(m_nodes.size());
  if (children.empty()) return first;
  std::sort(children.begin(), children.end(), [](const Child& a, const Child& b) {
    return a.total != b.total ? a.total > b.total : a.function < b.function;
  });
  m_nodes[node].firstChild = first;
  m_nodes[node].children = static_cast<quint32>(children.size());
  const quint32 depth = m_depths[node] + 1;
  m_deepest = std::max(m_deepest, depth);
  quint64 start = m_nodes[node].start;
  for (const Child& child : children) {
    m_nodes.push_back({.function = child.function,
                       .parent = node,
                       .self = child.total,
                       .total = child.total,
                       .start = start});
    m_depths.push_back(depth);
    start += child.total;
    m_nodes[node].self -= child.total;
  }
  return first;
}

std::shared_ptr<const CostTree> CostTree::Builder::build() {
  return std::shared_ptr<const CostTree>(new CostTree(std::move(m_nodes), m_deepest));
}

std::vector<quint32> CostTree::path(quint32 at) const {
  std::vector<quint32> functions;
  for (; at != kRoot; at = m_nodes[at].parent) functions.push_back(m_nodes[at].function);
  std::reverse(functions.begin(), functions.end());
  return functions;
}

std::optional<quint32> CostTree::childOf(quint32 parent, quint32 function) const {
  const Node& of = m_nodes[parent];
  for (quint32 child = of.firstChild; child < of.firstChild + of.children; ++child)
    if (m_nodes[child].function == function) return child;
  return std::nullopt;
}

std::optional<quint32> CostTree::find(std::span<const quint32> path) const {
  quint32 at = kRoot;
  for (const quint32 function : path) {
    const auto child = childOf(at, function);
    if (!child) return std::nullopt;
    at = *child;
  }
  return at;
}

std::vector<quint32> CostTree::hotPath(quint32 from, std::size_t most) const {
  std::vector<quint32> path;
  while (path.size() < most && m_nodes[from].children > 0) {
    const quint32 largest = m_nodes[from].firstChild;
    if (m_nodes[largest].total <= m_nodes[from].total / 2) break;
    path.push_back(largest);
    from = largest;
  }
  return path;
}

std::vector<quint64> totalsIn(const CostTree& other, const CostTree& tree) {
  constexpr quint32 kNowhere = 0xFFFF'FFFF;
  std::vector<quint64> totals(tree.nodes().size(), 0);
  std::vector<quint32> same(tree.nodes().size(), kNowhere);
  same[CostTree::kRoot] = CostTree::kRoot;
  std::unordered_map<quint32, quint32> children;  // By function.
  // Parents come before their children, and the children of a node one after the other.
  for (quint32 at = 0; at < tree.nodes().size(); ++at) {
    if (same[at] == kNowhere) continue;
    const CostTree::Node& there = other.node(same[at]);
    totals[at] = there.total;
    const CostTree::Node& node = tree.node(at);
    if (node.children == 0 || there.children == 0) continue;
    children.clear();
    for (quint32 child = there.firstChild; child < there.firstChild + there.children; ++child)
      children.emplace(other.node(child).function, child);
    for (quint32 child = node.firstChild; child < node.firstChild + node.children; ++child)
      if (const auto found = children.find(tree.node(child).function); found != children.end())
        same[child] = found->second;
  }
  return totals;
}

}  // namespace heaptap::gui
