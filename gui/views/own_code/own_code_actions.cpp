// SPDX-License-Identifier: Apache-2.0
#include "gui/views/own_code/own_code_actions.h"

#include <QCoreApplication>

#include "gui/views/menu_text.h"

namespace heaptap::gui {
namespace {

class OwnCodeActions {
  Q_DECLARE_TR_FUNCTIONS(OwnCodeActions)
};

}  // namespace

void addOwnCodeActions(QMenu& menu, const MenuPlace& place,
                       const std::function<void(const CodeMark&)>& mark) {
  if (!place.isKnown()) return;
  QMenu* const choices =
      menu.addMenu(place.isForeign ? OwnCodeActions::tr("M&ine After All") : OwnCodeActions::tr("Not M&ine"));
  const auto offer = [&](const QString& text, CodeMark::Of of, const QString& name) {
    if (name.isEmpty()) return;
    choices->addAction(text, choices, [=] { mark({.isOwn = place.isForeign, .of = of, .name = name}); });
  };
  offer(OwnCodeActions::tr("This &Function"), CodeMark::Of::Function, place.function);
  offer(OwnCodeActions::tr("The &Module %1").arg(menuText(place.module.section('/', -1))),
        CodeMark::Of::Module, place.module);
}

}  // namespace heaptap::gui
