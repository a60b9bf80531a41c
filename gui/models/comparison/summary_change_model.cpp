// SPDX-License-Identifier: Apache-2.0
#include "gui/models/comparison/summary_change_model.h"

#include <utility>

#include "gui/models/quantity_text.h"
#include "gui/models/tool_tip.h"

namespace heaptap::gui {

void SummaryChangeModel::setComparison(ComparisonPtr comparison) {
  if (comparison == m_comparison) return;
  beginResetModel();
  m_comparison = std::move(comparison);
  endResetModel();
}

int SummaryChangeModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() || !m_comparison ? 0 : RowCount;
}

int SummaryChangeModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() || !m_comparison ? 0 : static_cast<int>(m_comparison->summary.size());
}

QString SummaryChangeModel::display(const SummaryChange& change, int row) {
  const auto quantity = [&](quint64 value) { return change.isBytes ? bytesText(value) : countText(value); };
  switch (row) {
    case Before: return quantity(change.number.before);
    case After: return quantity(change.number.after);
    default: return changeText(change.number, change.isBytes);
  }
}

QString SummaryChangeModel::tip(const SummaryChange& change, int row) {
  const auto exact = [&](quint64 value) { return change.isBytes ? exactBytesText(value) : countText(value); };
  switch (row) {
    case Before: return exact(change.number.before);
    case After: return exact(change.number.after);
    default: break;
  }
  const QString relative = relativeChangeText(change.number);
  QString text = (change.number.grew() ? "+" : "-") + exact(change.number.magnitude());
  if (change.number.magnitude() == 0) text = tr("no difference");
  if (!relative.isEmpty()) text += QStringLiteral(", ") + relative;
  if (change.number.noise > 0) text += tr("; it varies by %1 anyway").arg(exact(change.number.noise));
  return text;
}

QVariant SummaryChangeModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const SummaryChange& change = m_comparison->summary[static_cast<std::size_t>(index.column())];
  switch (role) {
    case Qt::DisplayRole: return display(change, index.row());
    case Qt::ToolTipRole: return toolTip(tip(change, index.row()));
    case Qt::TextAlignmentRole: return QVariant(Qt::AlignVCenter | Qt::AlignRight);
    case GrewRole:
      if (index.row() != Difference || change.number.magnitude() <= change.number.noise) return 0;
      return change.number.grew() ? 1 : -1;
    default: return {};
  }
}

QVariant SummaryChangeModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (!m_comparison || section < 0) return {};
  if (orientation == Qt::Vertical) {
    if (section >= RowCount) return {};
    if (role == Qt::DisplayRole)
      return section == Before ? tr("before") : section == After ? tr("after") : tr("difference");
    if (role == Qt::ToolTipRole && section != Difference)
      return toolTip(section == Before ? m_comparison->before : m_comparison->after);
    return {};
  }
  if (section >= columnCount()) return {};
  if (role == Qt::DisplayRole) return m_comparison->summary[static_cast<std::size_t>(section)].name;
  if (role == Qt::TextAlignmentRole) return QVariant(Qt::AlignVCenter | Qt::AlignRight);
  return {};
}

}  // namespace heaptap::gui
