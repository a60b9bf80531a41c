// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFontMetricsF>
#include <QPainter>
#include <QPalette>
#include <optional>
#include <vector>

#include "gui/models/marks/mark_layout.h"
#include "gui/models/sessions/time_choice.h"
#include "gui/models/timeline/timeline.h"
#include "gui/views/colours.h"
#include "gui/views/timeline/timeline_legend.h"
#include "gui/views/timeline/timeline_lines.h"

namespace heaptap::gui {

/// What stands beside the allocations a second.
[[nodiscard]] QString allocationsLabel();

/// Paints the parts of a timeline, each onto what is there already.
/// Owns: nothing; lives for one paint event.
class TimelinePainter {
 public:
  TimelinePainter(QPainter& painter, const TimelineScale& scale, const QPalette& palette, const QFont& font);

  /// The background, and the lines by which heights are judged.
  void grid();
  void labels();
  /// The live heap and what was live for a moment only; the standard error where it is an estimate.
  void live(const Timeline& timeline, std::size_t step, const std::vector<TimelinePoint>& newest);
  /// The line upon it once more, over what was painted meanwhile.
  void curve(const Timeline& timeline, std::size_t step, const std::vector<TimelinePoint>& newest);
  /// Allocations a second as bars below the plot, in a band of this height, the temporary ones darker.
  void allocations(const std::vector<TimelineRate>& rates, const std::vector<TimelineRate>& temporary,
                   double height);
  void resident(const Timeline& timeline);
  /// What the lines are, in the line of text that ends at `bottom`.
  void legend(const Timeline& timeline, double bottom);
  /// Likewise, of whatever is painted.
  void legend(const std::vector<LegendEntry>& entries, double bottom);
  /// A line of text at the left of a band.
  void note(const QRectF& band, const QString& text);
  void peak(const TimelinePoint& peak, const QString& label);
  /// Lines of marks, and their labels in the line of text above the plot. Many marks get short lines.
  /// `label(spot)`: the whole label. `current`: the spot that stands out.
  template <class Label>
  void marks(const std::vector<MarkSpot>& spots, const Label& label, const MarkSpot* current) {
    const bool areMany = !spots.empty() && m_scale.plot.width() / static_cast<double>(spots.size()) < kDense;
    for (const MarkSpot& spot : spots) {
      const bool isCurrent = current != nullptr && spot == *current;
      markLine(spot, isCurrent, areMany && !isCurrent);
      if (spot.labelWidth > 0) markLabel(spot, label(spot), isCurrent);
    }
  }
  /// The time that is chosen: a line, or a stretch between two of them.
  void time(const TimeChoice& time);
  /// A line across the plot at a moment, with a dot at its bytes if there are any.
  void cursor(quint64 atNs, std::optional<quint64> bytes);
  /// Lines of text in a box beside a moment.
  void readOut(quint64 atNs, const QStringList& lines);
  void focusFrame();

 private:
  static constexpr double kDense = 12;  ///< Fewer pixels a mark: too dense for lines across the plot.

  void clipToPlot();
  void drawCurve(const std::vector<QPolygonF>& lines);
  void chosenLine(quint64 atNs, const QString& letter);
  void markLine(const MarkSpot& spot, bool isCurrent, bool isShort);
  void markLabel(const MarkSpot& spot, const QString& label, bool isCurrent);

  QPainter& m_painter;
  const TimelineScale& m_scale;
  const QPalette& m_palette;
  QFontMetricsF m_metrics;
  Colours m_colours;
};

}  // namespace heaptap::gui
