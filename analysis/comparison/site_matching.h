// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "analysis/comparison/common_stacks.h"

namespace heaptap::analysis {

/// On what grounds a site of the runs before and one of those after are taken for the same.
enum class SiteMatch : std::uint8_t {
  Same,     ///< The same functions call each other; their template arguments and parameters may differ.
  Similar,  ///< But for functions that the other build does not have: inlined without debug information
            ///< there, renamed, or cut into two.
  None,     ///< One of the two sides has no such site.
};

/// Which nodes have allocated, by node: bits of a side.
using Presence = std::vector<std::uint8_t>;
inline constexpr std::uint8_t kBefore = 1;
inline constexpr std::uint8_t kAfter = 2;

/// The sites of two sides, each node with one row.
///
/// First what is the same; of the rest, in this order, what is the same without template arguments and
/// parameters; without functions that only one side has; and what lacks some calls in between, as a call at
/// the end of a function leaves no trace of it. Never on the ground of nothing: a function must be left.
struct SiteRows {
  static constexpr std::uint32_t kNoRow = std::numeric_limits<std::uint32_t>::max();

  std::vector<std::uint32_t> rowOf;  ///< By node; kNoRow: nothing was allocated there.
  std::vector<SiteMatch> matches;    ///< By row.
};
/// `functionsSeen`: by function of `stacks`, the sides on which it is anywhere.
[[nodiscard]] SiteRows matchSites(const CommonStacks& stacks, const Presence& present,
                                  const Presence& functionsSeen);

}  // namespace heaptap::analysis
