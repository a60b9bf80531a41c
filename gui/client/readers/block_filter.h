// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "client/profile_source.h"
#include "gui/models/filter/site_filter.h"

namespace heaptap::gui {

/// Which heaps blocks are asked of.
enum class BlockHeaps : std::uint8_t { All, Malloc };

/// Adds a filter to a question about live blocks. False: no block can pass. `at`: the instant of the
/// question; a time, where the filter has terms on lifetimes. Errors: as threadsThatPass() and
/// lifetimesThatPass().
[[nodiscard]] Result<bool> applyFilter(model::BlockQuery& query, const v1::Instant& at,
                                       const SiteFilter& filter, const client::Profile& profile,
                                       BlockHeaps heaps = BlockHeaps::All);

/// Whether how old blocks are matters to the filter.
[[nodiscard]] inline bool needsAges(const SiteFilter& filter) {
  return !filter.termsOf(FilterTerm::Of::Lifetime).empty();
}

}  // namespace heaptap::gui
