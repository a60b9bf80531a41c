// SPDX-License-Identifier: Apache-2.0
#include "gui/models/marks/mark_layout.h"

#include <algorithm>

namespace heaptap::gui {

std::vector<MarkSpot> placeMarks(
    const std::vector<double>& positions, const MarkLane& lane,
    const std::function<double(std::size_t first, std::size_t count)>& labelWidth) {
  std::vector<MarkSpot> spots;
  for (std::size_t i = 0; i < positions.size(); ++i) {
    if (!spots.empty() && positions[i] - spots.back().x < lane.leastDistance)
      ++spots.back().count;
    else
      spots.push_back({.first = i, .count = 1, .x = positions[i]});
  }
  double freeFrom = lane.left;
  for (std::size_t i = 0; i < spots.size(); ++i) {
    MarkSpot& spot = spots[i];
    const double whole = labelWidth(spot.first, spot.count);
    const double least = std::min(whole, lane.leastLabel);
    const bool isLast = i + 1 == spots.size();
    const double end =
        isLast ? lane.right : std::min(lane.right, std::max(spots[i + 1].x - lane.gap, spot.x + least));
    // To the right of its line; at the end of the lane as far to the left as it must.
    double left = spot.x;
    if (isLast || end - left < least)
      left = std::min(left, std::max(freeFrom, end - (isLast ? whole : least)));
    const double width = std::min(whole, end - left);
    if (left < freeFrom || width < least) continue;
    spot.labelLeft = left;
    spot.labelWidth = width;
    freeFrom = spot.labelLeft + spot.labelWidth + lane.gap;
  }
  return spots;
}

}  // namespace heaptap::gui
