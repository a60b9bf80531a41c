// SPDX-License-Identifier: Apache-2.0
#include "gui/client/sites/profile_trees.h"

#include <algorithm>
#include <queue>
#include <utility>

#include "client/call_tree.h"
#include "client/caller_tree.h"
#include "client/stack_lines.h"

namespace heaptap::gui {
namespace {

using client::CallerTree;
using client::CallTree;

/// How many nodes are made between two looks at the token.
constexpr std::size_t kNodesAtATime = 4096;

/// A node of the bottom-up tree whose callers are not there yet.
struct Pending {
  std::uint64_t cost = 0;
  quint32 node = 0;
  CallerTree::Node of;

  /// The largest cost comes first; of equal ones the one that was made first.
  bool operator<(const Pending& other) const {
    return cost != other.cost ? cost < other.cost : node > other.node;
  }
};

void addCallers(CostTree::Builder& tree, quint32 parent, std::vector<CallerTree::Node> nodes,
                std::priority_queue<Pending>& pending) {
  std::vector<CostTree::Child> children;
  children.reserve(nodes.size());
  for (const CallerTree::Node& node : nodes)
    children.push_back({.function = static_cast<quint32>(index(node.function)), .total = node.cost});
  // Both sort alike, so the nodes have the order of the children.
  quint32 at = tree.addChildren(parent, std::move(children));
  for (CallerTree::Node& node : nodes) {
    if (node.hasCallers) pending.push({.cost = node.cost, .node = at, .of = std::move(node)});
    ++at;
  }
}

}  // namespace

CostTreePtr topDownTree(const client::Profile& profile, const client::StackCosts& costs,
                        const std::stop_token& stop) {
  const CallTree calls(profile, costs);
  if (stop.stop_requested()) return nullptr;
  CostTree::Builder tree(calls.nodes().front().total);
  tree.reserve(calls.nodes().size());
  std::vector<std::uint32_t> callOf{CallTree::kRoot};  // By node of the new tree.
  callOf.reserve(calls.nodes().size());
  for (quint32 node = 0; node < tree.size(); ++node) {
    if (node % kNodesAtATime == 0 && stop.stop_requested()) return nullptr;
    const std::uint32_t call = callOf[node];
    if (!calls.hasChildren(call)) continue;
    const std::vector<std::uint32_t> sorted = calls.children(call);  // As the new tree sorts them.
    std::vector<CostTree::Child> children;
    children.reserve(sorted.size());
    for (const std::uint32_t child : sorted)
      children.push_back({.function = static_cast<quint32>(index(calls.nodes()[child].function)),
                          .total = calls.nodes()[child].total});
    tree.addChildren(node, std::move(children));
    callOf.insert(callOf.end(), sorted.begin(), sorted.end());
  }
  return tree.build();
}

CostTreePtr bottomUpTree(const client::Profile& profile, const client::StackCosts& costs,
                         const std::stop_token& stop, std::size_t most) {
  const CallerTree callers(profile, costs);
  CostTree::Builder tree(costs.sum());
  std::priority_queue<Pending> pending;
  addCallers(tree, CostTree::kRoot, callers.allocating(), pending);
  for (std::size_t seen = 0; !pending.empty();) {
    if (tree.size() / kNodesAtATime != seen) {
      seen = tree.size() / kNodesAtATime;
      if (stop.stop_requested()) return nullptr;
    }
    const Pending next = pending.top();
    pending.pop();
    if (tree.size() >= most)
      tree.cut(next.node);
    else
      addCallers(tree, next.node, callers.callers(next.of), pending);
  }
  return tree.build();
}

}  // namespace heaptap::gui
