// SPDX-License-Identifier: Apache-2.0
#include "gui/views/frame/view_area.h"

#include <QApplication>
#include <utility>

namespace heaptap::gui {

ViewArea::ViewArea(const QList<View*>& views, QWidget* parent)
    : QMainWindow(parent, Qt::Widget), m_views(views) {
  setDockOptions(AllowNestedDocks | AllowTabbedDocks);
  setContextMenuPolicy(Qt::NoContextMenu);
  for (View* view : views) {
    addDockWidget(Qt::LeftDockWidgetArea, view);
    view->hide();
    connect(view, &QDockWidget::visibilityChanged, this,
            [this, view](bool isVisible) { followVisibility(*view, isVisible); });
    connect(view, &QDockWidget::topLevelChanged, this, &ViewArea::fitTitleBars);
  }
  connect(qApp, &QApplication::focusChanged, this,
          [this](const QWidget*, const QWidget* focused) { followFocus(focused); });
}

/// While views go, the keyboard goes from one to the next, and they are hidden: nothing of it is to be followed.
ViewArea::~ViewArea() {
  disconnect(qApp, nullptr, this, nullptr);
  for (View* view : m_views) disconnect(view, nullptr, this, nullptr);
}

QList<View*> ViewArea::docked() const {
  QList<View*> docked;
  for (View* view : m_views)
    if (!view->isHidden() && !view->isFloating()) docked << view;
  return docked;
}

void ViewArea::show(View& view) {
  if (&view == m_current && !view.isHidden()) return;
  if (view.isHidden()) {
    const bool wasChanging = std::exchange(m_isChanging, true);
    View* const place = m_current && !m_current->isHidden() && !m_current->isFloating() ? m_current : nullptr;
    setUpdatesEnabled(false);
    if (place != nullptr) {
      tabifyDockWidget(place, &view);
      place->hide();
    } else if (docked().isEmpty()) {
      addDockWidget(Qt::LeftDockWidgetArea, &view);
    }
    view.show();
    setUpdatesEnabled(true);
    m_isChanging = wasChanging;
  }
  view.raise();
  makeCurrent(&view);
}

void ViewArea::showBeside(View& view) {
  if (!view.isHidden() || m_current == nullptr) return show(view);
  const bool wasChanging = std::exchange(m_isChanging, true);
  splitDockWidget(m_current, &view, Qt::Horizontal);
  view.show();
  m_isChanging = wasChanging;
  makeCurrent(&view);
}

void ViewArea::makeCurrent(View* view) {
  fitTitleBars();
  if (view == m_current) return;
  View* const before = std::exchange(m_current, view);
  if (before != nullptr) before->resign();
  if (m_current != nullptr) m_current->becomeCurrent();
  emit currentChanged();
}

void ViewArea::followFocus(const QWidget* focused) {
  for (View* view : m_views)
    if (focused != nullptr && !view->isHidden() && view->isAncestorOf(focused)) return makeCurrent(view);
}

void ViewArea::followVisibility(View& view, bool isVisible) {
  if (m_isChanging || isVisible) return;
  fitTitleBars();
  // The user has closed it: another one that is shown takes its place, or the same again if there is none.
  if (&view != m_current || !view.isHidden()) return;
  const QList<View*> left = docked();
  if (left.isEmpty())
    show(view);
  else
    makeCurrent(left.front());
}

void ViewArea::fitTitleBars() {
  const QList<View*> beside = docked();
  for (View* view : m_views) {
    const bool hasTitle = view->isFloating() || beside.size() > 1;
    if (hasTitle == (view->titleBarWidget() == nullptr)) continue;
    QWidget* const before = view->titleBarWidget();
    view->setTitleBarWidget(hasTitle ? nullptr : new QWidget(view));
    delete before;
  }
}

}  // namespace heaptap::gui
