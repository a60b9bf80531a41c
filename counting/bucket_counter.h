// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "counting/batch_sums.h"
#include "counting/bucket_grid.h"

namespace heaptap::counting {

/// The stretches of the timeline that a batch has touched.
/// Threads: one at a time. One comparison an event.
class BucketCounter {
 public:
  /// What is live after an event.
  struct Live {
    std::uint64_t bytes = 0;
    double variance = 0;
  };
  /// Counts an event of malloc's heap, for as many as it stands for. Times never go back.
  void allocation(std::uint64_t atNs, const Live& live, std::uint64_t count) {
    BatchSums::Bucket& bucket = at(atNs);
    bucket.allocations += count;
    bucket.liveBytes = live.bytes;
    bucket.liveVariance = live.variance;
    bucket.maxLiveBytes = std::max(bucket.maxLiveBytes, live.bytes);
  }
  void free(std::uint64_t atNs, const Live& live, std::uint64_t count) {
    BatchSums::Bucket& bucket = at(atNs);
    bucket.frees += count;
    bucket.liveBytes = live.bytes;
    bucket.liveVariance = live.variance;
  }

  /// Ends the batch, whose last event, of whatever heap, was at `endNs`: gives what it has touched to `sums`.
  void take(std::uint64_t endNs, BatchSums& sums) {
    widen(endNs);
    sums.bucketNs = m_bucketNs;
    std::swap(sums.buckets, m_buckets);
    m_buckets.clear();
    m_endNs = 0;
  }

 private:
  BatchSums::Bucket& at(std::uint64_t atNs) {
    if (atNs >= m_endNs) begin(atNs);
    return m_buckets.back();
  }
  void begin(std::uint64_t atNs);
  void widen(std::uint64_t atNs);

  std::uint64_t m_bucketNs = kFirstBucketNs;
  std::uint64_t m_endNs = 0;  ///< Of the last one; 0: there is none.
  std::vector<BatchSums::Bucket> m_buckets;
};

}  // namespace heaptap::counting
