// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include "gui/models/summary.h"

/// What the tabs of a session are called, and what their tables say when they are empty.
namespace heaptap::gui {

/// `&Leaks  (12)`: a name with how many rows there are. Absent: not known yet.
[[nodiscard]] QString countedName(const QString& name, std::optional<int> rows);

/// Why a table has no rows: because nothing has come yet, or ever will, nothing matches the filter, or there
/// is nothing.
struct EmptyText {
  bool isKnown = false;
  bool isFiltered = false;
  QString noMatch;
  QString nothing;
  bool isExpected = true;  ///< What is not known is on its way.

  [[nodiscard]] QString text() const;
};

[[nodiscard]] QString noLeaksText(Remains remains);
[[nodiscard]] QString noFindingsText(Remains remains);
[[nodiscard]] QString noMarksText(Remains remains);

}  // namespace heaptap::gui
