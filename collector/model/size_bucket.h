// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

/// Size histograms count by powers of two: 0, 1, 2-3, 4-7, …
namespace heaptap::model {

inline constexpr std::size_t kSizeBuckets = 65;

constexpr std::size_t sizeBucket(std::uint64_t size) {
  return static_cast<std::size_t>(std::bit_width(size));
}

constexpr std::uint64_t smallestOf(std::size_t bucket) { return bucket == 0 ? 0 : 1ULL << (bucket - 1); }

constexpr std::uint64_t largestOf(std::size_t bucket) {
  return bucket == 0 ? 0 : smallestOf(bucket) - 1 + smallestOf(bucket);
}

static_assert(sizeBucket(0) == 0 && sizeBucket(1) == 1 && sizeBucket(3) == 2 && sizeBucket(4) == 3);
static_assert(sizeBucket(~0ULL) == kSizeBuckets - 1 && largestOf(kSizeBuckets - 1) == ~0ULL);

}  // namespace heaptap::model
