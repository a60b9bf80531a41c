// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QRectF>

#include "gui/models/axis.h"

namespace heaptap::gui {

/// Where a moment and a number of bytes are in the timeline.
/// Units: pixels of the widget; bytes, and nanoseconds since the session's start.
struct TimelineScale {
  QRectF plot;  ///< The area between the axes.
  Axis bytes;
  Axis time;

  [[nodiscard]] double xOf(quint64 atNs) const {
    return plot.left() + plot.width() * static_cast<double>(atNs) / static_cast<double>(time.end);
  }
  [[nodiscard]] double yOf(quint64 bytesShown) const {
    return plot.bottom() - plot.height() * static_cast<double>(bytesShown) / static_cast<double>(bytes.end);
  }
};

}  // namespace heaptap::gui
