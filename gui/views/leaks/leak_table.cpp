// SPDX-License-Identifier: Apache-2.0
#include "gui/views/leaks/leak_table.h"

#include <QHeaderView>

#include "gui/views/delegates/growth_delegate.h"

namespace heaptap::gui {
namespace {

constexpr int kKindDigits = 15;
constexpr int kNumberDigits = 10;
constexpr int kGrowthDigits = 12;
constexpr int kLocationDigits = 17;
constexpr int kLeastFunctionDigits = 20;

}  // namespace

LeakTable::LeakTable(LeakModel& source, QWidget* parent)
    : DataTable(parent), m_source(source), m_filter(new LeakFilterModel(source, this)) {
  setModel(m_filter);
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
  connect(m_filter, &QAbstractItemModel::modelAboutToBeReset, this, &LeakTable::rememberCurrent);
  connect(m_filter, &QAbstractItemModel::modelReset, this, &LeakTable::keepCurrent);
  connect(m_filter, &QAbstractItemModel::rowsInserted, this, &LeakTable::keepCurrent);
  connect(m_filter, &QAbstractItemModel::rowsRemoved, this, &LeakTable::keepCurrent);
}

void LeakTable::rememberCurrent() {
  const LeakGroup* const current = currentGroup();
  m_current = current != nullptr ? current->sites : std::vector<SiteNumbers::Key>();
}

void LeakTable::keepCurrent() {
  for (const int column : {LeakModel::Confidence, LeakModel::Growth})
    setColumnUsed(column, m_source.hasHistories());
  for (int row = 0; row < m_filter->rowCount() && !m_current.empty() && !currentIndex().isValid(); ++row)
    if (m_filter->groupAt(row).sites == m_current) setCurrentIndex(m_filter->index(row, 0));
  m_current.clear();
  if (!currentIndex().isValid() && m_filter->rowCount() > 0) setCurrentIndex(m_filter->index(0, 0));
  emit currentGroupChanged();
}

const LeakGroup* LeakTable::currentGroup() const {
  return currentIndex().isValid() ? &m_filter->groupAt(currentIndex().row()) : nullptr;
}

void LeakTable::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
  DataTable::currentChanged(current, previous);
  if (current.row() != previous.row() || current.isValid() != previous.isValid()) emit currentGroupChanged();
}

}  // namespace heaptap::gui
