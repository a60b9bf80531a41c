// SPDX-License-Identifier: Apache-2.0
#include "gui/models/sites/site_filter_model.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <numeric>
#include <utility>

#include "gui/models/sites/site_order.h"

namespace heaptap::gui {

SiteFilterModel::SiteFilterModel(SiteModel& source, Show show, QObject* parent)
    : QAbstractTableModel(parent), m_source(&source), m_show(show) {
  connect(&source, &SiteModel::modelAboutToBeReset, this, &SiteFilterModel::beginResetModel);
  connect(&source, &SiteModel::modelReset, this, &SiteFilterModel::rebuild);
  connect(&source, &SiteModel::refreshed, this, &SiteFilterModel::follow);
  connect(&source, &QObject::destroyed, this, &SiteFilterModel::forget);
  connect(&source, &SiteModel::headerDataChanged, this, &SiteFilterModel::headerDataChanged);
  applyFilter();
  m_shown = accepted();
  place();
}

void SiteFilterModel::rebuild() {
  applyFilter();
  m_shown = accepted();
  place();
  endResetModel();
}

void SiteFilterModel::forget() {
  // Without a signal: the page that listens is being taken apart as well.
  m_source = nullptr;
  m_shown.clear();
}

void SiteFilterModel::setFilter(const SiteFilter& filter) {
  SiteFilter names = filter.names();
  if (names == m_filter) return;
  m_filter = std::move(names);
  applyFilter();
  show(accepted());
}

void SiteFilterModel::sort(int column, Qt::SortOrder order) {
  if (column < 0) return;
  m_column = column;
  m_order = order;
  Rows rows = m_shown;
  putInOrder(rows);
  show(rows);
}

void SiteFilterModel::applyFilter() {
  m_passing = m_source->sites() ? m_source->sites()->rowsThatPass(m_filter) : nullptr;
}

bool SiteFilterModel::accepts(int sourceRow) const {
  if (m_show == Show::SitesWithLiveBlocks && m_source->numbersAt(sourceRow).liveBlocks == 0 &&
      m_source->change(sourceRow, SiteModel::BlocksChange) == 0)
    return false;
  return !m_passing || (*m_passing)[static_cast<std::size_t>(sourceRow)];
}

SiteFilterModel::Rows SiteFilterModel::accepted() const {
  Rows rows(static_cast<std::size_t>(m_source->rowCount()));
  std::iota(rows.begin(), rows.end(), 0);
  std::erase_if(rows, [&](int row) { return !accepts(row); });
  putInOrder(rows);
  return rows;
}

void SiteFilterModel::putInOrder(Rows& rows) const {
  const SiteOrder order(*m_source, m_column, m_order);
  std::sort(rows.begin(), rows.end(), std::cref(order));
}

SiteFilterModel::Rows SiteFilterModel::merged(Rows rows, const std::vector<bool>& touched) const {
  const SiteOrder order(*m_source, m_column, m_order);
  std::sort(rows.begin(), rows.end(), std::cref(order));
  Rows others;
  others.reserve(m_shown.size());
  std::copy_if(m_shown.begin(), m_shown.end(), std::back_inserter(others),
               [&](int row) { return !touched[static_cast<std::size_t>(row)]; });
  Rows all;
  all.reserve(others.size() + rows.size());
  std::merge(others.begin(), others.end(), rows.begin(), rows.end(), std::back_inserter(all),
             std::cref(order));
  return all;
}

void SiteFilterModel::follow(const SiteChanges& changes) {
  const int end = m_source->rowCount();
  const bool hasNews = !changes.rows.empty() || end > changes.firstNew;
  if (!m_filter.isEmpty() && (changes.areNamesNew || hasNews)) applyFilter();
  m_placed.resize(static_cast<std::size_t>(end), -1);
  const bool isByText = !SiteModel::isNumber(m_column);
  if (changes.areNamesNew && (isByText || !m_filter.isEmpty())) {
    show(accepted());
  } else if (hasNews) {
    Rows rows;
    std::vector<bool> touched(static_cast<std::size_t>(end), false);
    bool isTouched = false;
    const auto take = [&](int row) {
      const bool isAccepted = accepts(row);
      const bool isShown = m_placed[static_cast<std::size_t>(row)] >= 0;
      // Where the order is one of texts, other numbers move no row.
      if (isAccepted == isShown && (isByText || !isShown)) return;
      isTouched = true;
      touched[static_cast<std::size_t>(row)] = true;
      if (isAccepted) rows.push_back(row);
    };
    for (const int row : changes.rows) take(row);
    for (int row = changes.firstNew; row < end; ++row) take(row);
    if (isTouched) show(merged(std::move(rows), touched));
  }
  tellOf(changes);
}

void SiteFilterModel::show(const Rows& rows) {
  if (rows == m_shown) return;
  emit aboutToArrange();
  // New rows are appended, then all are put in order, with those that go at the end, and then these removed:
  // each is announced by one signal, however many rows it concerns.
  std::vector<bool> stays(static_cast<std::size_t>(m_source->rowCount()), false);
  for (const int row : rows) stays[static_cast<std::size_t>(row)] = true;
  Rows added;
  std::copy_if(rows.begin(), rows.end(), std::back_inserter(added),
               [&](int row) { return m_placed[static_cast<std::size_t>(row)] < 0; });
  if (!added.empty()) {
    beginInsertRows({}, rowCount(), rowCount() + static_cast<int>(added.size()) - 1);
    m_shown.insert(m_shown.end(), added.begin(), added.end());
    place();
    endInsertRows();
  }
  Rows arranged = rows;
  std::copy_if(m_shown.begin(), m_shown.end(), std::back_inserter(arranged),
               [&](int row) { return !stays[static_cast<std::size_t>(row)]; });
  if (arranged != m_shown) arrange(std::move(arranged));
  const int kept = static_cast<int>(rows.size());
  if (kept == rowCount()) return;
  beginRemoveRows({}, kept, rowCount() - 1);
  m_shown.resize(rows.size());
  place();
  endRemoveRows();
}

void SiteFilterModel::arrange(Rows rows) {
  emit layoutAboutToBeChanged({}, VerticalSortHint);
  const Rows before = std::exchange(m_shown, std::move(rows));
  place();
  const QModelIndexList from = persistentIndexList();
  QModelIndexList to;
  to.reserve(from.size());
  for (const QModelIndex& old : from) {
    const int source = before[static_cast<std::size_t>(old.row())];
    to.append(index(m_placed[static_cast<std::size_t>(source)], old.column()));
  }
  changePersistentIndexList(from, to);
  emit layoutChanged({}, VerticalSortHint);
}

void SiteFilterModel::place() {
  m_placed.assign(static_cast<std::size_t>(m_source->rowCount()), -1);
  for (std::size_t row = 0; row < m_shown.size(); ++row)
    m_placed[static_cast<std::size_t>(m_shown[row])] = static_cast<int>(row);
}

void SiteFilterModel::tellOf(const SiteChanges& changes) {
  Rows rows;
  for (const int source : changes.rows)
    if (const int row = m_placed[static_cast<std::size_t>(source)]; row >= 0) rows.push_back(row);
  std::sort(rows.begin(), rows.end());
  for (std::size_t at = 0; at < rows.size();) {
    const std::size_t first = at;
    do ++at;
    while (at < rows.size() && rows[at] == rows[at - 1] + 1);
    emit dataChanged(index(rows[first], SiteModel::LiveBytes), index(rows[at - 1], SiteModel::Temporaries));
  }
  if (changes.areNamesNew && rowCount() > 0)
    emit dataChanged(index(0, SiteModel::Function), index(rowCount() - 1, SiteModel::Location));
}

int SiteFilterModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_shown.size());
}

int SiteFilterModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : SiteModel::ColumnCount;
}

QVariant SiteFilterModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  return m_source->data(m_source->index(sourceRow(index.row()), index.column()), role);
}

QVariant SiteFilterModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (!m_source) return {};
  return m_source->headerData(section, orientation, role);
}

}  // namespace heaptap::gui
