// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "client/profile.h"
#include "gui/client/sites/own_functions.h"
#include "gui/models/histograms/histogram.h"

namespace heaptap::gui {

/// Which series of a histogram each pair of a profile is in. Only pairs of malloc's heap that pass the filter
/// are in any. Threads: one at a time.
class HistogramSeries {
 public:
  HistogramSeries(const client::Profile& profile, const HistogramWish& wish);

  /// None: the histogram does not count the pair.
  [[nodiscard]] std::optional<std::uint32_t> of(model::PairId pair) {
    const std::size_t at = model::index(pair);
    return m_passes.empty() || (at < m_passes.size() && m_passes[at]) ? ofAny(pair) : std::nullopt;
  }
  /// A histogram with all series and no bars; the last series is the rest.
  [[nodiscard]] Histogram histogram() const;
  [[nodiscard]] std::size_t size() const { return m_histogram.series.size(); }

 private:
  [[nodiscard]] std::optional<std::uint32_t> ofAny(model::PairId pair);
  void rank(const HistogramWish& wish);

  const client::Profile& m_profile;
  OwnFunctions m_functions;
  std::vector<bool> m_passes;           ///< By pair; empty: all.
  std::vector<std::uint32_t> m_series;  ///< By function.
  Histogram m_histogram;
};

/// How many of a pair's recorded blocks a histogram counts.
[[nodiscard]] std::uint64_t counted(const model::PairCounters& counters, HistogramOf of);

}  // namespace heaptap::gui
