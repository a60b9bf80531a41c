// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <vector>

#include "gui/models/timeline/time_window.h"

namespace heaptap::gui {

/// A labelled position on an axis.
struct Tick {
  quint64 value = 0;
  QString label;
  bool operator==(const Tick&) const = default;
};

/// An axis from `begin` to `end`, which is at least the largest value and, for bytes, a tick itself.
struct Axis {
  quint64 begin = 0;
  quint64 end = 1;
  std::vector<Tick> ticks;
};

/// Bytes in round numbers of one unit: 0, 20 MiB, 40 MiB, …
/// `intervals`: how many steps there is room for, at most.
[[nodiscard]] Axis byteAxis(quint64 largest, int intervals);

/// Whole numbers: 0, 200, 400, …
[[nodiscard]] Axis countAxis(quint64 largest, int intervals);

/// Seconds since the start: 0, 0.5 s, 1 s, …; minutes and hours beyond.
/// Units: nanoseconds. The axis ends at `largest`, not at a tick.
[[nodiscard]] Axis timeAxis(quint64 largest, int intervals);

/// The same of a part of the record. Labels have as many digits as tell neighbours apart.
[[nodiscard]] Axis timeAxis(const TimeWindow& window, int intervals);

/// A moment with as many digits as tell it from one that is `resolutionNs` later.
[[nodiscard]] QString momentText(quint64 ns, quint64 resolutionNs);

}  // namespace heaptap::gui
