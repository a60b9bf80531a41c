// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "gui/models/trees/cost_tree.h"

namespace heaptap::gui {

/// One box of a flame graph: a node; or several children of one node, beside each other, that are each too
/// narrow to be seen.
/// Units: pixels from the left; within the width of the graph.
struct FlameBox {
  quint32 node = 0;   ///< The first of them.
  quint32 nodes = 1;  ///< How many they are.
  double left = 0;
  double right = 0;
  bool isMerged = false;  ///< None of them is seen by itself; nothing stands below.

  [[nodiscard]] double width() const { return right - left; }
};

/// Where the boxes of a part of a tree are. A row for each depth; the root is row 0.
///
///     cost as a line  |··from═══════════════to··|      what lies between `from` and `to` takes the width
///
/// Cost: what is seen: children that are too narrow are found by halving, and not looked at one by one.
class FlameLayout {
 public:
  static constexpr double kLeastWidth = 1;  ///< Narrower nodes are merged. Units: pixels.

  FlameLayout() = default;
  /// Units: `from`, `to`: the cost; `width`: pixels.
  /// Precondition: from < to.
  FlameLayout(const CostTree& tree, double from, double to, double width);

  [[nodiscard]] std::size_t rows() const { return m_firstOfRow.empty() ? 0 : m_firstOfRow.size() - 1; }
  [[nodiscard]] const std::vector<FlameBox>& boxes() const { return m_boxes; }
  /// From left to right.
  [[nodiscard]] std::span<const FlameBox> row(std::size_t row) const {
    return std::span(m_boxes).subspan(m_firstOfRow[row], m_firstOfRow[row + 1] - m_firstOfRow[row]);
  }
  /// The box at a place; null: there is none.
  [[nodiscard]] const FlameBox* at(std::size_t row, double x) const;
  /// The box that a node of that row is (part of); null: it is not seen.
  [[nodiscard]] const FlameBox* find(std::size_t row, quint32 node) const;

 private:
  void addChildren(const CostTree& tree, quint32 parent, double from, double to, double scale);

  std::vector<FlameBox> m_boxes;          ///< Row by row.
  std::vector<std::size_t> m_firstOfRow;  ///< With the end of the last one.
};

}  // namespace heaptap::gui
