// SPDX-License-Identifier: Apache-2.0
#include "gui/models/findings/finding_model.h"

#include <algorithm>
#include <map>
#include <utility>

#include "gui/models/quantity_text.h"
#include "gui/models/table_csv.h"
#include "gui/models/tool_tip.h"

namespace heaptap::gui {
namespace {

QString display(const Finding& finding, int column) {
  switch (column) {
    case FindingModel::What: return finding.words;
    case FindingModel::Times: return countText(finding.count);
    case FindingModel::Size:
      return finding.size ? countText(*finding.size) + QStringLiteral(" B") : QString();
    case FindingModel::Where: return placeText(finding);
    case FindingModel::Location: return placeLocationText(finding);
    default: return {};
  }
}

QVariant sortKey(const Finding& finding, int column) {
  switch (column) {
    case FindingModel::Times: return finding.count;
    case FindingModel::Size: return finding.size ? QVariant(*finding.size) : QVariant();
    default: return display(finding, column);
  }
}

QString tip(const Finding& finding, int column) {
  const auto& place = finding.free.empty() ? finding.allocation : finding.free;
  switch (column) {
    case FindingModel::What: return finding.words + '\n' + meaningText(finding.kind);
    case FindingModel::Size:
      return finding.size ? exactBytesText(*finding.size) : FindingModel::tr("The block is not known.");
    case FindingModel::Where: return place.empty() ? QString() : functionText(place.front());
    case FindingModel::Location: return place.empty() ? QString() : locationText(place.front());
    case FindingModel::Times: return circumstancesText(finding);
    default: return {};
  }
}

}  // namespace

void FindingModel::clear() { reset({}, false); }

void FindingModel::reset(std::vector<Finding> rows, bool isKnown) {
  beginResetModel();
  m_rows = std::move(rows);
  m_isKnown = isKnown;
  endResetModel();
}

void FindingModel::setFindings(const Findings& findings) {
  if (!findings) return clear();
  if (m_isKnown && m_rows.empty() && findings->empty()) return;
  std::map<Finding::Key, std::size_t> positions;
  for (std::size_t i = 0; i < findings->size(); ++i) positions.emplace((*findings)[i].key(), i);
  if (m_rows.empty() || positions.size() != findings->size()) return reset(*findings, true);
  // Where each present row is in the new answer, whose order follows the counts.
  std::vector<Finding> rows;
  rows.reserve(m_rows.size());
  for (const Finding& row : m_rows) {
    const auto found = positions.find(row.key());
    if (found == positions.end()) return reset(*findings, true);
    rows.push_back((*findings)[found->second]);
    positions.erase(found);
  }
  std::vector<std::size_t> added;
  added.reserve(positions.size());
  for (const auto& [key, position] : positions) added.push_back(position);
  std::sort(added.begin(), added.end());

  m_rows.swap(rows);
  for (int row = 0; row < rowCount(); ++row)
    if (at(row) != rows[static_cast<std::size_t>(row)])
      emit dataChanged(index(row, 0), index(row, ColumnCount - 1));
  if (added.empty()) return;
  beginInsertRows({}, rowCount(), rowCount() + static_cast<int>(added.size()) - 1);
  for (const std::size_t position : added) m_rows.push_back((*findings)[position]);
  endInsertRows();
}

int FindingModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int FindingModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant FindingModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const Finding& finding = at(index.row());
  const int column = index.column();
  switch (role) {
    case Qt::DisplayRole: return display(finding, column);
    case Qt::TextAlignmentRole:
      return QVariant::fromValue((isNumber(column) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case Qt::ToolTipRole: return toolTip(tip(finding, column));
    case SortRole: return sortKey(finding, column);
    case ExactValueRole: return isNumber(column) ? sortKey(finding, column) : QVariant();
    default: return {};
  }
}

QVariant FindingModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  if (role == Qt::TextAlignmentRole)
    return QVariant::fromValue((isNumber(section) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
  if (role == UnitRole) return section == Size ? QVariant(QStringLiteral("bytes")) : QVariant();
  if (role == Qt::DisplayRole) {
    switch (section) {
      case What: return tr("Finding");
      case Times: return tr("Times");
      case Size: return tr("Block");
      case Where: return tr("Freed by");
      case Location: return tr("Location");
      default: return {};
    }
  }
  if (role == Qt::ToolTipRole) {
    switch (section) {
      case What: return tr("What was wrong.");
      case Times: return tr("How often it was done with these stacks.");
      case Size: return tr("The size of the block, as the program asked for it.");
      case Where: return tr("The function that freed, and those that called it.");
      case Location: return tr("Where in the source the free is; else the binary.");
      default: return {};
    }
  }
  return {};
}

}  // namespace heaptap::gui
