// SPDX-License-Identifier: Apache-2.0
#include "gui/views/frame/view.h"

#include "gui/models/quantity_text.h"

namespace heaptap::gui {

View::View(QWidget* parent) : QDockWidget(parent) {
  connect(this, &View::titleChanged, this, [this] { setWindowTitle(title()); });
}

void View::bind(SessionStore& store, Selection& selection) {
  m_store = &store;
  m_selection = &selection;
  bound();
  setWindowTitle(title());
}

QString View::title() const {
  const auto rows = count();
  if (!rows) return name();
  return QStringLiteral("%1  (%2)").arg(name(), countText(static_cast<quint64>(*rows)));
}

bool View::isSettled() const { return store().isHeapThere(); }

}  // namespace heaptap::gui
