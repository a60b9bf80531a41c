// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QMenu>
#include <functional>

#include "gui/models/filter/filter_term.h"
#include "gui/views/filter/menu_place.h"

namespace heaptap::gui {

/// Adds what filters by a place, or leaves it out. What is not known is not offered.
void addFilterActions(QMenu& menu, const MenuPlace& place, const std::function<void(const FilterTerm&)>& add);

}  // namespace heaptap::gui
