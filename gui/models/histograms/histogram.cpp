// SPDX-License-Identifier: Apache-2.0
#include "gui/models/histograms/histogram.h"

#include <algorithm>

namespace heaptap::gui {

BlockSum Histogram::Bar::sum() const {
  BlockSum sum;
  for (const BlockSum& part : parts) sum += part;
  return sum;
}

BlockSum Histogram::sum() const {
  BlockSum sum;
  for (const Bar& bar : bars) sum += bar.sum();
  return sum;
}

std::vector<std::size_t> largestOf(const std::vector<quint64>& values, std::size_t most) {
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (values[i] > 0) positions.push_back(i);
  const auto end = positions.begin() + static_cast<std::ptrdiff_t>(std::min(most, positions.size()));
  std::partial_sort(positions.begin(), end, positions.end(), [&](std::size_t a, std::size_t b) {
    return values[a] != values[b] ? values[a] > values[b] : a < b;
  });
  positions.erase(end, positions.end());
  return positions;
}

}  // namespace heaptap::gui
