// SPDX-License-Identifier: Apache-2.0
#include "counting/timeline.h"

#include <utility>

namespace heaptap::counting {

Timeline::Timeline(std::uint64_t bucketNs, std::vector<Bucket> buckets)
    : m_bucketNs(bucketNs), m_buckets(std::move(buckets)) {
  noteEnd();
}

Timeline Timeline::part(std::uint64_t bucketNs) { return {bucketNs, {}}; }

void Timeline::add(std::uint64_t number, const Bucket& bucket) {
  Bucket& mine = at(number * m_bucketNs);
  mine.maxLiveBytes = std::max(mine.maxLiveBytes, bucket.maxLiveBytes);
  mine.liveBytes = bucket.liveBytes;
  mine.liveVariance = bucket.liveVariance;
  mine.allocations += bucket.allocations;
  mine.frees += bucket.frees;
}

void Timeline::append(const Timeline& part) {
  while (m_bucketNs < part.m_bucketNs) halve();
  noteEnd();
  for (std::size_t i = 0; i < part.m_buckets.size(); ++i) add(part.m_first + i, part.m_buckets[i]);
}

void Timeline::moveTo(Timeline& taken) {
  taken.m_bucketNs = m_bucketNs;
  taken.m_first = m_first;
  std::swap(taken.m_buckets, m_buckets);
  m_buckets.clear();
  m_first = 0;
  noteEnd();
  taken.noteEnd();
}

void Timeline::advance(std::uint64_t atNs) {
  widenFor(atNs);
  const std::uint64_t number = atNs / m_bucketNs;
  if (m_buckets.empty()) {
    m_first = number;
    m_buckets.emplace_back();
  } else {
    m_buckets.resize(number - m_first + 1, m_buckets.back().quiet());
  }
  noteEnd();
}

void Timeline::widenFor(std::uint64_t atNs) {
  while (atNs / m_bucketNs >= kMaxBuckets) halve();
  noteEnd();
}

void Timeline::halve() {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < m_buckets.size(); ++i) {
    const Bucket bucket = m_buckets[i];
    // Pairs are those of even and odd numbers, wherever this begins.
    if (kept == 0 || (m_first + i) % 2 == 0) {
      m_buckets[kept++] = bucket;
      continue;
    }
    Bucket& merged = m_buckets[kept - 1];
    merged.maxLiveBytes = std::max(merged.maxLiveBytes, bucket.maxLiveBytes);
    merged.liveBytes = bucket.liveBytes;
    merged.liveVariance = bucket.liveVariance;
    merged.allocations += bucket.allocations;
    merged.frees += bucket.frees;
  }
  m_buckets.resize(kept);
  m_first /= 2;
  m_bucketNs *= 2;
}

}  // namespace heaptap::counting
