// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Distances that all parts of the window keep. Units: pixels.
namespace heaptap::gui::measure {

inline constexpr int kMargin = 14;   ///< Of the window's edge.
inline constexpr int kSpacing = 10;  ///< Between parts.
inline constexpr int kShare = 1000;  ///< Of a splitter: its sizes count by their proportions only.

}  // namespace heaptap::gui::measure
