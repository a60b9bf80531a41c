// SPDX-License-Identifier: Apache-2.0
#include "counting/bucket_counter.h"

namespace heaptap::counting {

void BucketCounter::begin(std::uint64_t atNs) {
  widen(atNs);
  const std::uint64_t index = atNs / m_bucketNs;
  // Where they have just become wider, the last one may reach to here.
  if (m_buckets.empty() || m_buckets.back().index != index) m_buckets.push_back({.index = index});
  m_endNs = (index + 1) * m_bucketNs;
}

void BucketCounter::widen(std::uint64_t atNs) {
  const std::uint64_t wanted = bucketNsFor(m_bucketNs, atNs);
  if (wanted == m_bucketNs) return;
  const std::uint64_t ratio = wanted / m_bucketNs;
  std::size_t kept = 0;
  for (BatchSums::Bucket bucket : m_buckets) {
    bucket.index /= ratio;
    if (kept == 0 || m_buckets[kept - 1].index != bucket.index) {
      m_buckets[kept++] = bucket;
      continue;
    }
    BatchSums::Bucket& merged = m_buckets[kept - 1];
    merged.allocations += bucket.allocations;
    merged.frees += bucket.frees;
    merged.maxLiveBytes = std::max(merged.maxLiveBytes, bucket.maxLiveBytes);
    merged.liveBytes = bucket.liveBytes;
    merged.liveVariance = bucket.liveVariance;
  }
  m_buckets.resize(kept);
  m_bucketNs = wanted;
}

}  // namespace heaptap::counting
