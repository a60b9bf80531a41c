// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "client/profile_source.h"
#include "client/site_table.h"

namespace heaptap::client {

/// How one table of sites differs from the one before: what a view has to draw anew. Sites never go away.
struct SiteChanges {
  std::vector<std::uint32_t> added;    ///< Positions in the newer table, ascending.
  std::vector<std::uint32_t> changed;  ///< Likewise: their numbers, sizes or frees are others.
};

/// `changes` are those from the profile of `before` to that of `after`; both tables with the same filter.
/// Cost: of what has changed, with a search in both tables for each.
[[nodiscard]] SiteChanges siteChanges(const SiteTable& before, const SiteTable& after,
                                      const Changes& changes);

}  // namespace heaptap::client
