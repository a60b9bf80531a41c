// SPDX-License-Identifier: Apache-2.0
#include "collector/model/session_model.h"

#include <algorithm>

namespace heaptap::model {

PairCounters SessionModel::counters(PairId id) const {
  const Row& row = m_pairs[index(id)];
  return {.allocations = row.allocations,
          .live = row.live,
          .liveAtPeak = row.savedEpoch == m_peakEpoch ? row.savedLive : row.live,
          .temporaries = row.temporaries};
}

SessionCounters SessionModel::counters() const {
  SessionCounters all{.totals = m_totals,
                      .pairs = {},
                      .lifetimes = m_lifetimes,
                      .timeline = m_timeline,
                      .freeSites = m_freeSites.entries(),
                      .lastAllocations = m_lastAllocations};
  all.pairs.reserve(m_pairs.size());
  for (std::size_t i = 0; i < m_pairs.size(); ++i) all.pairs.push_back(counters(static_cast<PairId>(i)));
  return all;
}

void SessionModel::restore(const SessionCounters& counters) {
  m_totals = counters.totals;
  m_timeline = counters.timeline;
  m_lifetimes = counters.lifetimes;
  for (const FreeSites::Entry& entry : counters.freeSites)
    m_freeSites.add(entry.pair, entry.stack, entry.frees);
  std::copy(counters.lastAllocations.begin(), counters.lastAllocations.end(), m_lastAllocations.begin());
  m_peakEpoch = 1;  // Every row below has saved its count at the one peak known so far; 0 is "never".
  for (std::size_t i = 0; i < counters.pairs.size(); ++i) {
    const PairCounters& from = counters.pairs[i];
    m_pairs[i] = {.pair = m_pairs[i].pair,
                  .allocations = from.allocations,
                  .live = from.live,
                  .temporaries = from.temporaries,
                  .savedLive = from.liveAtPeak,
                  .savedEpoch = m_peakEpoch};
  }
}

}  // namespace heaptap::model
