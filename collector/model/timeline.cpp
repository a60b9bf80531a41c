// SPDX-License-Identifier: Apache-2.0
#include "collector/model/timeline.h"

#include <utility>

namespace heaptap::model {

Timeline::Timeline(std::uint64_t bucketNs, std::vector<Bucket> buckets)
    : m_bucketNs(bucketNs), m_endNs(bucketNs * buckets.size()), m_buckets(std::move(buckets)) {}

void Timeline::advance(std::uint64_t atNs) {
  widenFor(atNs);
  const Bucket& last = m_buckets.back();
  const Bucket quiet{
      .maxLiveBytes = last.liveBytes, .liveBytes = last.liveBytes, .liveVariance = last.liveVariance};
  m_buckets.resize(atNs / m_bucketNs + 1, quiet);
  m_endNs = m_buckets.size() * m_bucketNs;
}

void Timeline::widenFor(std::uint64_t atNs) {
  while (atNs / m_bucketNs >= kMaxBuckets) halve();
  m_endNs = m_buckets.size() * m_bucketNs;
}

void Timeline::halve() {
  const std::size_t count = m_buckets.size();
  for (std::size_t i = 0; i < count; i += 2) {
    Bucket merged = m_buckets[i];
    if (i + 1 < count) {
      const Bucket& second = m_buckets[i + 1];
      merged.maxLiveBytes = std::max(merged.maxLiveBytes, second.maxLiveBytes);
      merged.liveBytes = second.liveBytes;
      merged.liveVariance = second.liveVariance;
      merged.allocations += second.allocations;
      merged.frees += second.frees;
    }
    m_buckets[i / 2] = merged;
  }
  m_buckets.resize((count + 1) / 2);
  m_bucketNs *= 2;
}

}  // namespace heaptap::model
