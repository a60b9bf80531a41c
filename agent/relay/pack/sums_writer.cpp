// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/pack/sums_writer.h"

#include <algorithm>

namespace heaptap::relay {
namespace {

using counting::BatchSums;

/// Ascending ids as differences.
class Differences {
 public:
  std::uint32_t next(std::uint64_t id) {
    const auto difference = static_cast<std::uint32_t>(id - m_last);
    m_last = id;
    return difference;
  }

 private:
  std::uint64_t m_last = 0;
};

void writePairs(const BatchSums& sums, v1::BatchSums& message) {
  const auto count = static_cast<int>(sums.pairs.size());
  message.mutable_pair()->Reserve(count);
  message.mutable_pair_allocations()->Reserve(count);
  message.mutable_pair_frees()->Reserve(count);
  Differences pairs;
  bool hasTemporaries = false;
  for (const BatchSums::OfPair& of : sums.pairs) {
    message.add_pair(pairs.next(of.pair));
    message.add_pair_allocations(of.allocations);
    message.add_pair_frees(of.frees);
    hasTemporaries |= of.temporaries != 0;
  }
  if (!hasTemporaries) return;
  message.mutable_pair_temporaries()->Reserve(count);
  for (const BatchSums::OfPair& of : sums.pairs) message.add_pair_temporaries(of.temporaries);
}

void writeAllocators(const BatchSums& sums, v1::BatchSums& message) {
  const auto& all = sums.allocators;
  if (all.empty()) return;
  if (std::all_of(all.begin(), all.end(), [&](const auto& each) { return each.thread == all[0].thread; })) {
    message.add_allocator(all[0].thread);
    return;
  }
  for (std::size_t begin = 0, end = 0; begin < all.size(); begin = end) {
    Differences threads;
    for (; end < all.size() && all[end].pair == all[begin].pair; ++end)
      message.add_allocator(threads.next(all[end].thread));
    message.add_allocator_threads(static_cast<std::uint32_t>(end - begin));
    for (std::size_t i = begin; i + 1 < end; ++i) message.add_allocator_allocations(all[i].allocations);
  }
}

void writePeaks(const BatchSums& sums, v1::BatchSums& message) {
  Differences heaps;
  for (const BatchSums::Peak& peak : sums.peaks) {
    message.add_peak_heap(heaps.next(peak.heap));
    message.add_peak_at_ns(peak.atNs);
  }
  for (const BatchSums::OfPair& of : sums.pairs)
    if (of.isAtPeak) message.add_pair_at_peak(of.atPeak);
}

void writeTimeline(const BatchSums& sums, v1::BatchSums& message) {
  Differences lifetimes;
  for (std::size_t log2 = 0; log2 < sums.lifetimes.size(); ++log2) {
    if (sums.lifetimes[log2] == 0) continue;
    message.add_lifetime_log2(lifetimes.next(log2));
    message.add_lifetime_frees(sums.lifetimes[log2]);
  }
  message.set_bucket_ns(sums.timeline.bucketNs());
  Differences numbers;
  const auto& buckets = sums.timeline.buckets();
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    const counting::Timeline::Bucket& bucket = buckets[i];
    if (i != 0 && bucket == buckets[i - 1].quiet()) continue;
    message.add_bucket(numbers.next(sums.timeline.first() + i));
    message.add_bucket_allocations(bucket.allocations);
    message.add_bucket_frees(bucket.frees);
    message.add_bucket_max_live(bucket.maxLiveBytes);
    message.add_bucket_live(bucket.liveBytes);
    if (sums.estimate) message.add_bucket_variance(bucket.liveVariance);
  }
}

}  // namespace

void writeSums(const BatchSums& sums, std::uint64_t firstAllocation, v1::BatchSums& message) {
  message.Clear();
  writePairs(sums, message);
  writeAllocators(sums, message);
  writePeaks(sums, message);
  writeTimeline(sums, message);
  Differences threads;
  for (const BatchSums::LastAllocation& last : sums.threads) {
    message.add_thread(threads.next(last.thread));
    message.add_thread_last_allocation(static_cast<std::uint32_t>(last.number - firstAllocation));
  }
  for (const BatchSums::FreeSite& site : sums.freeSites) {
    message.add_free_site_pair(site.pair);
    message.add_free_site_stack(site.stack);
    message.add_free_site_frees(site.frees);
  }
  if (!sums.estimate) return;
  v1::BatchSums::Estimate& estimate = *message.mutable_estimate();
  estimate.set_allocations(sums.estimate->allocations);
  estimate.set_live_blocks(sums.estimate->liveBlocks);
  estimate.set_live_variance(sums.estimate->liveVariance);
  estimate.set_peak_variance(sums.estimate->peakVariance);
  estimate.set_allocation_rest(sums.estimate->allocationRest);
  estimate.set_free_rest(sums.estimate->freeRest);
}

}  // namespace heaptap::relay
