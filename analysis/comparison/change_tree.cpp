// SPDX-License-Identifier: Apache-2.0
#include "analysis/comparison/change_tree.h"

#include <algorithm>
#include <span>
#include <utility>

namespace heaptap::analysis {
namespace {

void add(SideVariances& to, const SideVariances& from) {
  to.before += from.before;
  to.after += from.after;
}

}  // namespace

ChangeTree::ChangeTree(const Comparison& comparison) : m_comparison(comparison) {
  const auto& nodes = comparison.stacks.nodes();
  m_self = RunValues(nodes.size(), comparison.siteValues.runs());
  m_selfVariances.resize(nodes.size());
  for (std::size_t row = 0; row < comparison.siteNodes.size(); ++row) {
    m_self.add(comparison.siteNodes[row], comparison.siteValues.row(row));
    add(m_selfVariances[comparison.siteNodes[row]], comparison.siteVariances[row]);
  }
  m_total = m_self;
  m_totalVariances = m_selfVariances;
  m_firstChild.resize(nodes.size(), 0);
  m_nextSibling.resize(nodes.size(), 0);
  for (std::size_t i = nodes.size(); i-- > 1;) {
    const std::span<const std::uint64_t> values = m_total.row(i);
    if (std::all_of(values.begin(), values.end(), [](std::uint64_t value) { return value == 0; })) continue;
    const std::uint32_t parent = nodes[i].parent;
    m_total.add(parent, values);
    add(m_totalVariances[parent], m_totalVariances[i]);
    m_nextSibling[i] = m_firstChild[parent];
    m_firstChild[parent] = static_cast<std::uint32_t>(i);
  }
}

std::uint32_t ChangeTree::functionOf(std::uint32_t node) const {
  return m_comparison.stacks.nodes()[node].function;
}

std::vector<std::uint32_t> ChangeTree::children(std::uint32_t node) const {
  std::vector<std::pair<std::uint64_t, std::uint32_t>> found;
  for (std::uint32_t child = m_firstChild[node]; child != 0; child = m_nextSibling[child]) {
    const Change change = total(child);
    found.emplace_back(std::max(change.before, change.after), child);
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::uint32_t> children;
  for (const auto& [cost, child] : found) children.push_back(child);
  return children;
}

Change ChangeTree::totalOf(const std::vector<std::uint32_t>& nodes) const {
  RunValues sum(1, m_total.runs());
  SideVariances variances;
  for (const std::uint32_t node : nodes) {
    sum.add(0, m_total.row(node));
    add(variances, m_totalVariances[node]);
  }
  return changeOf(sum.row(0), variances);
}

Change ChangeTree::changeOf(std::span<const std::uint64_t> runs, const SideVariances& variances) const {
  const auto before = runs.first(m_comparison.runsBefore);
  const auto after = runs.subspan(m_comparison.runsBefore);
  return analysis::changeOf(before, after, varianceOf(before, variances.before, m_comparison.unseen.before),
                            varianceOf(after, variances.after, m_comparison.unseen.after));
}

}  // namespace heaptap::analysis
