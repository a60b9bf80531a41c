// SPDX-License-Identifier: Apache-2.0
#include "collector/store/checkpoint_codec.h"

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

v1::StoredTimeline toMessage(const counting::Timeline& timeline) {
  v1::StoredTimeline message;
  message.set_bucket_ns(timeline.bucketNs());
  bool isEstimate = false;
  for (const counting::Timeline::Bucket& bucket : timeline.buckets()) {
    message.add_max_live(bucket.maxLiveBytes);
    message.add_live(bucket.liveBytes);
    message.add_allocations(bucket.allocations);
    message.add_frees(bucket.frees);
    isEstimate |= bucket.liveVariance != 0;
  }
  if (!isEstimate) return message;
  for (const counting::Timeline::Bucket& bucket : timeline.buckets())
    message.add_variance(bucket.liveVariance);
  return message;
}

Result<Checkpoint> Checkpoint::ofInstant(std::uint64_t sequence, const model::SessionCounters& counters,
                                         BlobEncoder& encoder) {
  return encoder.encode(toMessage(counters)).map([&](std::string blob) {
    const model::Counts& counts = counters.counts;
    return Checkpoint{.sequence = sequence,
                      .totals = counts.totals,
                      .events = model::eventsOf(counts),
                      .numbered = model::numberedBy(counts),
                      .data = std::move(blob),
                      .timeline = {}};
  });
}

Result<Checkpoint> Checkpoint::of(std::uint64_t sequence, const model::SessionCounters& counters,
                                  BlobEncoder& encoder) {
  return ofInstant(sequence, counters, encoder).and_then([&](Checkpoint checkpoint) {
    return encoder.encode(toMessage(counters.timeline)).map([&](std::string blob) {
      checkpoint.timeline = std::move(blob);
      return std::move(checkpoint);
    });
  });
}

Result<counting::Timeline> toTimeline(const v1::StoredTimeline& message) {
  const int count = message.max_live_size();
  const bool isEstimate = message.variance_size() != 0;
  if (message.live_size() != count || message.allocations_size() != count || message.frees_size() != count ||
      (isEstimate && message.variance_size() != count))
    return corrupt("the columns of the timeline differ in length");
  std::vector<counting::Timeline::Bucket> buckets;
  buckets.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    buckets.push_back({.maxLiveBytes = message.max_live(i),
                       .liveBytes = message.live(i),
                       .allocations = message.allocations(i),
                       .frees = message.frees(i),
                       .liveVariance = isEstimate ? message.variance(i) : 0});
  }
  return counting::Timeline(message.bucket_ns(), std::move(buckets));
}

Result<model::SessionCounters> toCounters(const v1::Checkpoint& message) {
  auto pairs = pairsOf(message);
  if (!pairs) return tl::unexpected(pairs.error());
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
                                  .timeline = counting::Timeline::part(),
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
