// SPDX-License-Identifier: Apache-2.0
#include "client/histogram.h"

namespace heaptap::client {

std::vector<SizeBucket> SizeHistogram::buckets() const {
  std::vector<SizeBucket> buckets;
  for (std::size_t i = 0; i < m_buckets.size(); ++i) {
    const Sums& sums = m_buckets[i];
    if (sums.allocated.blocks() == 0) continue;
    buckets.push_back({.minBytes = model::smallestOf(i),
                       .maxBytes = model::largestOf(i),
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
