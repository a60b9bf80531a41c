// SPDX-License-Identifier: Apache-2.0
#include "client/stack_costs.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace heaptap::client {

std::uint64_t recordedOf(const model::PairCounters& counters, Cost cost) {
  switch (cost) {
    case Cost::LiveBytes:
    case Cost::LiveBlocks: return counters.live;
    case Cost::PeakBytes: return counters.liveAtPeak;
    case Cost::Allocations:
    case Cost::AllocatedBytes: return counters.allocations;
    case Cost::Temporaries: return counters.temporaries;
  }
  return 0;
}

bool isOfBytes(Cost cost) {
  return cost == Cost::LiveBytes || cost == Cost::PeakBytes || cost == Cost::AllocatedBytes;
}

StackCosts::StackCosts(const Profile& profile, Cost cost, const FilterMatch& filter)
    : m_self(profile.definitions.stacks.size(), 0) {
  const model::DefinitionsView& definitions = profile.definitions;
  const bool ofBytes = isOfBytes(cost);
  std::vector<double> estimated;  // What samples stand for, by stack: whole blocks only once all are added.
  const std::size_t pairs = std::min(definitions.pairs.size(), profile.counts->pairs.size());
  for (std::size_t i = 0; i < pairs; ++i) {
    const std::uint64_t recorded = recordedOf(profile.counts->pairs[i], cost);
    if (recorded == 0) continue;
    const model::Pair& pair = definitions.pairs[i];
    if (!filter.passes(pair) || pair.heap != filter.heap()) continue;
    if (ofBytes) {
      m_self[index(pair.stack)] += recorded * pair.bytes();
    } else if (pair.sampleInterval == 0) {
      m_self[index(pair.stack)] += recorded;
    } else {
      estimated.resize(m_self.size(), 0);
      estimated[index(pair.stack)] += static_cast<double>(recorded) * pair.weight();
    }
  }
  for (std::size_t i = 0; i < estimated.size(); ++i)
    m_self[i] += static_cast<std::uint64_t>(std::llround(estimated[i]));
  addUp(profile);
}

StackCosts::StackCosts(const Profile& profile, std::vector<std::uint64_t> self) : m_self(std::move(self)) {
  m_self.resize(profile.definitions.stacks.size(), 0);
  addUp(profile);
}

void StackCosts::addUp(const Profile& profile) {
  m_total = m_self;
  for (std::size_t i = m_total.size(); i-- > 1;)  // A parent has the smaller id.
    m_total[index(profile.definitions.stack(static_cast<model::StackId>(i)).parent)] += m_total[i];
}

}  // namespace heaptap::client
