// SPDX-License-Identifier: Apache-2.0
#include "collector/model/session_model.h"

#include <algorithm>

#include "base/sample_weight.h"

namespace heaptap::model {

PairCounters SessionModel::counters(PairId id) const {
  const Row& row = m_rows[index(id)];
  return {.allocations = row.allocations,
          .live = row.live,
          .liveAtPeak = row.savedEpoch == peakEpochOf(row) ? row.savedLive : row.live,
          .temporaries = row.temporaries};
}

void SessionModel::countSample(const Row& row, int change) {
  Estimate& estimate = m_totals.estimate;
  if (change > 0) estimate.allocations += row.weight;
  estimate.liveBlocks += change * row.weight;
  // Not below zero, where sums of fractions may end.
  estimate.liveVariance =
      std::max(0.0, estimate.liveVariance + change * sampleByteVariance(row.bytes, row.weight));
}

void SessionModel::applyToOther(Row& row, const Allocation& event) {
  OtherHeap& heap = otherHeap(row);
  keepPeakCount(row, heap.peakEpoch);
  ++row.allocations;
  ++row.live;
  ++m_numbered;
  HeapTotals& totals = heap.totals;
  ++totals.allocations;
  totals.allocatedBytes += row.bytes;
  totals.liveBytes += row.bytes;
  if (totals.liveBytes > totals.peakBytes) {
    totals.peakBytes = totals.liveBytes;
    totals.peakAtNs = event.atNs;
    ++heap.peakEpoch;
  }
  m_totals.lastEventNs = event.atNs;
  m_timeline.reach(event.atNs);
}

void SessionModel::applyToOther(Row& row, const Free& event) {
  OtherHeap& heap = otherHeap(row);
  keepPeakCount(row, heap.peakEpoch);
  --row.live;
  ++heap.totals.frees;
  heap.totals.liveBytes -= row.bytes;
  if (event.stack != StackId{}) m_freeSites.add(event.pair, event.stack);
  m_totals.lastEventNs = event.atNs;
  m_timeline.reach(event.atNs);
}

std::uint64_t SessionModel::allocatedBytesOfAll() const {
  std::uint64_t sum = m_totals.allocatedBytes;
  for (const OtherHeap& heap : m_otherHeaps) sum += heap.totals.allocatedBytes;
  return sum;
}

SessionCounters SessionModel::counters() const {
  SessionCounters all{.totals = m_totals,
                      .pairs = {},
                      .lifetimes = m_lifetimes,
                      .timeline = m_timeline,
                      .freeSites = m_freeSites.entries(),
                      .rests = m_rests,
                      .heaps = {},
                      .lastAllocations = m_lastAllocations};
  for (const OtherHeap& heap : m_otherHeaps) all.heaps.push_back(heap.totals);
  all.pairs.reserve(m_pairs.size());
  for (std::size_t i = 0; i < m_pairs.size(); ++i) all.pairs.push_back(counters(static_cast<PairId>(i)));
  return all;
}

Estimate SessionModel::estimateOf(const SessionCounters& counters) const {
  Estimate estimate;
  for (std::size_t i = 0; i < counters.pairs.size(); ++i) {
    const Row& row = m_rows[i];
    if (row.weight == 0) continue;
    const PairCounters& pair = counters.pairs[i];
    const double variance = sampleByteVariance(row.bytes, row.weight);
    estimate.allocations += static_cast<double>(pair.allocations) * row.weight;
    estimate.liveBlocks += static_cast<double>(pair.live) * row.weight;
    estimate.liveVariance += static_cast<double>(pair.live) * variance;
    estimate.peakVariance += static_cast<double>(pair.liveAtPeak) * variance;
  }
  return estimate;
}

void SessionModel::restore(const SessionCounters& counters) {
  m_totals = counters.totals;
  m_timeline = counters.timeline;
  m_lifetimes = counters.lifetimes;
  m_rests = counters.rests;
  for (const FreeSites::Entry& entry : counters.freeSites)
    m_freeSites.add(entry.pair, entry.stack, entry.frees);
  std::copy(counters.lastAllocations.begin(), counters.lastAllocations.end(), m_lastAllocations.begin());
  m_numbered = m_totals.allocations;
  for (std::size_t i = 0; i < counters.heaps.size(); ++i) {
    m_otherHeaps[i] = {.totals = counters.heaps[i], .peakEpoch = 1};
    m_numbered += counters.heaps[i].allocations;
  }
  m_peakEpoch = 1;  // Every row below has saved its count at the one peak known so far; 0 is "never".
  for (std::size_t i = 0; i < counters.pairs.size(); ++i) {
    const PairCounters& from = counters.pairs[i];
    m_rows[i] = {.bytes = m_rows[i].bytes,
                 .weight = m_rows[i].weight,
                 .heap = m_rows[i].heap,
                 .allocations = from.allocations,
                 .live = from.live,
                 .temporaries = from.temporaries,
                 .savedLive = from.liveAtPeak,
                 .savedEpoch = 1};
  }
  m_totals.estimate = estimateOf(counters);
}

SessionModel SessionModel::at(const SessionCounters& counters) const {
  SessionModel then;
  for (const Pair& pair : m_pairs) then.addPair(pair);
  for (std::size_t i = 0; i < m_lastAllocations.size(); ++i) then.addThread();
  while (then.heaps() < heaps()) then.addHeap();
  then.restore(counters);
  return then;
}

}  // namespace heaptap::model
