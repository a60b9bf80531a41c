// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QMenu>
#include <functional>

#include "gui/models/own_code/code_mark.h"
#include "gui/views/filter/menu_place.h"

namespace heaptap::gui {

/// Adds what says that the function or the module of a place is not the program's own; of one that is taken
/// for a runtime's, that it is. What is not known is not offered.
void addOwnCodeActions(QMenu& menu, const MenuPlace& place, const std::function<void(const CodeMark&)>& mark);

}  // namespace heaptap::gui
