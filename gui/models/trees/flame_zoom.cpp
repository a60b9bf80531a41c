// SPDX-License-Identifier: Apache-2.0
#include "gui/models/trees/flame_zoom.h"

#include <algorithm>

namespace heaptap::gui {
namespace {

/// Less than that is never shown: nothing would be seen but one box.
constexpr double kLeastShown = 1;

double startOf(const CostTree& tree, quint32 node) { return static_cast<double>(tree.node(node).start); }
double sizeOf(const CostTree& tree, quint32 node) { return static_cast<double>(tree.node(node).total); }

}  // namespace

void FlameZoom::reset(const CostTreePtr& tree) {
  m_tree = tree;
  m_node = CostTree::kRoot;
  m_from = 0;
  m_end = tree ? std::max(kLeastShown, sizeOf(*tree, CostTree::kRoot)) : 1;
}

void FlameZoom::follow(const CostTreePtr& tree) {
  if (!m_tree || !tree || m_node == CostTree::kRoot) {
    const bool wasWhole = isWhole();
    const double before = m_tree ? std::max(kLeastShown, sizeOf(*m_tree, CostTree::kRoot)) : 1;
    const double from = m_from / before;
    const double end = m_end / before;
    reset(tree);
    if (!wasWhole && tree) show(from * m_end, end * m_end);
    return;
  }
  const double start = startOf(*m_tree, m_node);
  const double size = std::max(kLeastShown, sizeOf(*m_tree, m_node));
  const double from = (m_from - start) / size;
  const double end = (m_end - start) / size;
  const auto node = tree->find(m_tree->path(m_node));
  if (!node) return reset(tree);
  m_tree = tree;
  if (from <= 0 && end >= 1) return to(*node);
  const double now = sizeOf(*tree, *node);
  show(startOf(*tree, *node) + from * now, startOf(*tree, *node) + end * now);
}

void FlameZoom::to(quint32 node) {
  if (!m_tree) return;
  show(startOf(*m_tree, node), startOf(*m_tree, node) + sizeOf(*m_tree, node));
  m_node = node;  // One of several that have the same extent.
}

void FlameZoom::by(double factor, double share) {
  if (!m_tree) return;
  const double fixed = m_from + share * (m_end - m_from);
  const double whole = std::max(kLeastShown, sizeOf(*m_tree, CostTree::kRoot));
  const double size = std::clamp((m_end - m_from) * factor, std::min(kLeastShown, whole), whole);
  show(fixed - share * size, fixed + (1 - share) * size);
}

void FlameZoom::move(double share) {
  const double by = share * (m_end - m_from);
  show(m_from + by, m_end + by);
}

bool FlameZoom::isWhole() const {
  return !m_tree || (m_from <= 0 && m_end >= sizeOf(*m_tree, CostTree::kRoot));
}

void FlameZoom::show(double from, double end) {
  if (!m_tree) return;
  const double whole = std::max(kLeastShown, sizeOf(*m_tree, CostTree::kRoot));
  const double size = std::clamp(end - from, std::min(kLeastShown, whole), whole);
  m_from = std::clamp(from, 0.0, whole - size);
  m_end = m_from + size;
  m_node = CostTree::kRoot;
  while (m_tree->node(m_node).children > 0) {
    const CostTree::Node& of = m_tree->node(m_node);
    const CostTree::Node* const first = m_tree->nodes().data() + of.firstChild;
    const CostTree::Node* const last = first + of.children;
    const auto* const child = std::partition_point(first, last, [this](const CostTree::Node& node) {
      return static_cast<double>(node.start + node.total) <= m_from;
    });
    // What has the whole extent of its caller is not gone into: the caller is what one looks at.
    if (child == last || static_cast<double>(child->start) > m_from ||
        static_cast<double>(child->start + child->total) < m_end || static_cast<double>(child->total) <= size)
      break;
    m_node = static_cast<quint32>(child - m_tree->nodes().data());
  }
}

}  // namespace heaptap::gui
