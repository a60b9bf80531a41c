// SPDX-License-Identifier: Apache-2.0
#include "gui/models/threads/thread_matrix_model.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "gui/models/estimate_text.h"
#include "gui/models/quantity_text.h"
#include "gui/models/table_csv.h"
#include "gui/models/tool_tip.h"

namespace heaptap::gui {

void ThreadMatrixModel::setMatrix(ThreadMatrix matrix) {
  beginResetModel();
  m_matrix = std::move(matrix);
  m_most = 1;
  for (const BlockSum& cell : m_matrix.cells) m_most = std::max(m_most, number(cell));
  endResetModel();
}

void ThreadMatrixModel::setOf(Of of) {
  m_of = of;
  setMatrix(std::exchange(m_matrix, {}));
}

int ThreadMatrixModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_matrix.allocated.size());
}

int ThreadMatrixModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_matrix.freed.size());
}

Estimate ThreadMatrixModel::blocksOf(const BlockSum& sum) const {
  if (!m_matrix.areEstimates) return {.value = sum.blocks};
  return {.value = sum.blocks, .error = std::sqrt(sum.blocksVariance)};
}

Estimate ThreadMatrixModel::bytesOf(const BlockSum& sum) const {
  if (!m_matrix.areEstimates) return {.value = sum.bytes};
  return {.value = sum.bytes, .error = std::sqrt(sum.bytesVariance)};
}

QString ThreadMatrixModel::text(const BlockSum& sum) const {
  if (sum.blocks == 0) return {};
  return m_of == Of::Bytes ? shortBytesText(bytesOf(sum)) : shortCountText(blocksOf(sum));
}

QString ThreadMatrixModel::amount(const BlockSum& sum) const {
  const Estimate blocks = blocksOf(sum);
  return tr("%1 in %2")
      .arg(bytesText(bytesOf(sum)),
           blocks.isExact() ? numberOfText(sum.blocks, Noun::Block) : tr("%1 blocks").arg(countText(blocks)));
}

QVariant ThreadMatrixModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  const auto row = static_cast<std::size_t>(index.row());
  const auto column = static_cast<std::size_t>(index.column());
  const BlockSum& cell = m_matrix.cell(row, column);
  switch (role) {
    case Qt::DisplayRole: return text(cell);
    case Qt::TextAlignmentRole: return QVariant(Qt::AlignVCenter | Qt::AlignRight);
    case ExactValueRole: return number(cell);
    case ShareRole: return static_cast<double>(number(cell)) / static_cast<double>(m_most);
    case ExactErrorRole: {
      const Estimate shown = m_of == Of::Bytes ? bytesOf(cell) : blocksOf(cell);
      return shown.hasError() ? QVariant(*shown.error) : QVariant();
    }
    case Qt::ToolTipRole:
      return toolTip(tr("allocated: %1\nfreed: %2\n%3")
                         .arg(m_matrix.allocated[row].name, m_matrix.freed[column].name, amount(cell)));
    default: return {};
  }
}

QVariant ThreadMatrixModel::headerData(int section, Qt::Orientation orientation, int role) const {
  const auto& lines = orientation == Qt::Horizontal ? m_matrix.freed : m_matrix.allocated;
  if (section < 0 || static_cast<std::size_t>(section) >= lines.size()) return {};
  const ThreadMatrix::Line& line = lines[static_cast<std::size_t>(section)];
  if (role == Qt::DisplayRole) return line.name;
  if (role == Qt::ToolTipRole) return toolTip(QStringLiteral("%1: %2").arg(line.name, amount(line.sum)));
  return {};
}

}  // namespace heaptap::gui
