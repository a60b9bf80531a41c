// SPDX-License-Identifier: Apache-2.0
#include "gui/models/trees/flame_layout.h"

#include <algorithm>

namespace heaptap::gui {

FlameLayout::FlameLayout(const CostTree& tree, double from, double to, double width) {
  if (tree.total() == 0 || width <= 0) return;
  const double scale = width / (to - from);
  const auto end = [](const CostTree::Node& node) {
    return static_cast<double>(node.start + node.total);
  };
  const CostTree::Node& root = tree.node(CostTree::kRoot);
  m_firstOfRow.push_back(0);
  m_boxes.push_back({.node = CostTree::kRoot,
                     .left = std::max(0.0, -from * scale),
                     .right = std::min(width, (end(root) - from) * scale)});
  for (std::size_t first = 0; first < m_boxes.size();) {
    const std::size_t after = m_boxes.size();
    m_firstOfRow.push_back(after);
    for (std::size_t at = first; at < after; ++at)
      if (!m_boxes[at].isMerged) addChildren(tree, m_boxes[at].node, from, to, scale);
    first = after;
  }
}

void FlameLayout::addChildren(const CostTree& tree, quint32 parent, double from, double to, double scale) {
  const CostTree::Node& of = tree.node(parent);
  if (of.children == 0) return;
  const CostTree::Node* const first = tree.nodes().data() + of.firstChild;
  const CostTree::Node* const last = first + of.children;
  // Children lie one after the other, and become narrower: all bounds are found by halving.
  const auto* child = std::partition_point(first, last, [from](const CostTree::Node& node) {
    return static_cast<double>(node.start + node.total) <= from;
  });
  const auto* const end = std::partition_point(
      child, last, [to](const CostTree::Node& node) { return static_cast<double>(node.start) < to; });
  const auto* const narrow = std::partition_point(child, end, [scale](const CostTree::Node& node) {
    return static_cast<double>(node.total) * scale >= kLeastWidth;
  });
  const double width = (to - from) * scale;
  const auto box = [&](const CostTree::Node* begin, const CostTree::Node* behind, bool isMerged) {
    const CostTree::Node& back = *(behind - 1);
    const double left = (static_cast<double>(begin->start) - from) * scale;
    const double right = (static_cast<double>(back.start + back.total) - from) * scale;
    if (right - left < kLeastWidth) return;
    m_boxes.push_back({.node = static_cast<quint32>(begin - tree.nodes().data()),
                       .nodes = static_cast<quint32>(behind - begin),
                       .left = std::max(0.0, left),
                       .right = std::min(width, right),
                       .isMerged = isMerged});
  };
  for (; child != narrow; ++child) box(child, child + 1, false);
  if (narrow != end) box(narrow, end, true);
}

const FlameBox* FlameLayout::at(std::size_t at, double x) const {
  if (at >= rows()) return nullptr;
  const std::span<const FlameBox> boxes = row(at);
  const auto found =
      std::partition_point(boxes.begin(), boxes.end(), [x](const FlameBox& box) { return box.right <= x; });
  return found == boxes.end() || found->left > x ? nullptr : &*found;
}

const FlameBox* FlameLayout::find(std::size_t at, quint32 node) const {
  if (at >= rows()) return nullptr;
  // Nodes of a depth are not in the order of their numbers, where a tree was made the largest first.
  for (const FlameBox& box : row(at))
    if (node >= box.node && node < box.node + box.nodes) return &box;
  return nullptr;
}

}  // namespace heaptap::gui
