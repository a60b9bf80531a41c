// SPDX-License-Identifier: Apache-2.0
#include "gui/views/findings/finding_table.h"

#include <QHeaderView>

namespace heaptap::gui {
namespace {

constexpr int kWhatDigits = 38;
constexpr int kTimesDigits = 7;
constexpr int kNumberDigits = 10;
constexpr int kLocationDigits = 18;
constexpr int kLeastWhereDigits = 14;

}  // namespace

FindingTable::FindingTable(FindingModel& source, QWidget* parent)
    : DataTable(parent), m_filter(new FindingFilterModel(source, this)) {
  setModel(m_filter);
  setAccessibleName(tr("Findings"));
  setSortingEnabled(true);
  sortByColumn(FindingModel::Times, Qt::DescendingOrder);
  horizontalHeader()->setMinimumSectionSize(5 * fontMetrics().horizontalAdvance('0'));
  setColumnDigits(FindingModel::What, kWhatDigits);
  setColumnDigits(FindingModel::Times, kTimesDigits);
  setColumnDigits(FindingModel::Size, kNumberDigits);
  setColumnDigits(FindingModel::Location, kLocationDigits);
  stretchColumn(FindingModel::Where, kLeastWhereDigits,
                {FindingModel::Location, FindingModel::Size, FindingModel::Times});
  connect(m_filter, &QAbstractItemModel::modelReset, this, &FindingTable::keepCurrent);
  connect(m_filter, &QAbstractItemModel::rowsInserted, this, &FindingTable::keepCurrent);
  connect(m_filter, &QAbstractItemModel::rowsRemoved, this, &FindingTable::keepCurrent);
  connect(m_filter, &QAbstractItemModel::dataChanged, this, &FindingTable::currentFindingChanged);
}

void FindingTable::keepCurrent() {
  if (!currentIndex().isValid() && m_filter->rowCount() > 0) setCurrentIndex(m_filter->index(0, 0));
  emit currentFindingChanged();
}

const Finding* FindingTable::currentFinding() const {
  return currentIndex().isValid() ? &m_filter->findingAt(currentIndex().row()) : nullptr;
}

QString FindingTable::currentStackText() const {
  const Finding* finding = currentFinding();
  return finding != nullptr ? stackText(finding->free) : QString();
}

void FindingTable::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
  DataTable::currentChanged(current, previous);
  if (current.row() != previous.row() || current.isValid() != previous.isValid())
    emit currentFindingChanged();
}

}  // namespace heaptap::gui
