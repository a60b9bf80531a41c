// SPDX-License-Identifier: Apache-2.0
#include "gui/views/call_tree/call_tree_panel.h"

#include <QKeyEvent>
#include <QVBoxLayout>

namespace heaptap::gui {
namespace {

constexpr int kDistance = 6;

}  // namespace

CallTreePanel::CallTreePanel(QWidget* parent)
    : QWidget(parent),
      m_controls(new TreeControls(m_source, this)),
      m_tree(new CallTreeView(m_source, this)) {
  m_source.setActive(false);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(kDistance);
  layout->addWidget(m_controls);
  layout->addWidget(m_tree, 1);
  m_tree->setEmptyText(tr("No allocation counts towards this cost."));
  setFocusProxy(m_tree);
  connect(m_tree, &CallTreeView::functionChosen, this, &CallTreePanel::functionChosen);
  connect(m_tree, &CallTreeView::nodeActivated, this, &CallTreePanel::nodeActivated);
  connect(m_tree, &CallTreeView::filterWanted, this, &CallTreePanel::filterWanted);
  connect(m_controls, &TreeControls::stepped, m_tree, &CallTreeView::step);
  connect(m_controls, &TreeControls::left, m_tree, [this] { m_tree->setFocus(); });
  connect(&m_source, &TreeSource::matchesChanged, this, &CallTreePanel::showMatches);
  connect(&m_source, &TreeSource::treeChanged, this, [this](bool isRefresh) {
    if (!isRefresh) m_opened.clear();
  });
}

void CallTreePanel::setSites(const Sites& sites) {
  m_tree->setEmptyText(sites ? tr("No allocation counts towards this cost.") : tr("Loading…"));
  m_source.setSites(sites);
}

void CallTreePanel::setFilter(const QString& text) {
  TreeQuery query = m_source.query();
  query.filter = text;
  m_source.setQuery(query);
}

void CallTreePanel::setHeap(quint32 heap) {
  TreeQuery query = m_source.query();
  query.heap = heap;
  m_source.setQuery(query);
}

void CallTreePanel::showMatches() {
  // A refresh leaves the reader where he is.
  if (m_source.matches() && m_opened != m_source.search()) m_tree->openMatches();
  m_opened = m_source.matches() ? m_source.search() : QString();
}

void CallTreePanel::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  m_source.setActive(true);
}

void CallTreePanel::hideEvent(QHideEvent* event) {
  QWidget::hideEvent(event);
  m_source.setActive(false);
}

void CallTreePanel::keyPressEvent(QKeyEvent* event) {
  if (event->matches(QKeySequence::Find)) return m_controls->startSearch();
  if (event->key() == Qt::Key_F3)
    return m_tree->step(event->modifiers().testFlag(Qt::ShiftModifier) ? -1 : 1);
  QWidget::keyPressEvent(event);
}

}  // namespace heaptap::gui
