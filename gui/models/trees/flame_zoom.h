// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "gui/models/trees/cost_tree.h"

namespace heaptap::gui {

/// Which part of a tree a flame graph shows: a stretch of the cost as a line.
/// Units: those of the cost.
class FlameZoom {
 public:
  /// All of a tree; null: there is none.
  void reset(const CostTreePtr& tree);
  /// A later tree of the same session and query: what is shown stays, if it is still there.
  void follow(const CostTreePtr& tree);

  /// Shows a node in the whole width.
  void to(quint32 node);
  /// Shows `factor` times as much (below 1: less); the place at `share` of the width, from 0 to 1, stays.
  void by(double factor, double share);
  /// Moves by that share of the width.
  void move(double share);

  [[nodiscard]] double from() const { return m_from; }
  [[nodiscard]] double end() const { return m_end; }
  /// The innermost node that has all that is shown; the root without a tree.
  [[nodiscard]] quint32 node() const { return m_node; }
  [[nodiscard]] bool isWhole() const;

 private:
  void show(double from, double end);

  CostTreePtr m_tree;
  double m_from = 0;
  double m_end = 1;
  quint32 m_node = CostTree::kRoot;
};

}  // namespace heaptap::gui
