// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "counting/bucket_grid.h"

namespace heaptap::model {

/// The heap over time, in at most kMaxBuckets equal buckets from the session's start. When an event lies
/// beyond the last one, neighbours are merged and the width doubles: memory stays bounded, and the cost
/// is one comparison an event.
class Timeline {
 public:
  static constexpr std::size_t kMaxBuckets = counting::kMaxBuckets;
  static constexpr std::uint64_t kFirstBucketNs = counting::kFirstBucketNs;

  struct Bucket {
    std::uint64_t maxLiveBytes = 0;
    std::uint64_t liveBytes = 0;  ///< At the bucket's end, or now.
    std::uint64_t allocations = 0;
    std::uint64_t frees = 0;
    double liveVariance = 0;  ///< Of liveBytes, where it is an estimate.

    bool operator==(const Bucket&) const = default;
  };

  Timeline() : m_buckets(1) {}
  /// Continues a timeline that was stored. Precondition: 1 to kMaxBuckets buckets; a width of
  /// kFirstBucketNs times a power of two, at most 2^63.
  Timeline(std::uint64_t bucketNs, std::vector<Bucket> buckets);

  /// What is live after an event.
  struct Live {
    std::uint64_t bytes = 0;
    double variance = 0;
  };
  /// Counts an event, for as many as it stands for. Times never go back; at most 2^62 ns.
  void allocation(std::uint64_t atNs, Live live, std::uint64_t count = 1) {
    Bucket& bucket = at(atNs);
    bucket.allocations += count;
    bucket.liveBytes = live.bytes;
    bucket.liveVariance = live.variance;
    bucket.maxLiveBytes = std::max(bucket.maxLiveBytes, live.bytes);
  }
  void free(std::uint64_t atNs, Live live, std::uint64_t count = 1) {
    Bucket& bucket = at(atNs);
    bucket.frees += count;
    bucket.liveBytes = live.bytes;
    bucket.liveVariance = live.variance;
  }

  /// Makes buckets as wide as they are once there was an event at `atNs`.
  void widenFor(std::uint64_t atNs);
  /// Counts what events have added up to that fall into the bucket of this number. Precondition: it is the
  /// last one, or a later one that does not make buckets wider.
  void add(std::uint64_t number, const Bucket& part) {
    Bucket& bucket = at(number * m_bucketNs);
    bucket.maxLiveBytes = std::max(bucket.maxLiveBytes, part.maxLiveBytes);
    bucket.liveBytes = part.liveBytes;
    bucket.liveVariance = part.liveVariance;
    bucket.allocations += part.allocations;
    bucket.frees += part.frees;
  }

  /// Nothing changed, but time has come to here.
  void reach(std::uint64_t atNs) { at(atNs); }

  std::uint64_t bucketNs() const { return m_bucketNs; }
  const std::vector<Bucket>& buckets() const { return m_buckets; }
  bool operator==(const Timeline&) const = default;

 private:
  Bucket& at(std::uint64_t atNs) {
    if (atNs >= m_endNs) advance(atNs);
    return m_buckets.back();
  }
  void advance(std::uint64_t atNs);
  void halve();

  std::uint64_t m_bucketNs = kFirstBucketNs;
  std::uint64_t m_endNs = kFirstBucketNs;  ///< Of the last bucket.
  std::vector<Bucket> m_buckets;
};

}  // namespace heaptap::model
