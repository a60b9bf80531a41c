// SPDX-License-Identifier: Apache-2.0
#include "gui/views/call_sites/site_table.h"

#include <QHeaderView>
#include <algorithm>

#include "gui/views/delegates/site_delegate.h"

namespace heaptap::gui {
namespace {

constexpr int kLocationDigits = 17;
constexpr int kNumberDigits = 10;
constexpr int kEstimateDigits = 15;
constexpr int kHeapDigits = 10;
constexpr int kLeastFunctionDigits = 20;

}  // namespace

SiteTable::SiteTable(SiteModel& source, SiteFilterModel::Show show, QWidget* parent)
    : DataTable(parent), m_filter(new SiteFilterModel(source, show, this)) {
  setModel(m_filter);
  setItemDelegate(new SiteDelegate(this));
  setSortingEnabled(true);
  arrangeColumns(show);
  connect(m_filter, &QAbstractItemModel::modelReset, this, &SiteTable::keepCurrent);
  connect(m_filter, &QAbstractItemModel::rowsInserted, this, &SiteTable::keepCurrent);
  connect(m_filter, &QAbstractItemModel::rowsRemoved, this, &SiteTable::keepCurrent);
  connect(m_filter, &QAbstractItemModel::dataChanged, this, &SiteTable::tellOfChange);
  connect(m_filter, &SiteFilterModel::aboutToArrange, this,
          [this] { m_placeOfCurrent = currentIndex().row(); });
}

void SiteTable::arrangeColumns(SiteFilterModel::Show show) {
  const bool isLeaks = show == SiteFilterModel::Show::SitesWithLiveBlocks;
  for (const int column : {SiteModel::Allocations, SiteModel::PeakBytes, SiteModel::Temporaries})
    setColumnUsed(column, !isLeaks);
  for (const int column : {SiteModel::Heap, SiteModel::BytesChange, SiteModel::BlocksChange})
    setColumnUsed(column, false);
  sortByColumn(isLeaks ? SiteModel::LiveBytes : SiteModel::PeakBytes, Qt::DescendingOrder);
  horizontalHeader()->setMinimumSectionSize(5 * fontMetrics().horizontalAdvance('0'));
  for (int column = 0; column < SiteModel::Function; ++column) setColumnDigits(column, kNumberDigits);
  setColumnDigits(SiteModel::Location, kLocationDigits);
  setColumnDigits(SiteModel::Heap, kHeapDigits);
  stretchColumn(SiteModel::Function, kLeastFunctionDigits,
                {SiteModel::Location, SiteModel::Temporaries, SiteModel::Heap, SiteModel::BlocksChange,
                 SiteModel::LiveBlocks, SiteModel::Allocations, SiteModel::PeakBytes});
}

void SiteTable::showHeaps(bool areSeveral) { setColumnUsed(SiteModel::Heap, areSeveral); }

void SiteTable::showChanges(bool hasEarlier) {
  if (hasEarlier == m_showsChanges) return;
  m_showsChanges = hasEarlier;
  for (const int column : {SiteModel::BytesChange, SiteModel::BlocksChange})
    setColumnUsed(column, hasEarlier);
  // What has changed is what the user wants to see then.
  const int sorted = horizontalHeader()->sortIndicatorSection();
  if (hasEarlier)
    sortByColumn(SiteModel::BytesChange, Qt::DescendingOrder);
  else if (SiteModel::isChange(sorted))
    sortByColumn(SiteModel::LiveBytes, Qt::DescendingOrder);
}

void SiteTable::showPeaks(bool hasPeaks) {
  setColumnUsed(SiteModel::PeakBytes, hasPeaks);
  if (!hasPeaks && horizontalHeader()->sortIndicatorSection() == SiteModel::PeakBytes)
    sortByColumn(SiteModel::LiveBytes, Qt::DescendingOrder);
}

void SiteTable::showEstimates(bool areEstimates) {
  if (areEstimates == m_showsEstimates) return;
  m_showsEstimates = areEstimates;
  for (const int column : {SiteModel::LiveBytes, SiteModel::PeakBytes})
    setColumnDigits(column, areEstimates ? kEstimateDigits : kNumberDigits);
}

void SiteTable::keepCurrent() {
  if (!currentIndex().isValid() && m_filter->rowCount() > 0) {
    int column = 0;
    while (isColumnHidden(column)) ++column;
    setCurrentIndex(m_filter->index(0, column));
  }
  emit currentSiteChanged();
}

void SiteTable::tellOfChange(const QModelIndex& topLeft, const QModelIndex& bottomRight) {
  const int current = currentIndex().row();
  if (current >= topLeft.row() && current <= bottomRight.row()) emit currentSiteChanged();
}

std::optional<quint64> SiteTable::currentStack() const {
  const auto row = currentSourceRow();
  return row ? std::optional(m_filter->source().numbersAt(*row).stack) : std::nullopt;
}

std::optional<int> SiteTable::currentSourceRow() const {
  return currentIndex().isValid() ? std::optional(m_filter->sourceRow(currentIndex().row())) : std::nullopt;
}

void SiteTable::choose(const SiteNumbers::Key& site) {
  for (int row = 0; row < m_filter->rowCount(); ++row)
    if (m_filter->source().numbersAt(m_filter->sourceRow(row)).key() == site)
      return setCurrentIndex(m_filter->index(row, std::max(currentIndex().column(), 0)));
}

QString SiteTable::currentStackText() const {
  const auto row = currentSourceRow();
  if (!row) return {};
  return stackText(m_filter->source().sites()->site(static_cast<std::size_t>(*row)).lines);
}

void SiteTable::rowsAboutToBeRemoved(const QModelIndex& parent, int first, int last) {
  // Rows are moved to the end before they go: the row that has taken the current one's place follows it, and
  // nothing scrolls.
  const int current = currentIndex().row();
  if (current >= first && current <= last && first > 0)
    setCurrentIndex(m_filter->index(std::clamp(m_placeOfCurrent, 0, first - 1), currentIndex().column()));
  DataTable::rowsAboutToBeRemoved(parent, first, last);
}

void SiteTable::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
  DataTable::currentChanged(current, previous);
  if (current.row() != previous.row() || current.isValid() != previous.isValid()) emit currentSiteChanged();
}

}  // namespace heaptap::gui
