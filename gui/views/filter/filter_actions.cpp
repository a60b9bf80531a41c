// SPDX-License-Identifier: Apache-2.0
#include "gui/views/filter/filter_actions.h"

#include <QCoreApplication>
#include <algorithm>

#include "gui/views/menu_text.h"

namespace heaptap::gui {
namespace {

class FilterActions {
  Q_DECLARE_TR_FUNCTIONS(FilterActions)
};

}  // namespace

MenuPlace placeOf(const StackLine& line) {
  return {.function = line.function, .module = line.module, .isForeign = line.foreign};
}

MenuPlace placeOf(const FunctionLabel& label) {
  // A function without a name is called by its place in the module.
  const bool hasName =
      label.module.isEmpty() || !label.name.startsWith(moduleName(label) + QStringLiteral("+0x"));
  return {.function = hasName ? label.name : QString(), .module = label.module, .isForeign = !label.isOwn()};
}

MenuPlace placeOf(const std::vector<StackLine>& stack) {
  if (stack.empty()) return {};
  const auto own =
      std::find_if(stack.begin(), stack.end(), [](const StackLine& line) { return !line.foreign; });
  return placeOf(own == stack.end() ? stack.front() : *own);
}

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
