// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

namespace heaptap::gui {

/// A time as people write it, in the words of the command line (client/instant_words.h): an instant, or where
/// a stretch of time begins and ends.
struct TimeWords {
  QString at = {};       ///< Empty: not given. Likewise the others.
  QString from = {};     ///< Of a stretch that is given by its end alone: the start.
  QString to = {};       ///< Likewise: the end.
  bool isSince = false;  ///< Of a stretch: the heap at its end, with the change since its beginning.

  [[nodiscard]] bool isEmpty() const { return at.isEmpty() && from.isEmpty() && to.isEmpty(); }
  bool operator==(const TimeWords&) const = default;
};

/// `12.5s`; `10s..20s` with either end left out; or `10s-20s`.
[[nodiscard]] TimeWords timeWordsOf(const QString& text);

}  // namespace heaptap::gui
