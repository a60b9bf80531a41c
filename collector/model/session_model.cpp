// SPDX-License-Identifier: Apache-2.0
#include "collector/model/session_model.h"

#include <algorithm>
#include <limits>
#include <utility>

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
  EstimatedTotals& estimate = m_totals.estimate;
  if (change > 0) estimate.allocations += row.weight;
  estimate.liveBlocks += change * row.weight;
  // Not below zero, where sums of fractions may end.
  estimate.liveVariance =
      std::max(0.0, estimate.liveVariance + change * sampleByteVariance(row.bytes, row.weight));
}

void SessionModel::applyToOther(Row& row, const Allocation& event) {
  OtherHeap& heap = otherHeap(row);
  touch(event.pair, row);
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
  touch(event.pair, row);
  keepPeakCount(row, heap.peakEpoch);
  --row.live;
  ++heap.totals.frees;
  heap.totals.liveBytes -= row.bytes;
  if (event.stack != StackId{}) addFreeSite(event.pair, event.stack);
  m_totals.lastEventNs = event.atNs;
  m_timeline.reach(event.atNs);
}

std::uint64_t SessionModel::events() const {
  std::uint64_t sum = m_numbered + m_totals.frees;
  for (const OtherHeap& heap : m_otherHeaps) sum += heap.totals.frees;
  return sum;
}

std::uint64_t SessionModel::allocatedBytesOfAll() const {
  std::uint64_t sum = m_totals.allocatedBytes;
  for (const OtherHeap& heap : m_otherHeaps) sum += heap.totals.allocatedBytes;
  return sum;
}

Counts SessionModel::counts() const {
  Counts all{.totals = m_totals, .heaps = {}, .pairs = {}, .freeSites = m_freeSites.entries()};
  for (const OtherHeap& heap : m_otherHeaps) all.heaps.push_back(heap.totals);
  all.pairs.reserve(m_rows.size());
  for (std::size_t i = 0; i < m_rows.size(); ++i) all.pairs.push_back(counters(static_cast<PairId>(i)));
  FreeSites::sort(all.freeSites);
  return all;
}

SessionCounters SessionModel::counters() const { return countersAround(counts()); }

SessionCounters SessionModel::countersAround(Counts counts) const {
  return {.counts = std::move(counts),
          .lifetimes = m_lifetimes,
          .timeline = m_timeline,
          .rests = m_rests,
          .lastAllocations = m_lastAllocations};
}

void SessionModel::restore(const SessionCounters& counters) {
  const Counts& counts = counters.counts;
  m_totals = counts.totals;
  m_timeline = counters.timeline;
  m_lifetimes = counters.lifetimes;
  m_rests = counters.rests;
  for (const FreeSites::Entry& entry : counts.freeSites)
    m_freeSites.add(m_freeSites.at(entry.pair, entry.stack), entry.frees);
  m_freeSitesTouched.resize(freeSites());
  std::copy(counters.lastAllocations.begin(), counters.lastAllocations.end(), m_lastAllocations.begin());
  m_numbered = m_totals.allocations;
  for (std::size_t i = 0; i < counts.heaps.size(); ++i) {
    m_otherHeaps[i] = {.totals = counts.heaps[i], .peakEpoch = 1};
    m_numbered += counts.heaps[i].allocations;
  }
  m_peakEpoch = 1;  // Every row below has saved its count at the one peak known so far; 0 is "never".
  for (std::size_t i = 0; i < counts.pairs.size(); ++i) {
    const PairCounters& from = counts.pairs[i];
    m_rows[i] = {.bytes = m_rows[i].bytes,
                 .weight = m_rows[i].weight,
                 .heap = m_rows[i].heap,
                 .allocations = from.allocations,
                 .live = from.live,
                 .temporaries = from.temporaries,
                 .savedLive = from.liveAtPeak,
                 .savedEpoch = 1};
  }
}

void SessionModel::addFreeSite(PairId pair, StackId stack, std::uint64_t frees) {
  const std::size_t at = m_freeSites.at(pair, stack);
  if (at == m_freeSitesTouched.size()) {
    m_freeSitesTouched.push_back(m_epoch);
  } else if (std::exchange(m_freeSitesTouched[at], m_epoch) != m_epoch && m_copy != nullptr) {
    if (at >= m_copy->freeSitesDone && at < m_copy->counts.freeSites.size())
      m_copy->counts.freeSites[at] = m_freeSites.entries()[at];
  }
  m_freeSites.add(at, frees);
}

void SessionModel::beginCopy(CountsCopy& copy) {
  if (m_epoch == std::numeric_limits<std::uint32_t>::max()) {
    for (std::size_t i = 0; i < m_rows.size(); ++i) m_rows[i].touched = 0;
    std::fill(m_freeSitesTouched.begin(), m_freeSitesTouched.end(), 0);
    m_epochBase += m_epoch;
    m_epoch = 0;
    copy.since.reset();  // Which rows have changed is forgotten.
  }
  ++m_epoch;
  m_copy = &copy;
  copy.moment.epoch = m_epochBase + m_epoch;
  copy.moment.peakEpochs = {m_peakEpoch};
  copy.counts.totals = m_totals;
  for (const OtherHeap& heap : m_otherHeaps) {
    copy.counts.heaps.push_back(heap.totals);
    copy.moment.peakEpochs.push_back(heap.peakEpoch);
  }
  copy.begin(pairs(), freeSites(), m_epochBase);
}

bool SessionModel::copySome(std::size_t entries) {
  CountsCopy& copy = *m_copy;
  for (; entries != 0 && copy.pairsDone < copy.counts.pairs.size(); --entries, ++copy.pairsDone)
    if (m_rows[copy.pairsDone].touched != m_epoch) copyRow(copy.pairsDone, m_rows[copy.pairsDone]);
  for (; entries != 0 && copy.freeSitesDone < copy.counts.freeSites.size(); --entries, ++copy.freeSitesDone)
    if (m_freeSitesTouched[copy.freeSitesDone] != m_epoch)
      copy.counts.freeSites[copy.freeSitesDone] = m_freeSites.entries()[copy.freeSitesDone];
  if (!copy.isWhole()) return false;
  endCopy();
  return true;
}

void SessionModel::touchFirst(PairId pair, Row& row) {
  const std::size_t at = index(pair);
  if (m_copy != nullptr && at >= m_copy->pairsDone && at < m_copy->counts.pairs.size()) copyRow(at, row);
  row.touched = m_epoch;
}

void SessionModel::copyRow(std::size_t at, const Row& row) {
  CountsCopy& copy = *m_copy;
  copy.counts.pairs[at] = {
      .allocations = row.allocations,
      .live = row.live,
      .liveAtPeak = row.savedEpoch == copy.moment.peakEpochOf(row.heap) ? row.savedLive : row.live,
      .temporaries = row.temporaries};
  if (copy.since) copy.changed[at] = changedSince(*copy.since, row) ? 1 : 0;
}

bool SessionModel::changedSince(const Moment& since, const Row& row) const {
  if (m_epochBase + row.touched >= since.epoch) return true;
  // What was live at the peak changes without an event of the pair when there is a new peak.
  const std::uint64_t peakThen = since.peakEpochOf(row.heap);
  return peakThen != m_copy->moment.peakEpochOf(row.heap) && row.savedEpoch == peakThen &&
         row.savedLive != row.live;
}

}  // namespace heaptap::model
