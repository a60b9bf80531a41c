// SPDX-License-Identifier: Apache-2.0
#include "collector/store/checkpoint_codec.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "collector/store/checkpoint.h"

namespace heaptap::store {
namespace {

tl::unexpected<Error> corrupt(std::string what) {
  return failure(Code::Corrupt, "checkpoint", std::move(what));
}

Result<std::vector<model::PairCounters>> pairsOf(const v1::Checkpoint& message) {
  const int count = message.pair_allocations_size();
  if (message.pair_live_size() != count || message.pair_live_at_peak_size() != count ||
      message.pair_temporaries_size() != count) {
    return corrupt("the columns of the pairs differ in length");
  }
  std::vector<model::PairCounters> pairs;
  pairs.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    pairs.push_back({.allocations = message.pair_allocations(i),
                     .live = message.pair_live(i),
                     .liveAtPeak = message.pair_live_at_peak(i),
                     .temporaries = message.pair_temporaries(i)});
  }
  return pairs;
}

Result<counting::Timeline> timelineOf(const v1::Checkpoint& message) {
  const int count = message.bucket_max_live_size();
  const bool isEstimate = message.bucket_variance_size() != 0;
  if (message.bucket_live_size() != count || message.bucket_allocations_size() != count ||
      message.bucket_frees_size() != count || (isEstimate && message.bucket_variance_size() != count)) {
    return corrupt("the columns of the timeline differ in length");
  }
  std::vector<counting::Timeline::Bucket> buckets;
  buckets.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    buckets.push_back({.maxLiveBytes = message.bucket_max_live(i),
                       .liveBytes = message.bucket_live(i),
                       .allocations = message.bucket_allocations(i),
                       .frees = message.bucket_frees(i),
                       .liveVariance = isEstimate ? message.bucket_variance(i) : 0});
  }
  return counting::Timeline(message.bucket_ns(), std::move(buckets));
}

/// What malloc's heap and all others have in common.
template <class Totals, class Message>
void writeHeap(const Totals& heap, Message& message) {
  message.set_allocations(heap.allocations);
  message.set_frees(heap.frees);
  message.set_allocated_bytes(heap.allocatedBytes);
  message.set_live_bytes(heap.liveBytes);
  message.set_peak_bytes(heap.peakBytes);
  message.set_peak_at_ns(heap.peakAtNs);
}

}  // namespace

v1::Checkpoint toMessage(const model::SessionCounters& counters) {
  v1::Checkpoint message;
  const model::Counts& counts = counters.counts;
  const model::Totals& totals = counts.totals;
  writeHeap(totals, message);
  message.set_temporaries(totals.temporaries);
  message.set_last_event_ns(totals.lastEventNs);
  for (const model::PairCounters& pair : counts.pairs) {
    message.add_pair_allocations(pair.allocations);
    message.add_pair_live(pair.live);
    message.add_pair_live_at_peak(pair.liveAtPeak);
    message.add_pair_temporaries(pair.temporaries);
  }
  for (const std::uint64_t frees : counters.lifetimes) message.add_lifetime_log2(frees);
  message.set_bucket_ns(counters.timeline.bucketNs());
  for (const counting::Timeline::Bucket& bucket : counters.timeline.buckets()) {
    message.add_bucket_max_live(bucket.maxLiveBytes);
    message.add_bucket_live(bucket.liveBytes);
    message.add_bucket_allocations(bucket.allocations);
    message.add_bucket_frees(bucket.frees);
  }
  const auto& buckets = counters.timeline.buckets();
  if (std::any_of(buckets.begin(), buckets.end(),
                  [](const auto& bucket) { return bucket.liveVariance != 0; }))
    for (const counting::Timeline::Bucket& bucket : buckets) message.add_bucket_variance(bucket.liveVariance);
  message.set_allocation_rest(counters.rests.allocations);
  message.set_free_rest(counters.rests.frees);
  for (const model::FreeSites::Entry& entry : counts.freeSites) {
    message.add_free_site_pair(static_cast<std::uint32_t>(index(entry.pair)));
    message.add_free_site_stack(static_cast<std::uint32_t>(index(entry.stack)));
    message.add_free_site_frees(entry.frees);
  }
  for (const model::HeapTotals& heap : counts.heaps) writeHeap(heap, *message.add_heaps());
  // kNoAllocation + 1 is 0, which costs one byte.
  for (const std::uint64_t number : counters.lastAllocations) message.add_last_allocation(number + 1);
  return message;
}

Result<Checkpoint> Checkpoint::of(std::uint64_t sequence, const model::SessionCounters& counters,
                                  BlobEncoder& encoder) {
  return encoder.encode(toMessage(counters)).map([&](std::string blob) {
    return Checkpoint{.sequence = sequence, .totals = counters.counts.totals, .data = std::move(blob)};
  });
}

Result<model::SessionCounters> toCounters(const v1::Checkpoint& message) {
  auto pairs = pairsOf(message);
  if (!pairs) return tl::unexpected(pairs.error());
  auto timeline = timelineOf(message);
  if (!timeline) return tl::unexpected(timeline.error());
  model::SessionCounters counters{.counts = {.totals = {.allocations = message.allocations(),
                                                        .frees = message.frees(),
                                                        .allocatedBytes = message.allocated_bytes(),
                                                        .liveBytes = message.live_bytes(),
                                                        .peakBytes = message.peak_bytes(),
                                                        .peakAtNs = message.peak_at_ns(),
                                                        .temporaries = message.temporaries(),
                                                        .lastEventNs = message.last_event_ns()},
                                             .heaps = {},
                                             .pairs = std::move(*pairs),
                                             .freeSites = {}},
                                  .lifetimes = {},
                                  .timeline = std::move(*timeline),
                                  .rests = {message.allocation_rest(), message.free_rest()},
                                  .lastAllocations = {}};
  if (static_cast<std::size_t>(message.lifetime_log2_size()) != counters.lifetimes.size()) {
    return corrupt("the histogram of lifetimes has not 64 entries");
  }
  for (int i = 0; i < message.lifetime_log2_size(); ++i) {
    counters.lifetimes[static_cast<std::size_t>(i)] = message.lifetime_log2(i);
  }
  if (message.free_site_stack_size() != message.free_site_pair_size() ||
      message.free_site_frees_size() != message.free_site_pair_size()) {
    return corrupt("the columns of the frees' stacks differ in length");
  }
  for (int i = 0; i < message.free_site_pair_size(); ++i) {
    counters.counts.freeSites.push_back({.pair = static_cast<model::PairId>(message.free_site_pair(i)),
                                         .stack = static_cast<model::StackId>(message.free_site_stack(i)),
                                         .frees = message.free_site_frees(i)});
  }
  for (const v1::Checkpoint::HeapTotals& heap : message.heaps()) {
    counters.counts.heaps.push_back({.allocations = heap.allocations(),
                                     .frees = heap.frees(),
                                     .allocatedBytes = heap.allocated_bytes(),
                                     .liveBytes = heap.live_bytes(),
                                     .peakBytes = heap.peak_bytes(),
                                     .peakAtNs = heap.peak_at_ns()});
  }
  for (const std::uint64_t number : message.last_allocation()) counters.lastAllocations.push_back(number - 1);
  return counters;
}

}  // namespace heaptap::store
