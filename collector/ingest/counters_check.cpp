// SPDX-License-Identifier: Apache-2.0
#include "collector/ingest/counters_check.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "collector/ingest/checked_sum.h"
#include "collector/ingest/corrupt.h"
#include "collector/ingest/limits.h"

namespace heaptap::ingest {
namespace {

/// What the pairs of one heap add up to.
struct HeapSums {
  CheckedSum allocations, frees, temporaries, allocatedBytes, liveBytes, peakBytes;

  void add(const model::PairCounters& pair, std::uint64_t size) {
    allocations.add(pair.allocations);
    frees.add(pair.frees());
    temporaries.add(pair.temporaries);
    allocatedBytes.addProduct(pair.allocations, size);
    liveBytes.addProduct(pair.live, size);
    peakBytes.addProduct(pair.liveAtPeak, size);
  }
  /// Totals or HeapTotals.
  template <class Totals>
  bool are(const Totals& totals) const {
    return allocations.is(totals.allocations) && frees.is(totals.frees) &&
           allocatedBytes.is(totals.allocatedBytes) && liveBytes.is(totals.liveBytes) &&
           peakBytes.is(totals.peakBytes);
  }
};

bool pairsAgree(const model::Counts& counters, const model::DefinitionsView& definitions) {
  std::vector<HeapSums> sums(definitions.heaps());
  CheckedSum allocations, bytes;  // Of all heaps: events are numbered together.
  for (std::size_t i = 0; i < counters.pairs.size(); ++i) {
    const model::Pair& defined = definitions.pairs[i];
    const std::uint64_t bytesOfEach = defined.bytes();
    const model::PairCounters& pair = counters.pairs[i];
    if (pair.live > pair.allocations || pair.liveAtPeak > pair.allocations ||
        pair.temporaries > pair.frees()) {
      return false;
    }
    sums[index(defined.heap)].add(pair, bytesOfEach);
    allocations.add(pair.allocations);
    bytes.addProduct(pair.allocations, bytesOfEach);
  }
  if (allocations.overflows() || bytes.overflows()) return false;
  if (!sums[0].are(counters.totals) || !sums[0].temporaries.is(counters.totals.temporaries)) return false;
  for (std::size_t heap = 1; heap < sums.size(); ++heap) {
    const model::HeapTotals totals =
        heap <= counters.heaps.size() ? counters.heaps[heap - 1] : model::HeapTotals{};
    if (!sums[heap].are(totals) || !sums[heap].temporaries.is(0)) return false;
    if (totals.peakAtNs > counters.totals.lastEventNs) return false;
  }
  return true;
}

bool lifetimesAgree(const model::SessionCounters& counters, const model::DefinitionsView& definitions) {
  const std::vector<model::PairCounters>& pairs = counters.counts.pairs;
  double expected = 0;
  bool isEstimate = false;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const model::Pair& pair = definitions.pairs[i];
    if (pair.heap != model::kMallocHeap) continue;
    expected += static_cast<double>(pairs[i].frees()) * pair.weight();
    isEstimate |= pair.sampleInterval != 0;
  }
  CheckedSum frees;
  double sum = 0;
  for (const std::uint64_t count : counters.lifetimes) {
    frees.add(count);
    sum += static_cast<double>(count);
  }
  // A sum of weights depends on its order, in the last digits.
  return isEstimate ? std::abs(sum - expected) <= 1 + 1e-6 * expected
                    : frees.is(counters.counts.totals.frees);
}

bool isSound(double variance) { return std::isfinite(variance) && variance >= 0; }

bool restsAreSound(const model::Rests& rests) {
  const auto isRest = [](double rest) { return rest >= 0 && rest < 1; };
  return isRest(rests.allocations) && isRest(rests.frees);
}

bool variancesAreSound(const counting::Timeline& timeline) {
  return std::all_of(timeline.buckets().begin(), timeline.buckets().end(),
                     [](const counting::Timeline::Bucket& bucket) { return isSound(bucket.liveVariance); });
}

bool timelineReaches(const counting::Timeline& timeline, std::uint64_t lastEventNs) {
  const std::size_t buckets = timeline.buckets().size();
  const std::uint64_t width = timeline.bucketNs();
  if (buckets == 0 || buckets > counting::Timeline::kMaxBuckets) return false;
  if (!std::has_single_bit(width) || width < counting::Timeline::kFirstBucketNs || width > kMaxTimeNs)
    return false;
  return buckets <= (kMaxTimeNs / width) + 1 && buckets - 1 == lastEventNs / width;
}

/// Each pair and stack once, and no more frees of a pair than there were.
bool freeSitesAgree(const model::Counts& counters, std::size_t stacks) {
  std::size_t pair = 0;
  std::size_t stack = 0;
  std::uint64_t left = 0;
  for (const model::FreeSites::Entry& entry : counters.freeSites) {
    if (index(entry.pair) >= counters.pairs.size() || index(entry.stack) >= stacks) return false;
    if (index(entry.stack) == 0) return false;
    if (left == 0 || index(entry.pair) != pair) {
      if (&entry != counters.freeSites.data() && index(entry.pair) <= pair) return false;
      pair = index(entry.pair);
      stack = 0;
      left = counters.pairs[pair].frees();
    }
    if (index(entry.stack) <= stack || entry.frees == 0 || entry.frees > left) return false;
    stack = index(entry.stack);
    left -= entry.frees;
  }
  return true;
}

}  // namespace

Result<void> checkCounters(model::SessionCounters& counters, const model::DefinitionsView& definitions) {
  model::Counts& counts = counters.counts;
  if (counts.pairs.size() > definitions.pairs.size() ||
      counters.lastAllocations.size() > definitions.threads.size())
    return corrupt("checkpoint", "counters of pairs or threads that are not defined");
  if (counts.heaps.size() >= definitions.heaps())
    return corrupt("checkpoint", "counters of heaps that are not defined");
  if (counts.totals.lastEventNs > kMaxTimeNs || counts.totals.peakAtNs > counts.totals.lastEventNs)
    return corrupt("checkpoint", "a time beyond the end of the record");
  if (!pairsAgree(counts, definitions))
    return corrupt("checkpoint", "the counters of the pairs do not add up to the totals");
  if (!lifetimesAgree(counters, definitions))
    return corrupt("checkpoint", "the lifetimes do not add up to the frees");
  if (!restsAreSound(counters.rests)) return corrupt("checkpoint", "a rest of weights that no sample leaves");
  if (!freeSitesAgree(counts, definitions.stacks.size()))
    return corrupt("checkpoint", "the stacks of frees do not agree with the frees");
  const std::uint64_t numbered = model::numberedBy(counts);
  const auto valid = [&](std::uint64_t number) {
    return number == model::kNoAllocation || number < numbered;
  };
  if (!std::all_of(counters.lastAllocations.begin(), counters.lastAllocations.end(), valid))
    return corrupt("checkpoint", "a thread's last allocation was never made");
  counts.totals.estimate = model::estimatedTotals(counts.pairs, definitions);
  return {};
}

Result<void> checkTimeline(const counting::Timeline& timeline, std::uint64_t lastEventNs) {
  if (!variancesAreSound(timeline)) return corrupt("checkpoint", "a variance that no estimate has");
  if (!timelineReaches(timeline, lastEventNs))
    return corrupt("checkpoint", "the timeline does not cover the record");
  return {};
}

}  // namespace heaptap::ingest
