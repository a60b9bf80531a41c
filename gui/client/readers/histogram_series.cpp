// SPDX-License-Identifier: Apache-2.0
#include "gui/client/readers/histogram_series.h"

#include <QCoreApplication>
#include <algorithm>

#include "collector/model/estimate.h"
#include "gui/client/sites/stack_filter.h"

namespace heaptap::gui {

std::uint64_t counted(const model::PairCounters& counters, HistogramOf of) {
  switch (of) {
    case HistogramOf::Allocated: return counters.allocations;
    case HistogramOf::Live: return counters.live;
    case HistogramOf::AtPeak: break;
  }
  return counters.liveAtPeak;
}

HistogramSeries::HistogramSeries(const client::Profile& profile, const HistogramWish& wish)
    : m_profile(profile), m_functions(profile) {
  if (!wish.filter.isEmpty()) {
    m_passes.resize(profile.definitions.pairs.size(), false);
    for (const model::PairId pair : pairsThatPass(profile, wish.filter)) m_passes[model::index(pair)] = true;
  }
  rank(wish);
}

void HistogramSeries::rank(const HistogramWish& wish) {
  std::vector<model::Estimate> sums;
  const std::size_t pairs = std::min(m_profile.counts->pairs.size(), m_profile.definitions.pairs.size());
  for (std::size_t i = 0; i < pairs; ++i) {
    const std::uint64_t blocks = counted(m_profile.counts->pairs[i], wish.of);
    const model::Pair& pair = m_profile.definitions.pairs[i];
    if (blocks == 0 || pair.heap != model::kMallocHeap || (!m_passes.empty() && !m_passes[i])) continue;
    const std::uint32_t function = m_functions.of(pair.stack);
    if (function >= sums.size()) sums.resize(function + 1);
    sums[function].add(pair, blocks);
  }
  std::vector<quint64> values;
  for (const model::Estimate& sum : sums)
    values.push_back(wish.unit == HistogramUnit::Bytes ? sum.bytes() : sum.blocks());
  const std::vector<std::size_t> largest = largestOf(values);
  m_series.assign(sums.size(), static_cast<std::uint32_t>(largest.size()));
  for (std::size_t i = 0; i < largest.size(); ++i) {
    const auto function = static_cast<std::uint32_t>(largest[i]);
    m_series[function] = static_cast<std::uint32_t>(i);
    m_histogram.series.push_back(
        {.name = m_functions.name(function), .function = m_functions.wholeName(function), .sum = {}});
  }
  m_histogram.series.push_back(
      {.name = QCoreApplication::translate("Histogram", "other call sites"), .function = {}, .sum = {}});
  m_histogram.areEstimates = m_profile.isSampled();
}

std::optional<std::uint32_t> HistogramSeries::ofAny(model::PairId pair) {
  // Pairs that were defined after the profile was got.
  if (model::index(pair) >= m_profile.definitions.pairs.size()) return std::nullopt;
  const model::Pair& known = m_profile.definitions.pair(pair);
  if (known.heap != model::kMallocHeap) return std::nullopt;
  const std::uint32_t function = m_functions.of(known.stack);
  return function < m_series.size() ? m_series[function] : static_cast<std::uint32_t>(size() - 1);
}

Histogram HistogramSeries::histogram() const { return m_histogram; }

}  // namespace heaptap::gui
