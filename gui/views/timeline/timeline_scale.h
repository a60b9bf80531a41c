// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QRectF>
#include <algorithm>

#include "gui/models/timeline/axis.h"

namespace heaptap::gui {

inline constexpr double kTimelineGap = 6;  ///< Between an axis and its labels. Units: pixels.

/// Where a moment and a number of bytes are in the timeline.
/// Units: pixels of the widget; bytes, and nanoseconds since the session's start.
struct TimelineScale {
  QRectF plot;  ///< The area between the axes.
  Axis bytes;
  Axis resident = {.begin = 0, .end = 1, .ticks = {}};  ///< At the right. Without ticks: it is not shown.
  Axis time;
  double timeLabelsTop = 0;  ///< Labels of the time begin there.
  quint64 recordEndNs = 1;   ///< What is later was not recorded.

  [[nodiscard]] double xOf(quint64 atNs) const {
    return plot.left() + plot.width() * (static_cast<double>(atNs) - static_cast<double>(time.begin)) /
                             static_cast<double>(time.end - time.begin);
  }
  /// The moment at a position; the nearest one that is shown.
  [[nodiscard]] quint64 momentAt(double x) const {
    const double share = plot.width() <= 0 ? 0 : std::clamp((x - plot.left()) / plot.width(), 0.0, 1.0);
    return time.begin + static_cast<quint64>(share * static_cast<double>(time.end - time.begin));
  }
  [[nodiscard]] double yOf(quint64 bytesShown) const { return yOn(bytes, bytesShown); }
  [[nodiscard]] bool hasResident() const { return !resident.ticks.empty(); }
  [[nodiscard]] double yOfResident(quint64 bytesShown) const { return yOn(resident, bytesShown); }

 private:
  [[nodiscard]] double yOn(const Axis& axis, quint64 value) const {
    return plot.bottom() - plot.height() * static_cast<double>(value) / static_cast<double>(axis.end);
  }
};

}  // namespace heaptap::gui
