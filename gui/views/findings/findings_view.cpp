// SPDX-License-Identifier: Apache-2.0
#include "gui/views/findings/findings_view.h"

#include <QSplitter>

#include "gui/views/empty_text.h"
#include "gui/views/measures.h"

namespace heaptap::gui {

FindingsView::FindingsView(QWidget* parent)
    : View(parent), m_table(new FindingTable(m_model, this)), m_panel(new FindingPanel(this)) {
  m_table->setObjectName(QStringLiteral("findings"));
  auto* parts = new QSplitter(Qt::Horizontal, this);
  parts->setObjectName(QStringLiteral("findingParts"));
  parts->setChildrenCollapsible(false);
  parts->setHandleWidth(measure::kSpacing);
  parts->addWidget(m_table);
  parts->addWidget(m_panel);
  parts->setStretchFactor(0, 2);
  parts->setStretchFactor(1, 1);
  parts->setSizes({2 * measure::kShare, measure::kShare});
  setWidget(parts);
  connect(m_panel, &FindingPanel::announced, this, &View::announced);
}

void FindingsView::bound() {
  connect(m_table, &FindingTable::currentFindingChanged, this, &FindingsView::showCurrent);
  for (const auto signal : {&SessionStore::begun, &SessionStore::findingsChanged})
    connect(&store(), signal, this, &FindingsView::followFindings);
  for (const auto signal : {&SessionStore::summaryChanged, &SessionStore::comingChanged})
    connect(&store(), signal, this, &FindingsView::retitle);
  connect(&selection(), &Selection::changed, this, [this](Selection::Parts parts) {
    if (!(parts & Selection::Filter)) return;
    m_table->filter().setFilter(selection().filter());
    retitle();
  });
  m_table->filter().setFilter(selection().filter());
  retitle();
}

void FindingsView::followFindings() {
  if (store().findings())
    m_model.setFindings(*store().findings());
  else
    m_model.clear();
  retitle();
  showCurrent();
}

void FindingsView::retitle() {
  const EmptyText empty{.isKnown = m_model.isKnown(),
                        .isFiltered = !selection().filter().names().isEmpty(),
                        .noMatch = tr("No finding matches the filter."),
                        .nothing = noFindingsText(store().remains(), store().isSampled()),
                        .coming = store().coming()};
  m_table->setEmptyText(empty.text());
  emit titleChanged();
}

std::optional<int> FindingsView::count() const {
  if (!m_model.isKnown()) return std::nullopt;
  return m_table->model()->rowCount();
}

void FindingsView::showCurrent() {
  if (const Finding* finding = m_table->currentFinding())
    m_panel->showFinding(*finding);
  else
    m_panel->clear();
}

}  // namespace heaptap::gui
