// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>

/// What a sampled allocation stands for. The samples are points of a Poisson process on the line of all
/// allocated bytes, one each T on average; an allocation of s bytes is recorded when one falls into it, with
/// the probability p = 1 - e^(-s/T), independently of all others. Counted 1/p times each, the recorded ones
/// add up to an unbiased estimate of all (Horvitz, Thompson, "A generalization of sampling without
/// replacement from a finite universe", 1952), and n of them contribute n (1 - p)/p^2 to an unbiased estimate
/// of its variance.
namespace heaptap {

/// How many allocations of `size` bytes a recorded one stands for: 1/p. `interval`: T in bytes; 0: all are
/// recorded.
inline double sampleWeight(std::uint64_t size, std::uint64_t interval) {
  if (interval == 0) return 1;
  const auto bytes = static_cast<double>(size == 0 ? 1 : size);
  return -1 / std::expm1(-bytes / static_cast<double>(interval));
}

/// How many bytes it stands for, to the nearest: of a block without any, none.
inline std::uint64_t sampleBytes(std::uint64_t size, std::uint64_t interval) {
  if (interval == 0) return size;
  return static_cast<std::uint64_t>(sampleWeight(size, interval) * static_cast<double>(size) + 0.5);
}

/// What each recorded one adds to the variance of an estimated number of blocks.
inline double sampleVariance(double weight) { return weight * (weight - 1); }

/// The same of an estimated number of bytes. `bytes`: those that it stands for, size times weight; the
/// variance is size^2 w (w - 1).
inline double sampleByteVariance(std::uint64_t bytes, double weight) {
  return static_cast<double>(bytes) * static_cast<double>(bytes) * (1 - 1 / weight);
}

}  // namespace heaptap
