// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include "gui/models/sessions/coming.h"
#include "gui/models/sessions/summary.h"

/// What tables say when they are empty.
namespace heaptap::gui {

/// Why a table has no rows: because nothing has come yet, or ever will, nothing matches the filter, or there
/// is nothing.
struct EmptyText {
  bool isKnown = false;
  bool isFiltered = false;
  QString noMatch = {};
  QString nothing = {};
  Coming coming = Coming::Expected;

  [[nodiscard]] QString text() const;
};

[[nodiscard]] QString noLeaksText(Remains remains, bool isSampled);
[[nodiscard]] QString noFindingsText(Remains remains, bool isSampled);
[[nodiscard]] QString noMarksText(Remains remains);

}  // namespace heaptap::gui
