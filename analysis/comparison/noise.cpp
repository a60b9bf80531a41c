// SPDX-License-Identifier: Apache-2.0
#include "analysis/comparison/noise.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace heaptap::analysis {

std::uint64_t medianOf(std::span<const std::uint64_t> values) {
  if (values.empty()) return 0;
  if (values.size() == 1) return values.front();
  std::vector<std::uint64_t> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  const std::size_t middle = sorted.size() / 2;
  if (sorted.size() % 2 == 1) return sorted[middle];
  return sorted[middle - 1] + (sorted[middle] - sorted[middle - 1]) / 2;
}

std::uint64_t spreadOf(std::span<const std::uint64_t> values) {
  if (values.empty()) return 0;
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  return *most - *least;
}

Change changeOf(std::span<const std::uint64_t> before, std::span<const std::uint64_t> after,
                double beforeVariance, double afterVariance) {
  constexpr double kSureEnough = 2;  // Standard errors: 19 of 20 estimates are nearer than that.
  Change change{.before = medianOf(before), .after = medianOf(after), .noise = 0};
  change.noise = std::max(spreadOf(before), spreadOf(after));
  const double error = kSureEnough * std::sqrt(beforeVariance + afterVariance);
  if (error > 0 && error < static_cast<double>(std::numeric_limits<std::int64_t>::max()))
    change.noise = std::max(change.noise, static_cast<std::uint64_t>(std::llround(error)));
  return change;
}

double varianceOf(std::span<const std::uint64_t> values, double variance, double unseen) {
  const bool isNothing =
      std::all_of(values.begin(), values.end(), [](std::uint64_t value) { return value == 0; });
  return isNothing ? std::max(variance, unseen) : variance;
}

std::int64_t differenceOf(const Change& change) {
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  const auto magnitude = static_cast<std::int64_t>(std::min(change.magnitude(), kMost));
  return change.grew() ? magnitude : -magnitude;
}

}  // namespace heaptap::analysis
