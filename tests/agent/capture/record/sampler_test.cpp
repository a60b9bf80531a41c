// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/record/sampler.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <vector>

namespace heaptap::capture {
namespace {

constexpr int kDraws = 1'000'000;
// With fixed seeds a result is always the same; five standard errors leave room for the seeds to be anything.
constexpr double kSigmas = 5;

std::vector<double> distances(std::uint64_t seed, std::uint64_t interval) {
  Sampler sampler;
  sampler.seed(seed);
  std::vector<double> drawn;
  drawn.reserve(kDraws);
  for (int i = 0; i < kDraws; ++i) drawn.push_back(static_cast<double>(sampler.nextDistance(interval)));
  return drawn;
}

TEST(Sampler, SamplesLieTheIntervalApartOnAverage) {
  for (const std::uint64_t interval : {100ULL, 4096ULL, 512ULL << 10, 1ULL << 40}) {
    double sum = 0;
    for (const double distance : distances(1, interval)) sum += distance + 0.5;  // They are rounded down.
    const auto mean = static_cast<double>(interval);  // An exponential's standard deviation is its mean.
    EXPECT_NEAR(sum / kDraws, mean, kSigmas * mean / std::sqrt(kDraws)) << interval;
  }
}

TEST(Sampler, AnAllocationContainsASampleAsOftenAsItsSizeSays) {
  constexpr std::uint64_t kInterval = 1000;
  const std::vector<double> drawn = distances(2, kInterval);
  for (const double size : {1.0, 10.0, 100.0, 1000.0, 5000.0}) {
    double hits = 0;
    for (const double distance : drawn) hits += distance < size ? 1 : 0;
    const double expected = 1 - std::exp(-size / kInterval);
    const double error = std::sqrt(expected * (1 - expected) / kDraws);
    EXPECT_NEAR(hits / kDraws, expected, kSigmas * error) << size;
  }
}

TEST(Sampler, WhatIsLeftOfADistanceIsDistributedAsTheWhole) {
  constexpr double kInterval = 1000;
  double beyond = 0, farBeyond = 0;
  for (const double distance : distances(3, static_cast<std::uint64_t>(kInterval))) {
    beyond += distance >= 700 ? 1 : 0;
    farBeyond += distance >= 700 + 1200 ? 1 : 0;
  }
  const double expected = std::exp(-1200 / kInterval);
  EXPECT_NEAR(farBeyond / beyond, expected, kSigmas * std::sqrt(expected * (1 - expected) / beyond));
}

TEST(Sampler, SeedsDrawDifferentSamples) {
  std::map<std::int64_t, int> firsts;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    Sampler sampler;
    sampler.seed(seed);
    ++firsts[sampler.nextDistance(1ULL << 40)];
  }
  EXPECT_GT(firsts.size(), 990U);
}

TEST(Sampler, EvenTheSmallestIntervalDrawsNothingNegative) {
  for (const double distance : distances(4, 1)) ASSERT_GE(distance, 0);
}

}  // namespace
}  // namespace heaptap::capture
