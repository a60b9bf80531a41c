// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <vector>

#include "gui/models/sessions/selection.h"
#include "gui/models/sites/stack_line.h"
#include "gui/models/trees/function_label.h"

namespace heaptap::gui {

/// What a menu is about.
struct MenuPlace {
  QString function;        ///< Empty: unknown.
  QString module;          ///< Path; likewise.
  bool isForeign = false;  ///< Not the program's own.

  [[nodiscard]] bool isKnown() const { return !function.isEmpty() || !module.isEmpty(); }
};
[[nodiscard]] MenuPlace placeOf(const StackLine& line);
[[nodiscard]] MenuPlace placeOf(const FunctionLabel& label);
/// The innermost line that is the program's own, else the innermost one.
[[nodiscard]] MenuPlace placeOf(const std::vector<StackLine>& stack);
/// What the chosen call sites have in common.
[[nodiscard]] MenuPlace placeOf(const SiteChoice& sites);

}  // namespace heaptap::gui
