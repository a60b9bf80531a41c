// SPDX-License-Identifier: Apache-2.0
#include "gui/models/source/source_file.h"

#include <algorithm>

namespace heaptap::gui {

LineCost lineCostOf(const SiteSet& sites, const std::vector<std::size_t>& rows) {
  LineCost sum;
  for (const std::size_t row : rows) {
    const SiteNumbers& site = sites.numbers()[row];
    sum.liveBytes += site.liveBytes;
    sum.liveBlocks += site.liveBlocks;
    sum.allocations += site.allocations;
    sum.allocatedBytes += site.allocatedBytes;
  }
  return sum;
}

const SourceLineSites* SourceFile::costOf(quint32 line) const {
  const auto found = std::lower_bound(costs.begin(), costs.end(), line,
                                      [](const SourceLineSites& a, quint32 b) { return a.line < b; });
  return found != costs.end() && found->line == line ? &*found : nullptr;
}

std::optional<SourceSpot> spotOf(const std::vector<StackLine>& lines) {
  const StackLine* found = nullptr;
  for (const StackLine& line : lines) {
    if (line.file.isEmpty() || line.line == 0) continue;
    if (!line.foreign) return SourceSpot{line.file, line.line};
    if (found == nullptr) found = &line;
  }
  return found == nullptr ? std::nullopt : std::optional(SourceSpot{found->file, found->line});
}

QStringList placesOf(const QString& file, const std::vector<SourceMapping>& mappings) {
  QStringList places;
  for (const SourceMapping& mapping : mappings)
    if (file.startsWith(mapping.from)) places << mapping.to + file.mid(mapping.from.size());
  places << file;
  return places;
}

}  // namespace heaptap::gui
