// SPDX-License-Identifier: Apache-2.0
#include "gui/models/source/source_model.h"

#include <algorithm>
#include <array>
#include <utility>

#include "gui/models/quantity_text.h"
#include "gui/models/tool_tip.h"

namespace heaptap::gui {
namespace {

constexpr std::array kSourceTitles{QT_TRANSLATE_NOOP("heaptap::gui::SourceModel", "Live"),
                                   QT_TRANSLATE_NOOP("heaptap::gui::SourceModel", "Allocated"),
                                   QT_TRANSLATE_NOOP("heaptap::gui::SourceModel", "Allocations"),
                                   "",
                                   QT_TRANSLATE_NOOP("heaptap::gui::SourceModel", "Line"),
                                   QT_TRANSLATE_NOOP("heaptap::gui::SourceModel", "Source")};

}  // namespace

void SourceModel::setFile(SourceFilePtr file) {
  if (file == m_file) return;
  beginResetModel();
  m_file = std::move(file);
  m_costs.clear();
  if (m_file && m_file->sites)
    for (const SourceLineSites& line : m_file->costs)
      m_costs.push_back(lineCostOf(*m_file->sites, line.rows));
  findLargest();
  endResetModel();
}

void SourceModel::setTarget(quint32 line) {
  m_target = line;
  if (rowCount() > 0) emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

void SourceModel::setBy(By by) {
  m_by = by;
  findLargest();
  if (rowCount() > 0) emit dataChanged(index(0, Bar), index(rowCount() - 1, Bar));
}

quint64 SourceModel::valueOf(const LineCost& cost) const {
  switch (m_by) {
    case By::LiveBytes: return cost.liveBytes;
    case By::AllocatedBytes: return cost.allocatedBytes;
    case By::Allocations: break;
  }
  return cost.allocations;
}

void SourceModel::findLargest() {
  m_largest = 0;
  for (const LineCost& cost : m_costs) m_largest = std::max(m_largest, valueOf(cost));
}

const SourceLineSites* SourceModel::sitesOf(int row) const {
  return row < 0 || !m_file ? nullptr : m_file->costOf(static_cast<quint32>(row) + 1);
}

const LineCost* SourceModel::costOf(int row) const {
  const SourceLineSites* sites = sitesOf(row);
  if (sites == nullptr || m_costs.empty()) return nullptr;
  return &m_costs[static_cast<std::size_t>(sites - m_file->costs.data())];
}

int SourceModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() || !m_file ? 0 : static_cast<int>(m_file->lines.size());
}

int SourceModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnCount; }

QString SourceModel::display(int row, int column) const {
  if (column == Line) return QString::number(row + 1);
  if (column == Text) return m_file->lines[row];
  const LineCost* cost = costOf(row);
  if (cost == nullptr) return {};
  switch (column) {
    case Live: return bytesText(cost->liveBytes);
    case Allocated: return bytesText(cost->allocatedBytes);
    case Allocations: return countText(cost->allocations);
    default: return {};
  }
}

QString SourceModel::tip(int row, int column) const {
  const LineCost* cost = costOf(row);
  if (column == Text || column == Line) return column == Text ? m_file->lines[row].trimmed() : QString();
  if (cost == nullptr) return {};
  return tr("%1 live in %2; %3 allocated by %4; at %5")
      .arg(exactBytesText(cost->liveBytes), numberOfText(cost->liveBlocks, Noun::Block),
           exactBytesText(cost->allocatedBytes), numberOfText(cost->allocations, Noun::Allocation),
           numberOfText(sitesOf(row)->rows.size(), Noun::CallSite));
}

QVariant SourceModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const int row = index.row();
  switch (role) {
    case Qt::DisplayRole: return display(row, index.column());
    case Qt::ToolTipRole: return toolTip(tip(row, index.column()));
    case Qt::TextAlignmentRole:
      return QVariant(Qt::AlignVCenter | (isNumber(index.column()) ? Qt::AlignRight : Qt::AlignLeft));
    case ShareRole: {
      const LineCost* cost = costOf(row);
      return cost == nullptr || m_largest == 0
                 ? 0.0
                 : static_cast<double>(valueOf(*cost)) / static_cast<double>(m_largest);
    }
    case CostRole: return sitesOf(row) != nullptr;
    case TargetRole: return m_target != 0 && static_cast<quint32>(row) + 1 == m_target;
    default: return {};
  }
}

QVariant SourceModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount) return {};
  if (role == Qt::DisplayRole)
    return section == Bar ? QString() : tr(kSourceTitles[static_cast<std::size_t>(section)]);
  if (role == Qt::TextAlignmentRole)
    return QVariant(Qt::AlignVCenter | (isNumber(section) ? Qt::AlignRight : Qt::AlignLeft));
  if (role == Qt::ToolTipRole && section <= Bar)
    return toolTip(
        tr("What was allocated at this line, and in all that it calls. A call site counts once at each "
           "line that its stack goes through."));
  return {};
}

}  // namespace heaptap::gui
