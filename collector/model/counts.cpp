// SPDX-License-Identifier: Apache-2.0
#include "collector/model/counts.h"

#include <cstddef>

#include "base/sample_weight.h"

namespace heaptap::model {

std::uint64_t numberedBy(const Counts& counts) {
  std::uint64_t sum = counts.totals.allocations;
  for (const HeapTotals& heap : counts.heaps) sum += heap.allocations;
  return sum;
}

std::uint64_t eventsOf(const Counts& counts) {
  std::uint64_t sum = numberedBy(counts) + counts.totals.frees;
  for (const HeapTotals& heap : counts.heaps) sum += heap.frees;
  return sum;
}

EstimatedTotals estimatedTotals(const std::vector<PairCounters>& pairs, const DefinitionsView& definitions) {
  EstimatedTotals estimate;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const Pair& pair = definitions.pairs[i];
    if (pair.sampleInterval == 0) continue;
    const PairCounters& counters = pairs[i];
    const double weight = pair.weight();
    const double variance = sampleByteVariance(pair.bytes(), weight);
    estimate.allocations += static_cast<double>(counters.allocations) * weight;
    estimate.liveBlocks += static_cast<double>(counters.live) * weight;
    estimate.liveVariance += static_cast<double>(counters.live) * variance;
    estimate.peakVariance += static_cast<double>(counters.liveAtPeak) * variance;
  }
  return estimate;
}

}  // namespace heaptap::model
