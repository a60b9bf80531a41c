// SPDX-License-Identifier: Apache-2.0
#include "gui/models/sql/sql_model.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "gui/models/tool_tip.h"

namespace heaptap::gui {
namespace {

constexpr qsizetype kMostOfATip = 4'000;

}  // namespace

void SqlModel::setResult(SqlResult result) {
  beginResetModel();
  m_result = std::move(result);
  m_order.resize(m_result.rows.size());
  std::iota(m_order.begin(), m_order.end(), 0U);
  m_isNumeric.assign(static_cast<std::size_t>(m_result.columns.size()), !m_result.rows.empty());
  for (const std::vector<SqlValue>& row : m_result.rows)
    for (std::size_t column = 0; column < row.size(); ++column)
      if (row[column].index() != 0 && !isNumber(row[column])) m_isNumeric[column] = false;
  endResetModel();
}

void SqlModel::sort(int column, Qt::SortOrder order) {
  if (column >= columnCount()) return;
  emit layoutAboutToBeChanged({}, VerticalSortHint);
  std::vector<quint32> sorted(m_order.size());
  std::iota(sorted.begin(), sorted.end(), 0U);
  const auto at = static_cast<std::size_t>(column);
  if (column >= 0)
    std::stable_sort(sorted.begin(), sorted.end(), [&](quint32 a, quint32 b) {
      const SqlValue& one = m_result.rows[order == Qt::AscendingOrder ? a : b][at];
      const SqlValue& other = m_result.rows[order == Qt::AscendingOrder ? b : a][at];
      return sqlLess(one, other);
    });
  std::vector<int> place(sorted.size());
  for (std::size_t i = 0; i < sorted.size(); ++i) place[sorted[i]] = static_cast<int>(i);
  const QModelIndexList before = persistentIndexList();
  QModelIndexList after;
  for (const QModelIndex& index : before)
    after << createIndex(place[m_order[static_cast<std::size_t>(index.row())]], index.column());
  m_order = std::move(sorted);
  changePersistentIndexList(before, after);
  emit layoutChanged({}, VerticalSortHint);
}

int SqlModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_order.size());
}

int SqlModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_result.columns.size());
}

QVariant SqlModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  switch (role) {
    case Qt::DisplayRole: return sqlText(at(index));
    case Qt::ToolTipRole: return toolTip(sqlText(at(index), kMostOfATip));
    case Qt::TextAlignmentRole:
      return QVariant(Qt::AlignVCenter | (isNumber(at(index)) ? Qt::AlignRight : Qt::AlignLeft));
    default: return {};
  }
}

QVariant SqlModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) return {};
  if (role == Qt::DisplayRole) return sqlText(SqlValue(m_result.columns[section]));
  if (role == Qt::TextAlignmentRole)
    return QVariant(Qt::AlignVCenter |
                    (m_isNumeric[static_cast<std::size_t>(section)] ? Qt::AlignRight : Qt::AlignLeft));
  return {};
}

}  // namespace heaptap::gui
