// SPDX-License-Identifier: Apache-2.0
#include "gui/models/leaks/leak_order_model.h"

#include <utility>

namespace heaptap::gui {

LeakOrderModel::LeakOrderModel(LeakModel& source, QObject* parent)
    : QSortFilterProxyModel(parent), m_source(source) {
  setSortRole(LeakModel::SortRole);
  setSortCaseSensitivity(Qt::CaseInsensitive);
  setDynamicSortFilter(true);
  setSourceModel(&source);
}

const LeakGroup& LeakOrderModel::groupAt(int row) const {
  return m_source.at(mapToSource(index(row, 0)).row());
}

bool LeakOrderModel::lessThan(const QModelIndex& left, const QModelIndex& right) const {
  if (QSortFilterProxyModel::lessThan(left, right)) return true;
  if (QSortFilterProxyModel::lessThan(right, left)) return false;
  // Descending, Qt asks the other way round.
  int first = left.row();
  int second = right.row();
  if (sortOrder() == Qt::DescendingOrder) std::swap(first, second);
  const quint64 ofFirst = m_source.at(first).bytes;
  const quint64 ofSecond = m_source.at(second).bytes;
  return ofFirst != ofSecond ? ofFirst > ofSecond : first < second;
}

}  // namespace heaptap::gui
