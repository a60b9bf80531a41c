// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace heaptap::gui {

/// One line that stands for one mark, or for several that would lie on top of each other.
/// Units: pixels.
struct MarkSpot {
  std::size_t first = 0;  ///< Position of its first mark.
  std::size_t count = 1;
  double x = 0;
  double labelLeft = 0;
  double labelWidth = 0;  ///< 0: there is no room for a label.

  [[nodiscard]] bool contains(std::size_t mark) const { return mark >= first && mark - first < count; }
  bool operator==(const MarkSpot&) const = default;
};

/// The room that labels have.
/// Units: pixels.
struct MarkLane {
  double left = 0;
  double right = 0;
  double gap = 8;            ///< Between two labels.
  double leastLabel = 76;    ///< A label that must be cut keeps so much at least.
  double leastDistance = 4;  ///< Marks closer than that share a line.
};

/// Gathers marks into lines, and gives labels to those that there is room for: never two on top of each
/// other. `positions`: across the lane, ascending. `labelWidth(first, count)`: of the whole label of a spot.
[[nodiscard]] std::vector<MarkSpot> placeMarks(
    const std::vector<double>& positions, const MarkLane& lane,
    const std::function<double(std::size_t first, std::size_t count)>& labelWidth);

}  // namespace heaptap::gui
