// SPDX-License-Identifier: Apache-2.0
#include "collector/model/session_model.h"
#include "counting/batch_sums.h"

namespace heaptap::model {

using counting::BatchSums;

void SessionModel::merge(const BatchSums& sums) {
  beginPeaks(sums);
  mergePairs(sums);
  for (const BatchSums::LastAllocation& last : sums.threads) m_lastAllocations[last.thread] = last.number;
  for (const BatchSums::FreeSite& site : sums.freeSites)
    addFreeSite(static_cast<PairId>(site.pair), static_cast<StackId>(site.stack), site.frees);
  for (std::size_t i = 0; i < m_lifetimes.size(); ++i) m_lifetimes[i] += sums.lifetimes[i];
  if (sums.estimate) {
    m_totals.estimate = {.allocations = sums.estimate->allocations,
                         .liveBlocks = sums.estimate->liveBlocks,
                         .liveVariance = sums.estimate->liveVariance,
                         .peakVariance = sums.estimate->peakVariance};
    m_rests = {.allocations = sums.estimate->allocationRest, .frees = sums.estimate->freeRest};
  }
  m_totals.lastEventNs = sums.endNs;
  m_timeline.append(sums.timeline);
  m_timeline.reach(sums.endNs);
}

void SessionModel::beginPeaks(const BatchSums& sums) {
  const auto begin = [](auto& totals, std::uint64_t& epoch, std::uint64_t atNs) {
    totals.peakAtNs = atNs;
    totals.peakBytes = totals.liveBytes;  // And what the pairs of the batch add.
    ++epoch;
  };
  for (const BatchSums::Peak& peak : sums.peaks) {
    if (peak.heap == index(kMallocHeap)) {
      begin(m_totals, m_peakEpoch, peak.atNs);
    } else {
      OtherHeap& heap = m_otherHeaps[peak.heap - 1];
      begin(heap.totals, heap.peakEpoch, peak.atNs);
    }
  }
}

void SessionModel::mergePairs(const BatchSums& sums) {
  for (std::size_t i = 0; i < sums.pairs.size(); ++i) {
    constexpr std::size_t kAhead = 8;
    if (i + kAhead < sums.pairs.size()) prefetch(static_cast<PairId>(sums.pairs[i + kAhead].pair));
    const BatchSums::OfPair& of = sums.pairs[i];
    Row& row = m_rows[of.pair];
    touch(static_cast<PairId>(of.pair), row);
    const auto count = [&](auto& totals, std::uint64_t peakEpoch) {
      if (of.isAtPeak) {
        const auto atPeak = static_cast<std::uint64_t>(std::int64_t{of.atPeak});
        row.savedEpoch = peakEpoch;
        row.savedLive = row.live + atPeak;
        totals.peakBytes += atPeak * row.bytes;
      } else {
        keepPeakCount(row, peakEpoch);
      }
      totals.allocations += of.allocations;
      totals.frees += of.frees;
      totals.allocatedBytes += of.allocations * row.bytes;
      totals.liveBytes += (std::uint64_t{of.allocations} - of.frees) * row.bytes;
    };
    if (row.heap == kMallocHeap) {
      count(m_totals, m_peakEpoch);
      m_totals.temporaries += of.temporaries;
    } else {
      OtherHeap& heap = otherHeap(row);
      count(heap.totals, heap.peakEpoch);
    }
    row.allocations += of.allocations;
    row.live += std::uint64_t{of.allocations} - of.frees;
    row.temporaries += of.temporaries;
    m_numbered += of.allocations;
  }
}

}  // namespace heaptap::model
