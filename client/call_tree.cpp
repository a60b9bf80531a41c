// SPDX-License-Identifier: Apache-2.0
#include "client/call_tree.h"

#include <algorithm>

namespace heaptap::client {

/// Finds the children of nodes that have many, by parent and function: open addressing, half full at most.
class CallTree::Index {
 public:
  explicit Index(const std::vector<Node>& nodes) : m_nodes(nodes) {}

  /// 0: it is not there.
  [[nodiscard]] std::uint32_t find(std::uint32_t parent, FunctionId function) const {
    for (std::size_t at = hash(parent, function) & m_mask; m_slots[at] != 0; at = (at + 1) & m_mask)
      if (m_nodes[m_slots[at]].parent == parent && m_nodes[m_slots[at]].function == function)
        return m_slots[at];
    return 0;
  }
  /// Precondition: it is not there yet.
  void add(std::uint32_t node) {
    if (2 * ++m_count > m_slots.size()) grow();
    put(node);
  }

 private:
  static std::size_t hash(std::uint32_t parent, FunctionId function) {
    const std::uint64_t key = static_cast<std::uint64_t>(parent) << 32 | index(function);
    const std::uint64_t mixed = key * 0x9E37'79B9'7F4A'7C15ULL;
    return static_cast<std::size_t>(mixed ^ (mixed >> 32));
  }
  void put(std::uint32_t node) {
    std::size_t at = hash(m_nodes[node].parent, m_nodes[node].function) & m_mask;
    while (m_slots[at] != 0) at = (at + 1) & m_mask;
    m_slots[at] = node;
  }
  void grow() {
    std::vector<std::uint32_t> before(std::max<std::size_t>(2 * m_slots.size(), 1024), 0);
    before.swap(m_slots);
    m_mask = m_slots.size() - 1;
    for (const std::uint32_t node : before)
      if (node != 0) put(node);
  }

  const std::vector<Node>& m_nodes;
  std::vector<std::uint32_t> m_slots;
  std::size_t m_mask = 0;
  std::size_t m_count = 0;
};

std::uint32_t CallTree::childOf(std::uint32_t parent, FunctionId function, Index& known) {
  constexpr int kLookedThrough = 8;  // Most functions call few others.
  const std::uint32_t newest = m_links[parent].firstChild;
  int children = 0;
  for (std::uint32_t child = newest; child != 0 && children < kLookedThrough;
       child = m_links[child].nextSibling, ++children)
    if (m_links[child].function == function) return child;
  if (m_links[parent].isIndexed)
    if (const std::uint32_t child = known.find(parent, function)) return child;
  const auto node = static_cast<std::uint32_t>(m_nodes.size());
  m_nodes.push_back({.function = function, .parent = parent});
  m_links.push_back({.firstChild = 0, .nextSibling = newest, .function = function});
  m_links[parent].firstChild = node;
  if (m_links[parent].isIndexed) {
    known.add(node);
  } else if (children == kLookedThrough) {
    m_links[parent].isIndexed = true;
    for (std::uint32_t child = node; child != 0; child = m_links[child].nextSibling) known.add(child);
  }
  return node;
}

CallTree::CallTree(const Profile& profile, const StackCosts& costs) {
  // As many as there can be, with inlined functions: what is not used is never touched, and nothing is moved.
  std::size_t most = 1;
  for (std::uint32_t i = 1; i < costs.stacks(); ++i)
    if (const auto stack = static_cast<model::StackId>(i); costs.total(stack) != 0)
      most += profile.names->functions(profile.definitions.stack(stack).frame).size();
  m_nodes.reserve(most);
  m_links.reserve(most);
  m_nodes.push_back({.function = FrameNames::kAllocator, .parent = kRoot});
  m_links.push_back({});
  Index known(m_nodes);
  std::vector<std::uint32_t> nodeOf(costs.stacks(), kRoot);
  m_nodes.front().self = costs.self(model::StackId{});
  for (std::uint32_t i = 1; i < costs.stacks(); ++i) {
    const auto stack = static_cast<model::StackId>(i);
    if (costs.total(stack) == 0) continue;
    const model::StackNode& place = profile.definitions.stack(stack);
    std::uint32_t node = nodeOf[index(place.parent)];
    const auto functions = profile.names->functions(place.frame);
    for (std::size_t line = functions.size(); line-- > 0;)
      if (functions[line] != FrameNames::kAllocator) node = childOf(node, functions[line], known);
    nodeOf[i] = node;
    m_nodes[node].self += costs.self(stack);
  }
  for (Node& node : m_nodes) node.total = node.self;
  for (std::size_t i = m_nodes.size(); i-- > 1;) m_nodes[m_nodes[i].parent].total += m_nodes[i].total;
}

std::vector<std::uint32_t> CallTree::children(std::uint32_t node) const {
  std::vector<std::uint32_t> children;
  for (std::uint32_t child = m_links[node].firstChild; child != 0; child = m_links[child].nextSibling)
    children.push_back(child);
  std::sort(children.begin(), children.end(), [this](std::uint32_t a, std::uint32_t b) {
    if (m_nodes[a].total != m_nodes[b].total) return m_nodes[a].total > m_nodes[b].total;
    return m_nodes[a].function < m_nodes[b].function;
  });
  return children;
}

}  // namespace heaptap::client
