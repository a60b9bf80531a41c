// SPDX-License-Identifier: Apache-2.0
#include "gui/models/marks/mark_model.h"

#include <algorithm>
#include <utility>

#include "gui/models/estimate_text.h"
#include "gui/models/quantity_text.h"
#include "gui/models/table_csv.h"
#include "gui/models/tool_tip.h"

namespace heaptap::gui {
namespace {

/// `+1.20 MiB`, `−340 KiB`, `0 B`.
QString growthText(quint64 before, quint64 now) {
  if (now == before) return bytesText(0);
  return now > before ? '+' + bytesText(now - before) : QStringLiteral("−") + bytesText(before - now);
}

}  // namespace

void MarkModel::setMarks(Marks marks) {
  if (marks == m_marks) return;
  const bool areSame =
      m_marks.size() <= marks.size() && std::equal(m_marks.begin(), m_marks.end(), marks.begin());
  if (!areSame || m_marks.empty()) {
    beginResetModel();
    m_marks = std::move(marks);
    endResetModel();
    return;
  }
  beginInsertRows({}, rowCount(), static_cast<int>(marks.size()) - 1);
  m_marks = std::move(marks);
  endInsertRows();
}

int MarkModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_marks.size());
}

int MarkModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnCount; }

QString MarkModel::display(std::size_t row, int column) const {
  const Mark& mark = m_marks[row];
  const bool isEstimate = !mark.liveBytes.isExact();
  const auto marked = [&](const QString& text) { return isEstimate ? estimated(text) : text; };
  switch (column) {
    case After: return durationText(mark.atNs);
    case Name: return mark.isSnapshot ? markName(mark) + tr("  (snapshot)") : markName(mark);
    case LiveBytes: return shortBytesText(mark.liveBytes);
    case Growth:
      return marked(growthText(row == 0 ? 0 : m_marks[row - 1].liveBytes.value, mark.liveBytes.value));
    case LiveBlocks: return marked(countText(mark.liveBlocks));
    case Allocations: return countText(mark.allocations);
    default: return {};
  }
}

QVariant MarkModel::exactValue(std::size_t row, int column) const {
  const Mark& mark = m_marks[row];
  switch (column) {
    case After: return mark.atNs;
    case LiveBytes: return mark.liveBytes.value;
    case Growth:
      return static_cast<qint64>(mark.liveBytes.value - (row == 0 ? 0 : m_marks[row - 1].liveBytes.value));
    case LiveBlocks: return mark.liveBlocks;
    case Allocations: return mark.allocations;
    default: return {};
  }
}

QVariant MarkModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const auto row = static_cast<std::size_t>(index.row());
  switch (role) {
    case Qt::DisplayRole: return display(row, index.column());
    case Qt::TextAlignmentRole:
      return QVariant::fromValue((isNumber(index.column()) ? Qt::AlignRight : Qt::AlignLeft) |
                                 Qt::AlignVCenter);
    case ExactValueRole: return exactValue(row, index.column());
    case ExactErrorRole:
      return index.column() == LiveBytes && m_marks[row].liveBytes.hasError()
                 ? QVariant(*m_marks[row].liveBytes.error)
                 : QVariant();
    case Qt::ToolTipRole: return toolTip(markLines(m_marks[row]).join('\n'));
    default: return {};
  }
}

QVariant MarkModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  if (role == Qt::TextAlignmentRole)
    return QVariant::fromValue((isNumber(section) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
  if (role == UnitRole) {
    if (section == LiveBytes || section == Growth) return QStringLiteral("bytes");
    return section == After ? QVariant(QStringLiteral("ns")) : QVariant();
  }
  if (role == Qt::DisplayRole) {
    switch (section) {
      case After: return tr("After");
      case Name: return tr("Mark");
      case LiveBytes: return tr("Live");
      case Growth: return tr("Growth");
      case LiveBlocks: return tr("Blocks");
      case Allocations: return tr("Allocations");
      default: return {};
    }
  }
  if (role == Qt::ToolTipRole) {
    switch (section) {
      case After: return tr("Since the start of the session.");
      case Name: return tr("The name that the program, or a user of “heaptap mark”, gave to this moment.");
      case LiveBytes: return tr("Memory that was allocated and not freed at this moment.");
      case Growth:
        return tr("How live memory has changed since the mark before; at the first mark, since the start.");
      case LiveBlocks: return tr("How many blocks were live at this moment.");
      case Allocations: return tr("Blocks that were handed out since the start of the session.");
      default: return {};
    }
  }
  return {};
}

}  // namespace heaptap::gui
