// SPDX-License-Identifier: Apache-2.0
#include "analysis/comparison/run_values.h"

#include <algorithm>

#include "collector/model/estimate.h"

namespace heaptap::analysis {
namespace {

using client::Cost;
using model::index;

/// Calls `take(pair, counters)` for each pair of the filter's heap that passes.
template <class Take>
void forEachPair(const client::Profile& profile, const client::FilterMatch& filter, Take&& take) {
  const std::size_t pairs = std::min(profile.definitions.pairs.size(), profile.counts->pairs.size());
  for (std::size_t i = 0; i < pairs; ++i) {
    const model::Pair& pair = profile.definitions.pairs[i];
    if (pair.heap == filter.heap() && filter.passes(pair)) take(pair, profile.counts->pairs[i]);
  }
}

std::uint64_t valueOf(const v1::Summary& from, Cost cost) {
  switch (cost) {
    case Cost::LiveBytes: return from.live_bytes();
    case Cost::LiveBlocks: return from.live_blocks();
    case Cost::PeakBytes: return from.peak_bytes();
    case Cost::Allocations: return from.allocations();
    case Cost::AllocatedBytes: return from.allocated_bytes();
    case Cost::Temporaries: return from.temporary_allocations();
  }
  return 0;
}

std::optional<std::uint64_t> valueOf(const v1::HeapReport& from, Cost cost) {
  switch (cost) {
    case Cost::LiveBytes: return from.live_bytes();
    case Cost::LiveBlocks: return from.live_blocks();
    case Cost::PeakBytes: return from.peak_bytes();
    case Cost::Allocations: return from.allocations();
    case Cost::AllocatedBytes: return from.allocated_bytes();
    case Cost::Temporaries: return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::vector<double> variancesOf(const client::Profile& profile, Cost cost,
                                const client::FilterMatch& filter) {
  std::vector<double> variances;
  if (!profile.isSampled()) return variances;
  variances.resize(profile.definitions.stacks.size(), 0);
  forEachPair(profile, filter, [&](const model::Pair& pair, const model::PairCounters& counters) {
    model::Estimate estimate;
    estimate.add(pair, recordedOf(counters, cost));
    const double error = isOfBytes(cost) ? estimate.bytesError() : estimate.blocksError();
    variances[index(pair.stack)] += error * error;
  });
  return variances;
}

std::vector<std::uint8_t> usedStacks(const client::Profile& profile, const client::FilterMatch& filter) {
  std::vector<std::uint8_t> used(profile.definitions.stacks.size(), 0);
  forEachPair(profile, filter, [&](const model::Pair& pair, const model::PairCounters& counters) {
    if (counters.allocations != 0) used[index(pair.stack)] = 1;
  });
  return used;
}

std::optional<std::uint64_t> summaryValue(const client::Profile& profile, Cost cost, model::HeapId heap) {
  // What a summary of an instant says beside its counts is of the whole session.
  if (profile.instant) return std::nullopt;
  if (heap == model::kMallocHeap) return valueOf(*profile.summary, cost);
  for (const v1::HeapReport& report : profile.summary->heaps())
    if (report.id() == static_cast<std::uint32_t>(heap)) return valueOf(report, cost);
  return std::nullopt;
}

}  // namespace heaptap::analysis
