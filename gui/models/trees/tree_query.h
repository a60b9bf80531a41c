// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <array>

#include "gui/models/filter/site_filter.h"

namespace heaptap::gui {

/// What a tree of calls is drawn by.
enum class TreeCost : quint8 { LiveBytes, LiveBlocks, PeakBytes, Allocations, AllocatedBytes, Temporaries };

inline constexpr std::array kTreeCosts = {TreeCost::LiveBytes,      TreeCost::PeakBytes,
                                          TreeCost::AllocatedBytes, TreeCost::LiveBlocks,
                                          TreeCost::Allocations,    TreeCost::Temporaries};

enum class TreeDirection : quint8 {
  TopDown,   ///< From the outermost function to what it calls.
  BottomUp,  ///< From the functions that allocate to those that call them.
};

/// Which tree is asked for.
struct TreeQuery {
  TreeDirection direction = TreeDirection::TopDown;
  TreeCost cost = TreeCost::LiveBytes;
  quint32 heap = 0;        ///< Nothing is added up across heaps. 0: malloc's.
  SiteFilter filter = {};  ///< As SiteSet::rowsThatPass() takes it.

  bool operator==(const TreeQuery&) const = default;
};

/// "Live bytes", as a choice; "live", for sentences: "3.00 MiB live".
[[nodiscard]] QString treeCostName(TreeCost cost);
[[nodiscard]] QString treeCostWord(TreeCost cost);
/// Else it is a number of blocks.
[[nodiscard]] bool isOfBytes(TreeCost cost);
/// "Top-down", "Bottom-up".
[[nodiscard]] QString treeDirectionName(TreeDirection direction);
/// `3.00 MiB` or `1,234`. `isEstimate`: with `≈` in front.
[[nodiscard]] QString treeCostText(quint64 value, TreeCost cost, bool isEstimate);
/// The same with its unit, not rounded: `1,234,567 bytes`, `12 allocations`.
[[nodiscard]] QString exactTreeCostText(quint64 value, TreeCost cost, bool isEstimate);

}  // namespace heaptap::gui
