// SPDX-License-Identifier: Apache-2.0
#include "gui/models/findings/finding_filter_model.h"

namespace heaptap::gui {

FindingFilterModel::FindingFilterModel(FindingModel& source, QObject* parent)
    : QSortFilterProxyModel(parent), m_source(source) {
  setSortRole(FindingModel::SortRole);
  setSortCaseSensitivity(Qt::CaseInsensitive);
  setDynamicSortFilter(true);
  setSourceModel(&source);
}

void FindingFilterModel::setFilter(const SiteFilter& filter) {
  m_filter = NameFilter(filter);
  invalidateRowsFilter();
}

const Finding& FindingFilterModel::findingAt(int row) const {
  return m_source.at(mapToSource(index(row, 0)).row());
}

bool FindingFilterModel::filterAcceptsRow(int row, const QModelIndex&) const {
  const Finding& finding = m_source.at(row);
  return m_filter.passes(finding.words, finding.free, finding.earlierFree, finding.allocation);
}

}  // namespace heaptap::gui
