// SPDX-License-Identifier: Apache-2.0
// Where the Tab key leads in the main window.
#include <QApplication>

#include "gui/views/frame/main_window.h"

namespace heaptap::gui {

QList<QWidget*> MainWindow::keyOrder() const {
  QList<QWidget*> order{m_list};
  for (const QWidget* part : std::initializer_list<const QWidget*>{m_problem, m_loading, m_exporting})
    order << part->findChildren<QWidget*>();
  if (showsSession()) order << m_session->keyOrder();
  order << findChildren<QWidget*>();  // All that has no place of its own, behind what has one.
  QList<QWidget*> reachable;
  for (QWidget* widget : order) {
    const bool takesTab = (widget->focusPolicy() & Qt::TabFocus) != 0 && widget->focusProxy() == nullptr;
    if (takesTab && widget->isVisible() && widget->isEnabled() && widget->window() == this &&
        !reachable.contains(widget))
      reachable << widget;
  }
  return reachable;
}

bool MainWindow::focusNextPrevChild(bool next) {
  const QList<QWidget*> order = keyOrder();
  // What has the keys may be a part of what stands in the order.
  for (QWidget* widget = focusWidget(); widget != nullptr && widget != this;
       widget = widget->parentWidget()) {
    const qsizetype at = order.indexOf(widget);
    if (at < 0) continue;
    const qsizetype to = (at + (next ? 1 : order.size() - 1)) % order.size();
    order[to]->setFocus(next ? Qt::TabFocusReason : Qt::BacktabFocusReason);
    return true;
  }
  return QMainWindow::focusNextPrevChild(next);
}

}  // namespace heaptap::gui
