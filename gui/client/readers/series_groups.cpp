// SPDX-License-Identifier: Apache-2.0
#include "gui/client/readers/series_groups.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "collector/model/estimate.h"
#include "gui/client/sites/stack_filter.h"
#include "gui/models/histograms/histogram.h"

namespace heaptap::gui {

SeriesGroups::SeriesGroups(client::Profile profile, const SiteFilter& filter, bool areApart)
    : m_profile(std::move(profile)), m_functions(m_profile) {
  std::vector<model::PairId> pairs = pairsThatPass(m_profile, filter);
  std::erase_if(pairs, [this](model::PairId pair) {
    return m_profile.definitions.pair(pair).heap != model::kMallocHeap;
  });
  m_pairs = pairs.size();
  if (areApart)
    choose(pairs);
  else
    m_groups.push_back(std::move(pairs));
}

void SeriesGroups::choose(const std::vector<model::PairId>& pairs) {
  std::vector<std::uint32_t> functionOf;
  functionOf.reserve(pairs.size());
  for (const model::PairId pair : pairs)
    functionOf.push_back(m_functions.of(m_profile.definitions.pair(pair).stack));
  using Count = std::uint64_t model::PairCounters::*;
  std::set<std::uint32_t> chosen;
  for (const Count count :
       {&model::PairCounters::live, &model::PairCounters::liveAtPeak, &model::PairCounters::allocations}) {
    std::vector<model::Estimate> sums(m_functions.size());
    for (std::size_t i = 0; i < pairs.size(); ++i)
      sums[functionOf[i]].add(m_profile.definitions.pair(pairs[i]), m_profile.countersOf(pairs[i]).*count);
    std::vector<quint64> values;
    for (const model::Estimate& sum : sums) values.push_back(sum.bytes());
    for (const std::size_t function : largestOf(values, kMost / 3))
      chosen.insert(static_cast<std::uint32_t>(function));
  }
  m_chosen.assign(chosen.begin(), chosen.end());
  std::vector<std::size_t> groupOf(m_functions.size(), m_chosen.size());
  for (std::size_t group = 0; group < m_chosen.size(); ++group) groupOf[m_chosen[group]] = group;
  m_groups.resize(m_chosen.size() + 1);
  for (std::size_t i = 0; i < pairs.size(); ++i) m_groups[groupOf[functionOf[i]]].push_back(pairs[i]);
}

}  // namespace heaptap::gui
