// SPDX-License-Identifier: Apache-2.0
#include "client/histogram.h"

#include <algorithm>

namespace heaptap::client {

void SizeHistogram::add(const model::Pair& pair, const model::PairCounters& counters) {
  const std::size_t bucket = model::sizeBucket(pair.size);
  auto sums = std::lower_bound(m_sums.begin(), m_sums.end(), bucket,
                               [](const Sums& each, std::size_t wanted) { return each.bucket < wanted; });
  if (sums == m_sums.end() || sums->bucket != bucket) sums = m_sums.insert(sums, {.bucket = bucket});
  sums->allocated.add(pair, counters.allocations);
  sums->live.add(pair, counters.live);
}

std::vector<SizeBucket> SizeHistogram::buckets() const {
  std::vector<SizeBucket> buckets;
  buckets.reserve(m_sums.size());
  for (const Sums& sums : m_sums) {
    if (sums.allocated.blocks() == 0) continue;
    buckets.push_back({.minBytes = model::smallestOf(sums.bucket),
                       .maxBytes = model::largestOf(sums.bucket),
                       .allocations = sums.allocated.blocks(),
                       .liveBlocks = sums.live.blocks()});
  }
  return buckets;
}

std::vector<SizeBucket> sizesOf(const Profile& profile, const FilterMatch& filter) {
  SizeHistogram histogram;
  for (std::size_t i = 0; i < profile.counts->pairs.size(); ++i) {
    const model::Pair& pair = profile.definitions.pairs[i];
    if (filter.passes(pair)) histogram.add(pair, profile.counts->pairs[i]);
  }
  return histogram.buckets();
}

}  // namespace heaptap::client
