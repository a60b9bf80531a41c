// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "export/writer.h"

namespace heaptap::exporting {

/// One function of a flame graph.
struct FlameBar {
  std::uint32_t parent = 0;  ///< Among the bars; of the root, itself.
  std::size_t depth = 0;
  std::uint64_t width = 0;  ///< In any unit.
  std::string name;
  std::string about;  ///< What is known of it; shown where the pointer rests.
  std::string colour;
  std::string attributes = {};  ///< Of its element: ` data-self="12"`.
  bool isLast = false;          ///< Stands behind its siblings, wherever it is among the bars.
};

struct FlameGraph {
  std::string title;
  std::vector<FlameBar> bars;  ///< A parent before its children, which stand side by side in their order.
};

/// Writes an SVG of flame graphs, one below another, each with its root at the bottom. Bars that have no
/// width are not drawn. Callees that are together wider than their caller are drawn narrower.
void writeFlamePicture(std::span<const FlameGraph> graphs, Writer& out);

}  // namespace heaptap::exporting
