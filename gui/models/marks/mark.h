// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QStringList>
#include <vector>

#include "gui/models/estimate.h"

namespace heaptap::gui {

/// A named moment, and the heap at it.
struct Mark {
  QString name;
  quint64 atNs = 0;  ///< Since the session's start.
  Estimate liveBytes;
  quint64 liveBlocks = 0;
  quint64 allocations = 0;  ///< Since the session's start.
  bool isSnapshot = false;  ///< The whole heap at this moment is kept.

  bool operator==(const Mark&) const = default;
};

/// In the order of their time.
using Marks = std::vector<Mark>;

/// The name, or what stands for one that found no room.
[[nodiscard]] QString markName(const Mark& mark);

/// Name, time, and the heap at that moment, in lines.
[[nodiscard]] QStringList markLines(const Mark& mark);

}  // namespace heaptap::gui
