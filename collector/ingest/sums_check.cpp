// SPDX-License-Identifier: Apache-2.0
#include "collector/ingest/sums_check.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "collector/ingest/checked_sum.h"
#include "collector/ingest/corrupt.h"

namespace heaptap::ingest {
namespace {

using counting::BatchSums;

tl::unexpected<Error> wrongSums(std::string what) { return corrupt("sums of a batch", std::move(what)); }

/// What a heap comes to by the batch. Live bytes are sums over live blocks, of which no pair has less than
/// none: so they stay within what was allocated, which is checked.
struct HeapAfter {
  std::uint64_t liveBytes = 0;
  std::uint64_t peakBytes = 0;  ///< At the new peak, or of old.
  std::uint64_t allocations = 0;
  std::uint64_t frees = 0;
};

struct Weights {
  double allocated = 0;  ///< Of malloc's heap, …
  double freed = 0;
  double sampledAllocated = 0;  ///< … and of its sampled pairs alone.
  double sampledFreed = 0;
  bool areEstimates = false;
};

template <class Totals>
HeapAfter heapBefore(const Totals& totals) {
  return {.liveBytes = totals.liveBytes, .peakBytes = totals.peakBytes};
}

/// Sums of weights depend on their order, in the last digits.
bool isAbout(double found, double expected) {
  return std::abs(found - expected) <= 1 + 1e-6 * std::max(std::abs(found), std::abs(expected));
}

Result<void> addPairs(const BatchSums& sums, const model::SessionModel& model, std::vector<HeapAfter>& heaps,
                      Weights& weights) {
  for (const BatchSums::Peak& peak : sums.peaks) heaps[peak.heap].peakBytes = heaps[peak.heap].liveBytes;
  CheckedSum allocated;
  allocated.add(model.allocatedBytesOfAll());
  for (const BatchSums::OfPair& of : sums.pairs) {
    const auto pair = static_cast<model::PairId>(of.pair);
    const std::uint64_t bytes = model.bytes(pair);
    const std::uint64_t live = model.live(pair);
    HeapAfter& heap = heaps[index(model.heap(pair))];
    if (of.frees > live + of.allocations) return wrongSums("a pair has freed more blocks than it had");
    allocated.addProduct(of.allocations, bytes);
    heap.allocations += of.allocations;
    heap.frees += of.frees;
    heap.liveBytes += (std::uint64_t{of.allocations} - of.frees) * bytes;
    if (of.isAtPeak) {
      if (of.atPeak < 0 && static_cast<std::uint64_t>(-std::int64_t{of.atPeak}) > live)
        return wrongSums("a pair had less than no block at the peak");
      heap.peakBytes += static_cast<std::uint64_t>(std::int64_t{of.atPeak}) * bytes;
    }
    if (const double weight = model.weight(pair); weight != 0) {
      weights.areEstimates = true;
      weights.sampledAllocated += of.allocations * weight;
      weights.sampledFreed += of.frees * weight;
      weights.allocated += of.allocations * weight;
      weights.freed += of.frees * weight;
    } else if (index(model.heap(pair)) == index(model::kMallocHeap)) {
      weights.allocated += of.allocations;
      weights.freed += of.frees;
    }
  }
  if (allocated.overflows()) return wrongSums("the allocated bytes of the session exceed 2^64");
  return {};
}

Result<void> checkPeaks(const BatchSums& sums, const model::SessionModel& model,
                        const std::vector<HeapAfter>& heaps) {
  const auto before = [&](std::size_t heap) {
    return heap == index(model::kMallocHeap)
               ? model.totals().peakBytes
               : model.totals(model::HeapId{static_cast<std::uint32_t>(heap)}).peakBytes;
  };
  for (const BatchSums::Peak& peak : sums.peaks)
    if (heaps[peak.heap].peakBytes <= before(peak.heap)) return wrongSums("a peak that is none");
  for (const HeapAfter& heap : heaps)
    if (heap.liveBytes > heap.peakBytes) return wrongSums("more is live than at the peak");
  return {};
}

Result<void> checkTimeline(const BatchSums& sums, const model::SessionModel& model, const HeapAfter& heap,
                           const Weights& weights) {
  CheckedSum allocations, frees;
  std::uint64_t live = model.totals().liveBytes;
  for (const counting::Timeline::Bucket& bucket : sums.timeline.buckets()) {
    allocations.add(bucket.allocations);
    frees.add(bucket.frees);
    if (bucket.maxLiveBytes > heap.peakBytes) return wrongSums("the timeline goes beyond the peak");
    if (bucket.liveBytes > std::max(live, bucket.maxLiveBytes))
      return wrongSums("the timeline grows without an allocation");
    live = bucket.liveBytes;
  }
  if (live != heap.liveBytes) return wrongSums("the timeline does not end with what is live");
  const bool addsUp = weights.areEstimates
                          ? !allocations.overflows() && !frees.overflows() &&
                                isAbout(static_cast<double>(allocations.value()), weights.allocated) &&
                                isAbout(static_cast<double>(frees.value()), weights.freed)
                          : allocations.is(heap.allocations) && frees.is(heap.frees);
  if (!addsUp) return wrongSums("the timeline does not add up to the events");
  return {};
}

Result<void> checkLifetimes(const BatchSums& sums, const HeapAfter& heap, const Weights& weights) {
  CheckedSum frees;
  for (const std::uint64_t count : sums.lifetimes) frees.add(count);
  const bool addsUp = weights.areEstimates
                          ? !frees.overflows() && isAbout(static_cast<double>(frees.value()), weights.freed)
                          : frees.is(heap.frees);
  if (!addsUp) return wrongSums("the lifetimes do not add up to the frees");
  return {};
}

Result<void> checkEstimate(const BatchSums& sums, const model::SessionModel& model, const Weights& weights) {
  if (!sums.estimate) {
    if (weights.areEstimates) return wrongSums("the estimate of the samples is missing");
    return {};
  }
  const model::EstimatedTotals& before = model.totals().estimate;
  if (!isAbout(sums.estimate->allocations, before.allocations + weights.sampledAllocated) ||
      !isAbout(sums.estimate->liveBlocks,
               before.liveBlocks + weights.sampledAllocated - weights.sampledFreed))
    return wrongSums("the estimate is not that of the samples");
  return {};
}

}  // namespace

Result<void> checkSums(const BatchSums& sums, const model::SessionModel& model) {
  std::vector<HeapAfter> heaps{heapBefore(model.totals())};
  for (std::uint32_t heap = 1; heap < model.heaps(); ++heap)
    heaps.push_back(heapBefore(model.totals(model::HeapId{heap})));
  Weights weights;
  return addPairs(sums, model, heaps, weights)
      .and_then([&] { return checkPeaks(sums, model, heaps); })
      .and_then([&] { return checkTimeline(sums, model, heaps[index(model::kMallocHeap)], weights); })
      .and_then([&] { return checkLifetimes(sums, heaps[index(model::kMallocHeap)], weights); })
      .and_then([&] { return checkEstimate(sums, model, weights); });
}

}  // namespace heaptap::ingest
