// SPDX-License-Identifier: Apache-2.0
#include "gui/views/timeline/timeline_legend.h"

#include <algorithm>
#include <cmath>

#include "gui/views/timeline/timeline_scale.h"

namespace heaptap::gui {
namespace {

constexpr double kLineSample = 18;
constexpr double kAreaSample = 10;
constexpr double kDistance = 3 * kTimelineGap;  // Between entries.
constexpr double kLeastText = 56;

double sampleOf(const LegendEntry& entry) { return entry.area.isValid() ? kAreaSample : kLineSample; }

}  // namespace

std::vector<double> legendWidths(const std::vector<LegendEntry>& entries, const QFontMetricsF& metrics,
                                 double room) {
  std::vector<double> widths;
  for (const LegendEntry& entry : entries)
    widths.push_back(std::ceil(metrics.horizontalAdvance(entry.text)) + 1);
  for (std::size_t count = entries.size(); count > 0; --count) {
    double left = room;
    for (std::size_t i = 0; i < count; ++i)
      left -= sampleOf(entries[i]) + kTimelineGap + (i > 0 ? kDistance : 0);
    // The widest are made as wide as each other, until all fit.
    std::vector<double> sorted(widths.begin(), widths.begin() + static_cast<std::ptrdiff_t>(count));
    std::sort(sorted.begin(), sorted.end());
    double most = left;
    for (std::size_t i = 0; i < count; ++i) {
      most = left / static_cast<double>(count - i);
      if (sorted[i] > most) break;
      left -= sorted[i];
      most = sorted[i];
    }
    if (most < std::min(kLeastText, sorted.back())) continue;
    for (std::size_t i = 0; i < entries.size(); ++i) widths[i] = i < count ? std::min(widths[i], most) : 0;
    return widths;
  }
  return std::vector<double>(entries.size(), 0);
}

void paintLegend(QPainter& painter, const std::vector<LegendEntry>& entries, const QFontMetricsF& metrics,
                 const QColor& text, double left, double right, double bottom) {
  const std::vector<double> widths = legendWidths(entries, metrics, right - left);
  const double height = metrics.height();
  const double middle = bottom - height / 2;
  for (std::size_t i = 0; i < entries.size() && widths[i] > 0; ++i) {
    const LegendEntry& entry = entries[i];
    const double sample = sampleOf(entry);
    if (entry.area.isValid()) {
      painter.fillRect(QRectF(left, middle - sample / 2, sample, sample), entry.area);
    } else {
      painter.setPen(entry.line);
      painter.drawLine(QPointF(left, middle), QPointF(left + sample, middle));
    }
    left += sample + kTimelineGap;
    painter.setPen(text);
    painter.drawText(QRectF(left, bottom - height, widths[i] + 1, height),
                     Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                     metrics.elidedText(entry.text, Qt::ElideRight, widths[i]));
    left += widths[i] + kDistance;
    if (i + 1 < entries.size() && widths[i + 1] == 0)
      painter.drawText(QPointF(left - kDistance / 2, bottom - metrics.descent()), QStringLiteral("…"));
  }
}

}  // namespace heaptap::gui
