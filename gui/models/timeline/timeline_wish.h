// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gui/models/timeline/time_window.h"

namespace heaptap::gui {

/// A part of the timeline that is looked at, in so many steps.
struct TimelineWish {
  TimeWindow window = {};
  int steps = 1;

  bool operator==(const TimelineWish&) const = default;
};

}  // namespace heaptap::gui
