// SPDX-License-Identifier: Apache-2.0
#include "analysis/comparison/function_changes.h"

#include <cstddef>
#include <limits>

namespace heaptap::analysis {
namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

/// The only function of a family on one side that the other side does not have; kNone: there is none; kMany.
constexpr std::uint32_t kMany = kNone - 1;

std::vector<std::uint32_t> onlyOneOf(const CommonStacks& stacks, const Presence& seen, std::uint8_t side) {
  std::vector<std::uint32_t> only(stacks.families(), kNone);
  for (std::uint32_t i = 0; i < seen.size(); ++i) {
    std::uint32_t& known = only[stacks.functions()[i].family];
    if (seen[i] == side) known = known == kNone ? i : kMany;
  }
  return only;
}

void assignRows(const CommonStacks& stacks, const Presence& seen, FunctionRows& rows) {
  const auto before = onlyOneOf(stacks, seen, kBefore);
  const auto after = onlyOneOf(stacks, seen, kAfter);
  rows.rowOf.resize(stacks.functions().size());
  for (std::uint32_t i = 0; i < rows.rowOf.size(); ++i) {
    const std::uint32_t family = stacks.functions()[i].family;
    const bool isPaired =
        before[family] < kMany && after[family] < kMany && (seen[i] == kBefore || seen[i] == kAfter);
    const std::uint32_t other = seen[i] == kBefore ? after[family] : before[family];
    if (isPaired && other < i) {
      rows.rowOf[i] = rows.rowOf[other];
      if (seen[i] == kAfter) rows.functions[rows.rowOf[i]] = i;
      continue;
    }
    rows.rowOf[i] = static_cast<std::uint32_t>(rows.functions.size());
    rows.functions.push_back(i);
  }
}

/// Visits the nodes from the outermost inwards, a child behind its parent and before its parent's siblings.
class Walk {
 public:
  explicit Walk(const std::vector<CommonStacks::Node>& nodes)
      : m_nodes(nodes), m_firstChild(nodes.size(), 0), m_nextSibling(nodes.size(), 0) {
    for (std::size_t i = nodes.size(); i-- > 1;) {
      m_nextSibling[i] = m_firstChild[nodes[i].parent];
      m_firstChild[nodes[i].parent] = static_cast<std::uint32_t>(i);
    }
  }
  template <class Enter, class Leave>
  void run(Enter&& enter, Leave&& leave) const {
    std::uint32_t node = CommonStacks::kRoot;
    enter(node);
    while (true) {
      if (m_firstChild[node] != 0) {
        node = m_firstChild[node];
        enter(node);
        continue;
      }
      while (true) {
        leave(node);
        if (node == CommonStacks::kRoot) return;
        if (m_nextSibling[node] != 0) break;
        node = m_nodes[node].parent;
      }
      node = m_nextSibling[node];
      enter(node);
    }
  }

 private:
  const std::vector<CommonStacks::Node>& m_nodes;
  std::vector<std::uint32_t> m_firstChild;
  std::vector<std::uint32_t> m_nextSibling;
};

}  // namespace

FunctionRows functionRows(const CommonStacks& stacks, const Presence& functionsSeen,
                          const RunValues& values) {
  FunctionRows rows;
  assignRows(stacks, functionsSeen, rows);
  rows.self = RunValues(rows.functions.size(), values.runs());
  rows.total = RunValues(rows.functions.size(), values.runs());
  const auto& nodes = stacks.nodes();
  RunValues whole = values;  // Of a node with all that it called.
  for (std::size_t i = nodes.size(); i-- > 1;) whole.add(nodes[i].parent, whole.row(i));
  std::vector<std::uint32_t> active(rows.functions.size(), 0);
  const auto rowOf = [&](std::uint32_t node) { return rows.rowOf[nodes[node].function]; };
  Walk(nodes).run(
      [&](std::uint32_t node) {
        const std::uint32_t row = rowOf(node);
        rows.self.add(row, values.row(node));
        // The root's total is everything's, its function's own is what has no stack.
        if (node == CommonStacks::kRoot)
          rows.total.add(row, values.row(node));
        else if (active[row]++ == 0)
          rows.total.add(row, whole.row(node));
      },
      [&](std::uint32_t node) {
        if (node != CommonStacks::kRoot) --active[rowOf(node)];
      });
  return rows;
}

}  // namespace heaptap::analysis
