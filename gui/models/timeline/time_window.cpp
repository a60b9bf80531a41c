// SPDX-License-Identifier: Apache-2.0
#include "gui/models/timeline/time_window.h"

#include <algorithm>

namespace heaptap::gui {
namespace {

/// A window of this width that begins there, or as near to it as the record allows.
TimeWindow placed(double begin, double width, quint64 endNs) {
  const double end = static_cast<double>(std::max<quint64>(endNs, 1));
  width = std::clamp(width, std::min<double>(kNarrowestWindowNs, end), end);
  begin = std::clamp(begin, 0.0, end - width);
  const auto beginNs = static_cast<quint64>(begin);
  const auto widthNs = std::max<quint64>(static_cast<quint64>(width), 1);
  return {.beginNs = beginNs, .endNs = std::min(beginNs + widthNs, std::max<quint64>(endNs, 1))};
}

}  // namespace

TimeWindow zoomed(const TimeWindow& window, double factor, quint64 aroundNs, quint64 endNs) {
  const double before = static_cast<double>(window.width());
  const double width = std::clamp(before * factor, static_cast<double>(kNarrowestWindowNs),
                                  static_cast<double>(std::max(endNs, kNarrowestWindowNs)));
  const double around = static_cast<double>(std::clamp(aroundNs, window.beginNs, window.endNs));
  const double share = (around - static_cast<double>(window.beginNs)) / before;
  return placed(around - share * width, width, endNs);
}

TimeWindow moved(const TimeWindow& window, double byNs, quint64 endNs) {
  return placed(static_cast<double>(window.beginNs) + byNs, static_cast<double>(window.width()), endNs);
}

}  // namespace heaptap::gui
