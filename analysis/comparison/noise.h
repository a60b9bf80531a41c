// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace heaptap::analysis {

/// A number in the runs before and in those after, and how sure the difference is.
struct Change {
  std::uint64_t before = 0;  ///< The median of the runs.
  std::uint64_t after = 0;
  /// How far the number varies without a cause that is looked for: the larger of the spreads (the most less
  /// the least) of the two sides, and twice the standard error where it is estimated from samples.
  std::uint64_t noise = 0;

  [[nodiscard]] std::uint64_t magnitude() const { return after > before ? after - before : before - after; }
  [[nodiscard]] bool grew() const { return after > before; }
  [[nodiscard]] bool shrank() const { return after < before; }
  /// The difference is not larger than what varies anyway.
  [[nodiscard]] bool isNoise() const { return after != before && magnitude() <= noise; }

  bool operator==(const Change&) const = default;
};

/// The middle one; of an even number the mean of the two in the middle, rounded down; of none 0.
[[nodiscard]] std::uint64_t medianOf(std::span<const std::uint64_t> values);

/// The most less the least.
[[nodiscard]] std::uint64_t spreadOf(std::span<const std::uint64_t> values);

/// `beforeVariance`, `afterVariance`: of one run's number, where it is estimated; else 0.
[[nodiscard]] Change changeOf(std::span<const std::uint64_t> before, std::span<const std::uint64_t> after,
                              double beforeVariance = 0, double afterVariance = 0);

/// A variance as changeOf() takes it, of a side where allocations may be sampled. Of values that are all 0 no
/// sample tells the error: then it is `unseen`, that of what no sample may have met (0: nothing is sampled).
[[nodiscard]] double varianceOf(std::span<const std::uint64_t> values, double variance, double unseen);

/// What was lost or gained, with its sign; saturates where 63 bits do not hold it.
[[nodiscard]] std::int64_t differenceOf(const Change& change);

}  // namespace heaptap::analysis
