// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/prefetch.h"
#include "collector/model/chunked.h"
#include "collector/model/counts_copy.h"
#include "collector/model/event.h"
#include "collector/model/free_sites.h"
#include "collector/model/heap_totals.h"
#include "collector/model/pair.h"
#include "collector/model/session_counters.h"
#include "collector/model/totals.h"
#include "counting/timeline.h"

namespace heaptap::counting {
struct BatchSums;
}

namespace heaptap::model {

/// Counts the events of one session, exactly. Where allocations are sampled, it counts the recorded ones, and
/// adds up what they stand for.
///
/// Role:    the only place where events become numbers. A free names its allocation and that
///          allocation's pair, so counting needs no table of addresses.
/// Trust:   none of its own: ids must be defined, and a free must end a live block of its pair. Those
///          are the rules that ingest checks.
/// Threads: one at a time. No heap is used for an event, but for a free with a stack that is new to its pair.
class SessionModel {
 public:
  void addPair(const Pair& pair) {
    m_rows.push_back(
        {.bytes = pair.bytes(), .weight = pair.sampleInterval == 0 ? 0 : pair.weight(), .heap = pair.heap});
  }
  /// One more heap that the program has named.
  void addHeap() { m_otherHeaps.emplace_back(); }
  void addThread() { m_lastAllocations.push_back(kNoAllocation); }

  void apply(const Allocation& event);
  void apply(const Free& event);

  /// Counts the events of a batch by what they add up to (counting::BatchCounter), as if each had been
  /// applied. Trust: as for events. What is new of the peaks is told by the pairs.
  void merge(const counting::BatchSums& sums);

  /// Fetches from memory what apply() will need of a pair.
  void prefetch(PairId id) const { prefetchToWrite(&m_rows[index(id)]); }

  /// Of malloc's heap. Nothing is added up across heaps: a mapping may hold the blocks of another.
  const Totals& totals() const { return m_totals; }
  /// Of another one. Precondition: 0 < heap < heaps().
  const HeapTotals& totals(HeapId heap) const { return m_otherHeaps[index(heap) - 1].totals; }
  std::size_t heaps() const { return 1 + m_otherHeaps.size(); }
  /// Allocations of all heaps: they are numbered together.
  std::uint64_t numbered() const { return m_numbered; }
  /// Allocations and frees of all heaps, as they were recorded.
  std::uint64_t events() const;
  /// Bytes allocated in all heaps. Only good for checking that sums stay within 64 bits.
  std::uint64_t allocatedBytesOfAll() const;
  const counting::Timeline& timeline() const { return m_timeline; }
  const LifetimeHistogram& lifetimes() const { return m_lifetimes; }

  std::size_t pairs() const { return m_rows.size(); }
  std::size_t threads() const { return m_lastAllocations.size(); }
  PairCounters counters(PairId id) const;
  std::uint64_t live(PairId id) const { return m_rows[index(id)].live; }
  /// Bytes that each recorded block of the pair counts for.
  std::uint64_t bytes(PairId id) const { return m_rows[index(id)].bytes; }
  /// Blocks that a recorded one stands for; 0: it is not sampled.
  double weight(PairId id) const { return m_rows[index(id)].weight; }
  HeapId heap(PairId id) const { return m_rows[index(id)].heap; }
  const Rests& rests() const { return m_rests; }

  /// Copies what was counted up to now.
  Counts counts() const;
  /// Copies all counters, for a checkpoint.
  SessionCounters counters() const;
  /// The same, around counts of the same moment that were copied in parts.
  SessionCounters countersAround(Counts counts) const;
  /// Goes on from stored counters. Precondition: no event was applied; there are counters for at most
  /// pairs() pairs and threads() threads, they agree with one another, and the estimates are in the totals.
  void restore(const SessionCounters& counters);

  /// Begins to copy the counts of this moment, while counting goes on. Until copySome() has returned true, or
  /// endCopy() was called, `copy` must stay where it is, and no other copy is begun.
  /// Precondition: copy.hasRoomFor(pairs(), freeSites()).
  void beginCopy(CountsCopy& copy);
  /// Copies up to `entries` more of them. True when all are.
  bool copySome(std::size_t entries);
  void endCopy() { m_copy = nullptr; }
  /// Pairs of a block and the stack that freed it.
  std::size_t freeSites() const { return m_freeSites.entries().size(); }

 private:
  /// One cache line, as events come in no order of pairs.
  struct alignas(64) Row {
    std::uint64_t bytes = 0;  ///< Of a block, or what a sampled one stands for.
    double weight = 0;        ///< Blocks that a sampled one stands for; 0: it is not sampled.
    HeapId heap{};
    std::uint32_t touched = 0;  ///< The epoch in which an event came last. See beginCopy().
    std::uint64_t allocations = 0;
    std::uint64_t live = 0;
    std::uint64_t temporaries = 0;
    std::uint64_t savedLive = 0;   ///< Live blocks at the peak number savedEpoch, …
    std::uint64_t savedEpoch = 0;  ///< … if that is the newest one. Otherwise `live` has not changed since.
  };
  static_assert(sizeof(Row) == 64);

