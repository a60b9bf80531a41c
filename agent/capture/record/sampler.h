// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace heaptap::capture {

/// Where the next sample lies: the samples are points on the line of all bytes that a thread allocates, one
/// each T bytes on average and independent of one another (a Poisson process). An allocation is recorded when
/// a point falls into it. So one of s bytes is with the probability 1 - e^(-s/T), whatever was before: the
/// distance to the next point is exponential, and what is left of it, too. Threads: one.
class Sampler {
 public:
  /// Threads with different seeds draw different points.
  void seed(std::uint64_t seed) { m_state = seed; }

  /// Draws the distance to the next sample.
  /// Units: bytes, rounded down, so that an allocation of n bytes contains the sample when the distance is
  /// below n. `interval`: T, at least 1.
  std::int64_t nextDistance(std::uint64_t interval);

 private:
  std::uint64_t m_state = 0;
};

}  // namespace heaptap::capture
