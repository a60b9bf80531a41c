// SPDX-License-Identifier: Apache-2.0
#include "gui/models/leaks/leak_filter_model.h"

#include <algorithm>

namespace heaptap::gui {

LeakFilterModel::LeakFilterModel(LeakModel& source, QObject* parent)
    : QSortFilterProxyModel(parent), m_source(source) {
  setSortRole(LeakModel::SortRole);
  setSortCaseSensitivity(Qt::CaseInsensitive);
  setDynamicSortFilter(true);
  setSourceModel(&source);
}

void LeakFilterModel::setFilter(const SiteFilter& filter, const Sites& sites) {
  m_names = NameFilter(filter);
  m_matches.clear();
  if (const SiteSet::Passing rows = sites ? sites->rowsThatPass(filter) : nullptr)
    for (std::size_t row = 0; row < rows->size(); ++row)
      if ((*rows)[row]) m_matches.insert(sites->numbers()[row].key());
  invalidateRowsFilter();
}

const LeakGroup& LeakFilterModel::groupAt(int row) const {
  return m_source.at(mapToSource(index(row, 0)).row());
}

bool LeakFilterModel::filterAcceptsRow(int row, const QModelIndex&) const {
  if (m_names.passesAll()) return true;
  const LeakGroup& group = m_source.at(row);
  // The name is one of several of its functions: what it does not say can be in them nevertheless.
  return (!m_names.hasNot() && m_names.passes(leakName(group))) ||
         std::any_of(group.sites.begin(), group.sites.end(),
                     [this](const SiteNumbers::Key& key) { return m_matches.contains(key); });
}

}  // namespace heaptap::gui
