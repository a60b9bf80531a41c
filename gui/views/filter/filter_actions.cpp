// SPDX-License-Identifier: Apache-2.0
#include "gui/views/filter/filter_actions.h"

#include <QCoreApplication>

#include "gui/views/menu_text.h"

namespace heaptap::gui {
namespace {

class FilterActions {
  Q_DECLARE_TR_FUNCTIONS(FilterActions)
};

}  // namespace

void addFilterActions(QMenu& menu, const MenuPlace& place,
                      const std::function<void(const FilterTerm&)>& add) {
  const auto offer = [&](const QString& text, FilterTerm term, bool isNot) {
    term.isNot = isNot;
    menu.addAction(text, &menu, [add, term] { add(term); });
  };
  if (!place.function.isEmpty()) {
    offer(FilterActions::tr("&Filter by This Function"), FilterTerm::function(place.function), false);
    offer(FilterActions::tr("&Without This Function"), FilterTerm::function(place.function), true);
  }
  if (!place.module.isEmpty()) {
    const QString name = menuText(place.module.section('/', -1));
    offer(FilterActions::tr("Filter by the &Module %1").arg(name), FilterTerm::module(place.module), false);
    offer(FilterActions::tr("Without the M&odule %1").arg(name), FilterTerm::module(place.module), true);
  }
}

}  // namespace heaptap::gui