  /// Must come before any change of the row: a copy that is being made gets it as it was.
  void touch(PairId pair, Row& row) {
    if (row.touched != m_epoch) [[unlikely]]
      touchFirst(pair, row);
  }
  void touchFirst(PairId pair, Row& row);
  void copyRow(std::size_t at, const Row& row);
  /// Whether the row's counters are others than at `since`, a moment before that of the copy.
  bool changedSince(const Moment& since, const Row& row) const;
  void addFreeSite(PairId pair, StackId stack, std::uint64_t frees = 1);
  void beginPeaks(const counting::BatchSums& sums);
  void mergePairs(const counting::BatchSums& sums);

  /// Must come before any change of `row.live`. With it, a new peak costs O(1): only the epoch counts up,
  /// and rows save what they had at the last peak when they are next touched.
  void keepPeakCount(Row& row) const { keepPeakCount(row, m_peakEpoch); }
  static void keepPeakCount(Row& row, std::uint64_t peakEpoch) {
    if (row.savedEpoch != peakEpoch) {
      row.savedEpoch = peakEpoch;
      row.savedLive = row.live;
    }
  }

  struct OtherHeap {
    HeapTotals totals;
    std::uint64_t peakEpoch = 0;
  };
  OtherHeap& otherHeap(const Row& row) { return m_otherHeaps[index(row.heap) - 1]; }
  std::uint64_t peakEpochOf(const Row& row) const {
    return row.heap == kMallocHeap ? m_peakEpoch : m_otherHeaps[index(row.heap) - 1].peakEpoch;
  }
  void applyToOther(Row& row, const Allocation& event);
  void applyToOther(Row& row, const Free& event);

  /// Whole blocks that one stands for, together with what is left of those before.
  static std::uint64_t whole(const Row& row, double& rest) {
    if (row.weight == 0) return 1;
    rest += row.weight;
    const auto count = static_cast<std::uint64_t>(rest);
    rest -= static_cast<double>(count);
    return count;
  }
  /// `change`: 1 for an allocation, -1 for a free.
  void countSample(const Row& row, int change);
  counting::Timeline::Live liveNow() const { return {m_totals.liveBytes, m_totals.estimate.liveVariance}; }

  Chunked<Row> m_rows;                           ///< By pair.
  std::vector<std::uint64_t> m_lastAllocations;  ///< Of malloc's heap.
  std::uint64_t m_numbered = 0;
  std::vector<OtherHeap> m_otherHeaps{1};  ///< From 1.
  std::uint64_t m_epochBase = 0;           ///< Of epochs before m_epoch began anew.
  std::uint32_t m_epoch = 1;               ///< Each copy begins one; 0 in a row: not touched yet.
  CountsCopy* m_copy = nullptr;            ///< Being made.
  Totals m_totals;
  std::uint64_t m_peakEpoch = 0;  ///< How often the peak rose.
  counting::Timeline m_timeline;
  LifetimeHistogram m_lifetimes{};
  FreeSites m_freeSites;
  std::vector<std::uint32_t> m_freeSitesTouched;  ///< By position in them: the epoch, as in a row.
  Rests m_rests;
};

inline void SessionModel::apply(const Allocation& event) {
  Row& row = m_rows[index(event.pair)];
  if (row.heap != kMallocHeap) [[unlikely]]
    return applyToOther(row, event);
  touch(event.pair, row);
  keepPeakCount(row);
  ++row.allocations;
  ++row.live;
  ++m_totals.allocations;
  m_lastAllocations[index(event.thread)] = m_numbered++;
  m_totals.allocatedBytes += row.bytes;
  m_totals.liveBytes += row.bytes;
  if (row.weight != 0) [[unlikely]]
    countSample(row, 1);
  m_totals.lastEventNs = event.atNs;
  if (m_totals.liveBytes > m_totals.peakBytes) {
    m_totals.peakBytes = m_totals.liveBytes;
    m_totals.estimate.peakVariance = m_totals.estimate.liveVariance;
    m_totals.peakAtNs = event.atNs;
    ++m_peakEpoch;
  }
  m_timeline.allocation(event.atNs, liveNow(), whole(row, m_rests.allocations));
}

inline void SessionModel::apply(const Free& event) {
  Row& row = m_rows[index(event.pair)];
  if (row.heap != kMallocHeap) [[unlikely]]
    return applyToOther(row, event);
  touch(event.pair, row);
  keepPeakCount(row);
  --row.live;
  ++m_totals.frees;
  m_totals.liveBytes -= row.bytes;
  if (row.weight != 0) [[unlikely]]
    countSample(row, -1);
  m_totals.lastEventNs = event.atNs;
  const bool temporary =
      event.temporary ? *event.temporary : m_lastAllocations[index(event.thread)] == event.number;
  row.temporaries += temporary;
  m_totals.temporaries += temporary;
  const std::uint64_t count = whole(row, m_rests.frees);
  m_lifetimes[event.lifetimeLog2] += count;
  if (event.stack != StackId{}) addFreeSite(event.pair, event.stack);
  m_timeline.free(event.atNs, liveNow(), count);
}

}  // namespace heaptap::model
