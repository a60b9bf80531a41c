// SPDX-License-Identifier: Apache-2.0
#include "collector/model/resident_memory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace heaptap::model {
namespace {

using Bytes = std::optional<std::uint64_t>;

ResidentSample sampled(std::uint64_t atNs, std::uint64_t rss, Bytes own = std::nullopt,
                       Bytes pss = std::nullopt) {
  return {.atNs = atNs, .rssBytes = rss, .pssBytes = pss, .ownBytes = own};
}

TEST(ResidentMemory, theProgramsIsWithoutHeaptaps) {
  EXPECT_EQ(sampled(1, 100, 30).programBytes(), 70U);
  EXPECT_EQ(sampled(1, 100).programBytes(), std::nullopt) << "unknown is not zero";
  EXPECT_EQ(sampled(1, 100, 130).programBytes(), 0U);
}

TEST(ResidentMemory, knowsTheLargest) {
  ResidentMemory memory;
  EXPECT_EQ(memory.maxProgramBytes(), std::nullopt);
  memory.add(sampled(1, 500));
  EXPECT_EQ(memory.maxProgramBytes(), std::nullopt) << "heaptap's share of it is unknown";
  memory.add(sampled(2, 100, 10));
  memory.add(sampled(3, 80, 40));
  EXPECT_EQ(memory.maxProgramBytes(), 90U);
  EXPECT_EQ(memory.maxOwnBytes(), 40U);
}

TEST(ResidentMemory, staysBoundedAndKeepsPeaks) {
  ResidentMemory memory;
  constexpr std::uint64_t kSamples = ResidentMemory::kMaxSamples * 10;
  for (std::uint64_t i = 0; i < kSamples; ++i) memory.add(sampled(i, i == 4711 ? 1'000'000 : i % 100 + 1, 1));
  const auto& samples = memory.samples();
  EXPECT_LE(samples.size(), ResidentMemory::kMaxSamples);
  EXPECT_GE(samples.size(), ResidentMemory::kMaxSamples / 2);
  EXPECT_EQ(samples.back().atNs, kSamples - 1) << "the latest is always there";
  EXPECT_TRUE(std::is_sorted(samples.begin(), samples.end(),
                             [](const auto& a, const auto& b) { return a.atNs < b.atNs; }));
  EXPECT_TRUE(std::any_of(samples.begin(), samples.end(),
                          [](const auto& s) { return s.atNs == 4711 && s.rssBytes == 1'000'000; }));
  EXPECT_EQ(memory.maxProgramBytes(), 999'999U);
}

TEST(ResidentMemory, keepsTheProportionalSetThatIsKnown) {
  ResidentMemory memory;
  for (std::uint64_t i = 0; i <= ResidentMemory::kMaxSamples; ++i) {
    memory.add(sampled(i, 10 + i % 2, std::nullopt, i % 2 == 0 ? Bytes(i) : std::nullopt));
  }
  for (const ResidentSample& sample : memory.samples()) EXPECT_TRUE(sample.pssBytes) << sample.atNs;
}

}  // namespace
}  // namespace heaptap::model
