// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "client/profile.h"
#include "gui/client/sites/own_functions.h"
#include "gui/models/filter/site_filter.h"

namespace heaptap::gui {

/// The pairs of malloc's heap that pass a filter, by the program's own functions that they come from: those
/// that may be the largest at some time each have a group, all others one.
///
/// What a function has at a time is known when the events were read. Before that, large ones are guessed: by
/// what is live now, was live at the peak, or was ever allocated.
/// Threads: one at a time.
class SeriesGroups {
 public:
  /// So many functions may be the largest.
  static constexpr std::size_t kMost = 64;

  /// `areApart`: functions have groups of their own. Else all that passes is one.
  SeriesGroups(client::Profile profile, const SiteFilter& filter, bool areApart);

  /// Nothing passes.
  [[nodiscard]] bool isEmpty() const { return m_pairs == 0; }
  /// Which pairs are in which group; the last one is of all others.
  [[nodiscard]] std::vector<std::vector<model::PairId>> take() { return std::move(m_groups); }
  /// Of a group but the last one.
  [[nodiscard]] QString name(std::size_t group) { return m_functions.name(m_chosen[group]); }
  [[nodiscard]] QString wholeName(std::size_t group) { return m_functions.wholeName(m_chosen[group]); }
  [[nodiscard]] std::size_t functions() const { return m_chosen.size(); }

 private:
  void choose(const std::vector<model::PairId>& pairs);

  client::Profile m_profile;
  OwnFunctions m_functions;
  std::vector<std::uint32_t> m_chosen;  ///< Functions, by group.
  std::vector<std::vector<model::PairId>> m_groups;
  std::size_t m_pairs = 0;
};

}  // namespace heaptap::gui
