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

void LeakFilterModel::setText(const QString& text, const Sites& sites) {
  m_text = text;
  m_matches.clear();
  if (!text.isEmpty() && sites) {
    const std::vector<bool> rows = sites->rowsWith(text);
    for (std::size_t row = 0; row < rows.size(); ++row)
      if (rows[row]) m_matches.insert(sites->numbers()[row].key());
  }
  invalidateRowsFilter();
}

const LeakGroup& LeakFilterModel::groupAt(int row) const {
  return m_source.at(mapToSource(index(row, 0)).row());
}

bool LeakFilterModel::filterAcceptsRow(int row, const QModelIndex&) const {
  if (m_text.isEmpty()) return true;
  const LeakGroup& group = m_source.at(row);
  return leakName(group).contains(m_text, Qt::CaseInsensitive) ||
         std::any_of(group.sites.begin(), group.sites.end(),
                     [this](const SiteNumbers::Key& key) { return m_matches.contains(key); });
}

}  // namespace heaptap::gui
