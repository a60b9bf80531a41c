// SPDX-License-Identifier: Apache-2.0
#include "gui/views/leaks/leak_table.h"

#include <QHeaderView>
#include <algorithm>

#include "gui/views/delegates/growth_delegate.h"

namespace heaptap::gui {
namespace {

constexpr int kKindDigits = 15;
constexpr int kNumberDigits = 10;
constexpr int kGrowthDigits = 12;
constexpr int kLocationDigits = 17;
constexpr int kLeastFunctionDigits = 20;

/// A call site is in one group; a filter leaves some of its group.
bool sharesSites(const LeakGroup& group, const std::vector<SiteNumbers::Key>& sites) {
  return std::find_first_of(group.sites.begin(), group.sites.end(), sites.begin(), sites.end()) !=
         group.sites.end();
}

}  // namespace

LeakTable::LeakTable(LeakModel& source, QWidget* parent)
    : DataTable(parent), m_source(source), m_order(new LeakOrderModel(source, this)) {
  setModel(m_order);
  setItemDelegate(new GrowthDelegate(this));
  setAccessibleName(tr("Leaks"));
  setSortingEnabled(true);
  // As they come: those of the program first, and within a kind the largest.
  sortByColumn(LeakModel::Kind, Qt::AscendingOrder);
  horizontalHeader()->setMinimumSectionSize(5 * fontMetrics().horizontalAdvance('0'));
  setColumnDigits(LeakModel::Kind, kKindDigits);
  for (const int column : {LeakModel::Bytes, LeakModel::Blocks, LeakModel::Confidence})
    setColumnDigits(column, kNumberDigits);
  setColumnDigits(LeakModel::Growth, kGrowthDigits);
  setColumnDigits(LeakModel::Location, kLocationDigits);
  stretchColumn(LeakModel::Function, kLeastFunctionDigits,
                {LeakModel::Location, LeakModel::Blocks, LeakModel::Confidence, LeakModel::Growth});
  connect(m_order, &QAbstractItemModel::modelAboutToBeReset, this, &LeakTable::rememberCurrent);
  connect(m_order, &QAbstractItemModel::modelReset, this, &LeakTable::keepCurrent);
  connect(m_order, &QAbstractItemModel::rowsInserted, this, &LeakTable::keepCurrent);
  connect(m_order, &QAbstractItemModel::rowsRemoved, this, &LeakTable::keepCurrent);
}

void LeakTable::rememberCurrent() {
  const LeakGroup* const current = currentGroup();
  m_current = current != nullptr ? current->sites : std::vector<SiteNumbers::Key>();
}

void LeakTable::keepCurrent() {
  for (const int column : {LeakModel::Confidence, LeakModel::Growth})
    setColumnUsed(column, m_source.hasHistories());
  for (int row = 0; row < m_order->rowCount() && !m_current.empty() && !currentIndex().isValid(); ++row)
    if (sharesSites(m_order->groupAt(row), m_current)) setCurrentIndex(m_order->index(row, 0));
  m_current.clear();
  if (!currentIndex().isValid() && m_order->rowCount() > 0) setCurrentIndex(m_order->index(0, 0));
  emit currentGroupChanged();
}

const LeakGroup* LeakTable::currentGroup() const {
  return currentIndex().isValid() ? &m_order->groupAt(currentIndex().row()) : nullptr;
}

void LeakTable::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
  DataTable::currentChanged(current, previous);
  if (current.row() != previous.row() || current.isValid() != previous.isValid()) emit currentGroupChanged();
}

}  // namespace heaptap::gui
