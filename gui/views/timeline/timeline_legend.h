// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QColor>
#include <QFontMetricsF>
#include <QPainter>
#include <QPen>
#include <QString>
#include <vector>

namespace heaptap::gui {

/// What a line or an area of the timeline means.
struct LegendEntry {
  QString text;
  QPen line;         ///< Of a line, …
  QColor area = {};  ///< … or, where it is valid, of an area.
};

/// How wide each text may be, so that all fit into so much: the longest ones give way. Where that is too
/// little to read, the last ones have no room, 0. Units: pixels.
[[nodiscard]] std::vector<double> legendWidths(const std::vector<LegendEntry>& entries,
                                               const QFontMetricsF& metrics, double room);

/// Paints them in one line of text that ends at `bottom`, from `left` to `right`.
void paintLegend(QPainter& painter, const std::vector<LegendEntry>& entries, const QFontMetricsF& metrics,
                 const QColor& text, double left, double right, double bottom);

}  // namespace heaptap::gui
