// SPDX-License-Identifier: Apache-2.0
#include "gui/views/trees/tree_panel.h"

#include <QKeyEvent>

namespace heaptap::gui {
namespace {

constexpr int kDistance = 6;

}  // namespace

TreePanel::TreePanel(QWidget* parent)
    : QWidget(parent), m_controls(new TreeControls(m_source, this)), m_layout(new QVBoxLayout(this)) {
  m_source.setActive(false);
  m_layout->setContentsMargins(0, 0, 0, 0);
  m_layout->setSpacing(kDistance);
  m_layout->addWidget(m_controls);
  connect(m_controls, &TreeControls::stepped, this, [this](int direction) { step(direction); });
  connect(m_controls, &TreeControls::left, this, [this] { keyWidget().setFocus(); });
}

QList<QWidget*> TreePanel::keyOrder() { return m_controls->keyOrder() << &keyWidget(); }

void TreePanel::setFilter(const SiteFilter& filter) {
  TreeQuery query = m_source.query();
  query.filter = filter.names();
  m_source.setQuery(query);
}

void TreePanel::setSites(const Sites& sites, const Sites& earlier) {
  m_controls->offerHeaps(sites);
  m_source.setSites(sites, earlier);
}

void TreePanel::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  m_source.setActive(true);
}

void TreePanel::hideEvent(QHideEvent* event) {
  QWidget::hideEvent(event);
  m_source.setActive(false);
}

bool TreePanel::event(QEvent* event) {
  // Here Ctrl+F finds functions; from the search on it is the window's filter again.
  if (event->type() == QEvent::ShortcutOverride && !m_controls->search().hasFocus() &&
      static_cast<QKeyEvent*>(event)->matches(QKeySequence::Find)) {
    event->accept();
    return true;
  }
  return QWidget::event(event);
}

void TreePanel::keyPressEvent(QKeyEvent* event) {
  if (event->matches(QKeySequence::Find)) return m_controls->startSearch();
  if (event->key() == Qt::Key_F3) return step(event->modifiers().testFlag(Qt::ShiftModifier) ? -1 : 1);
  QWidget::keyPressEvent(event);
}

}  // namespace heaptap::gui
