// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "collector/model/event.h"
#include "collector/model/free_sites.h"
#include "collector/model/pair.h"
#include "collector/model/session_counters.h"
#include "collector/model/timeline.h"
#include "collector/model/totals.h"

namespace heaptap::model {

/// Counts the events of one session, exactly.
///
/// Role:    the only place where events become numbers. A free names its allocation and that
///          allocation's pair, so counting needs no table of addresses.
/// Trust:   none of its own: ids must be defined, and a free must end a live block of its pair. Those
///          are the rules that ingest checks.
/// Threads: one at a time. No heap is used for an event, but for a free with a stack that is new to its pair.
class SessionModel {
 public:
  void addPair(const Pair& pair) { m_pairs.push_back({.pair = pair}); }
  void addThread() { m_lastAllocations.push_back(kNoAllocation); }

  void apply(const Allocation& event);
  void apply(const Free& event);

  /// Fetches from memory what apply() will need of a pair.
  void prefetch(PairId id) const { __builtin_prefetch(&m_pairs[index(id)], 1); }

  const Totals& totals() const { return m_totals; }
  const Timeline& timeline() const { return m_timeline; }
  const LifetimeHistogram& lifetimes() const { return m_lifetimes; }
  const FreeSites& freeSites() const { return m_freeSites; }

  std::size_t pairs() const { return m_pairs.size(); }
  std::size_t threads() const { return m_lastAllocations.size(); }
  const Pair& pair(PairId id) const { return m_pairs[index(id)].pair; }
  PairCounters counters(PairId id) const;
  std::uint64_t live(PairId id) const { return m_pairs[index(id)].live; }

  /// Copies all counters, for a checkpoint.
  SessionCounters counters() const;
  /// Goes on from stored counters. Precondition: no event was applied; there are counters for at most
  /// pairs() pairs and threads() threads, and they agree with one another.
  void restore(const SessionCounters& counters);

 private:
  /// One cache line, as events come in no order of pairs.
  struct alignas(64) Row {
    Pair pair;
    std::uint64_t allocations = 0;
    std::uint64_t live = 0;
    std::uint64_t temporaries = 0;
    std::uint64_t savedLive = 0;   ///< Live blocks at the peak number savedEpoch, …
    std::uint64_t savedEpoch = 0;  ///< … if that is the newest one. Otherwise `live` has not changed since.
  };
  static_assert(sizeof(Row) == 64);

  /// Must come before any change of `row.live`. With it, a new peak costs O(1): only the epoch counts up,
  /// and rows save what they had at the last peak when they are next touched.
  void keepPeakCount(Row& row) const {
    if (row.savedEpoch != m_peakEpoch) {
      row.savedEpoch = m_peakEpoch;
      row.savedLive = row.live;
    }
  }

  std::vector<Row> m_pairs;
  std::vector<std::uint64_t> m_lastAllocations;
  Totals m_totals;
  std::uint64_t m_peakEpoch = 0;  ///< How often the peak rose.
  Timeline m_timeline;
  LifetimeHistogram m_lifetimes{};
  FreeSites m_freeSites;
};

inline void SessionModel::apply(const Allocation& event) {
  Row& row = m_pairs[index(event.pair)];
  keepPeakCount(row);
  ++row.allocations;
  ++row.live;
  m_lastAllocations[index(event.thread)] = m_totals.allocations++;
  m_totals.allocatedBytes += row.pair.size;
  m_totals.liveBytes += row.pair.size;
  m_totals.lastEventNs = event.atNs;
  if (m_totals.liveBytes > m_totals.peakBytes) {
    m_totals.peakBytes = m_totals.liveBytes;
    m_totals.peakAtNs = event.atNs;
    ++m_peakEpoch;
  }
  m_timeline.allocation(event.atNs, m_totals.liveBytes);
}

inline void SessionModel::apply(const Free& event) {
  Row& row = m_pairs[index(event.pair)];
  keepPeakCount(row);
  --row.live;
  ++m_totals.frees;
  m_totals.liveBytes -= row.pair.size;
  m_totals.lastEventNs = event.atNs;
  const bool temporary = m_lastAllocations[index(event.thread)] == event.number;
  row.temporaries += temporary;
  m_totals.temporaries += temporary;
  ++m_lifetimes[event.lifetimeLog2];
  if (event.stack != StackId{}) m_freeSites.add(event.pair, event.stack);
  m_timeline.free(event.atNs, m_totals.liveBytes);
}

}  // namespace heaptap::model
