// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QMenu>
#include <QString>
#include <functional>

#include "gui/models/filter/filter_term.h"
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

/// Adds what filters by a place, or leaves it out. What is not known is not offered.
void addFilterActions(QMenu& menu, const MenuPlace& place, const std::function<void(const FilterTerm&)>& add);

}  // namespace heaptap::gui
