// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtGlobal>

namespace heaptap::gui {

/// The part of a record that a timeline shows. Never empty.
/// Units: nanoseconds since the session's start.
struct TimeWindow {
  quint64 beginNs = 0;
  quint64 endNs = 1;

  [[nodiscard]] quint64 width() const { return endNs - beginNs; }
  [[nodiscard]] bool contains(quint64 ns) const { return ns >= beginNs && ns <= endNs; }
  bool operator==(const TimeWindow&) const = default;
};

/// No window is narrower. Units: nanoseconds.
inline constexpr quint64 kNarrowestWindowNs = 1'000;

/// `factor` times as wide (below 1: nearer), while `aroundNs` stays where it is. It stays within a record
/// that ends at `endNs`.
[[nodiscard]] TimeWindow zoomed(const TimeWindow& window, double factor, quint64 aroundNs, quint64 endNs);

/// The same width, later by so many nanoseconds (below 0: earlier), as far as the record goes.
[[nodiscard]] TimeWindow moved(const TimeWindow& window, double byNs, quint64 endNs);

}  // namespace heaptap::gui
