// SPDX-License-Identifier: Apache-2.0
#include "gui/views/call_sites/sites_view.h"

#include "gui/views/empty_text.h"

namespace heaptap::gui {

SitesView::SitesView(SiteFilterModel::Show show, const QString& tableName, QWidget* parent)
    : View(parent), m_show(show), m_tableName(tableName) {}

void SitesView::bound() {
  m_table = new SiteTable(store().siteModel(), m_show, this);
  m_table->setObjectName(m_tableName);
  m_table->setAccessibleName(name());
  setWidget(m_table);
  connect(m_table, &SiteTable::currentSiteChanged, this, &SitesView::publish);
  for (const auto signal : {&SessionStore::begun, &SessionStore::summaryChanged, &SessionStore::sitesChanged,
                            &SessionStore::comingChanged, &SessionStore::heapChanged})
    connect(&store(), signal, this, &SitesView::followStore);
  connect(&selection(), &Selection::changed, this, [this](Selection::Parts parts) {
    if (parts & Selection::Filter) applyFilter();
  });
  applyFilter();
}

void SitesView::followStore() {
  const Sites& sites = store().siteModel().sites();
  m_table->showHeaps(sites && sites->hasHeaps());
  m_table->showEstimates(store().isSampled());
  m_table->showChanges(store().heapTime().isSince());
  m_table->showPeaks(m_show == SiteFilterModel::Show::AllSites && store().heapWish().hasPeaks());
  retitle();
}

void SitesView::applyFilter() {
  m_table->filter().setFilter(selection().filter());
  retitle();
}

void SitesView::retitle() {
  EmptyText empty{.isKnown = store().siteModel().sites() != nullptr,
                  .isFiltered = !selection().filter().isEmpty(),
                  .noMatch = tr("No call site matches the filter."),
                  .nothing = nothingText(),
                  .coming = store().heapComing()};
  m_table->setEmptyText(store().heapProblem().isEmpty() ? empty.text() : store().heapProblem());
  emit titleChanged();
}

std::optional<int> SitesView::count() const {
  if (store().siteModel().sites() == nullptr) return std::nullopt;
  return m_table->model()->rowCount();
}

void SitesView::becomeCurrent() {
  m_isCurrent = true;
  publish();
}

void SitesView::publish() {
  if (!m_isCurrent) return;
  const auto row = m_table->currentSourceRow();
  if (!row) return selection().setSites({});
  selection().setSites(
      {.set = store().siteModel().sites(), .rows = {static_cast<std::size_t>(*row)}, .total = 1});
}

QString LiveHeapView::name() const {
  if (!store().heapTime().isStretch()) return tr("Live heap");
  return store().heapTime().of == TimeChoice::Of::Gone ? tr("Gone") : tr("Grown");
}

QString LiveHeapView::nothingText() const {
  if (store().heapTime().isStretch())
    return store().heapTime().of == TimeChoice::Of::Gone
               ? tr("Nothing of what was there at the beginning is gone at the end.")
               : tr("Nothing that was allocated in this time is still there at its end.");
  return noLeaksText(store().heapTime().isNow() ? store().remains() : Remains::Live, store().isSampled());
}

QString CallSitesView::nothingText() const {
  return store().heapTime().isNow() ? tr("Nothing was allocated.")
                                    : tr("Nothing was allocated in this time.");
}

}  // namespace heaptap::gui
