// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace heaptap::counting {

/// The stretches into which a session's time is divided: at most kMaxBuckets, as long as a power of two of
/// nanoseconds. They double when an event lies beyond the last one.
inline constexpr std::size_t kMaxBuckets = 4096;
inline constexpr std::uint64_t kFirstBucketNs = 1ULL << 14;

/// How long they are once there was an event at `atNs`, when they were `bucketNs` long before.
constexpr std::uint64_t bucketNsFor(std::uint64_t bucketNs, std::uint64_t atNs) {
  while (atNs / bucketNs >= kMaxBuckets) bucketNs *= 2;
  return bucketNs;
}

}  // namespace heaptap::counting
