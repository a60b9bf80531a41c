// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtGlobal>
#include <optional>

namespace heaptap::gui {

/// The time that a session is looked at: now (or its end), an instant (perhaps beside an earlier one), or a
/// stretch of time.
/// Units: nanoseconds since the session's start.
struct TimeChoice {
  /// What is wanted of a stretch.
  enum class Of {
    Grown,  ///< What was allocated in it and is still there at its end.
    Gone,   ///< What was there at its beginning and is no more at its end.
    Since,  ///< The heap at its end, and how that differs from the one at its beginning.
  };
  std::optional<quint64> fromNs = {};  ///< Where a stretch begins.
  std::optional<quint64> atNs = {};    ///< The instant, or the end of the stretch. None: now.
  Of of = Of::Grown;

  static TimeChoice instant(quint64 atNs) { return {.atNs = atNs}; }
  static TimeChoice stretch(quint64 fromNs, quint64 toNs, Of of = Of::Grown) {
    return {.fromNs = fromNs, .atNs = toNs, .of = of};
  }
  [[nodiscard]] bool isNow() const { return !atNs; }
  /// There are a beginning, A, and an end, B.
  [[nodiscard]] bool hasBeginning() const { return fromNs && atNs; }
  /// What is shown is of the stretch: not the heap at one instant.
  [[nodiscard]] bool isStretch() const { return hasBeginning() && of != Of::Since; }
  /// What is shown is the heap at an instant, beside the one at the beginning.
  [[nodiscard]] bool isSince() const { return hasBeginning() && of == Of::Since; }
  bool operator==(const TimeChoice&) const = default;
};

}  // namespace heaptap::gui
