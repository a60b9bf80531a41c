// SPDX-License-Identifier: Apache-2.0
#include "gui/models/sites/size_histogram_model.h"

#include <algorithm>
#include <utility>

#include "gui/models/estimate_text.h"
#include "gui/models/quantity_text.h"

namespace heaptap::gui {

void SizeHistogramModel::setSizes(std::vector<SizeBucket> sizes, bool areEstimates) {
  if (sizes == m_sizes && areEstimates == m_areEstimates) return;
  if (!insertRanges(sizes)) {
    beginResetModel();
    m_sizes = sizes;
    endResetModel();
  }
  m_areEstimates = areEstimates;
  m_sizes = std::move(sizes);
  m_most = 1;
  for (const SizeBucket& bucket : m_sizes) m_most = std::max(m_most, bucket.allocations);
  if (!m_sizes.empty()) emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

bool SizeHistogramModel::insertRanges(const std::vector<SizeBucket>& sizes) {
  const auto isSameRange = [](const SizeBucket& a, const SizeBucket& b) {
    return a.minBytes == b.minBytes && a.maxBytes == b.maxBytes;
  };
  if (m_sizes.empty()) return false;
  auto old = m_sizes.begin();
  for (const SizeBucket& bucket : sizes)
    if (old != m_sizes.end() && isSameRange(*old, bucket)) ++old;
  if (old != m_sizes.end()) return false;
  for (std::size_t row = 0; row < sizes.size(); ++row) {
    if (row < m_sizes.size() && isSameRange(m_sizes[row], sizes[row])) continue;
    beginInsertRows({}, static_cast<int>(row), static_cast<int>(row));
    m_sizes.insert(m_sizes.begin() + static_cast<std::ptrdiff_t>(row), sizes[row]);
    endInsertRows();
  }
  return true;
}

QString SizeHistogramModel::countOf(quint64 blocks) const {
  return m_areEstimates && blocks != 0 ? estimated(countText(blocks)) : countText(blocks);
}

int SizeHistogramModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_sizes.size());
}

int SizeHistogramModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : ColumnCount;
}

QVariant SizeHistogramModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const SizeBucket& bucket = m_sizes[static_cast<std::size_t>(index.row())];
  switch (role) {
    case Qt::DisplayRole:
      switch (index.column()) {
        case Sizes: return sizeRangeText(bucket.minBytes, bucket.maxBytes);
        case Allocations: return countOf(bucket.allocations);
        case LiveBlocks: return countOf(bucket.liveBlocks);
        default: return {};
      }
    case Qt::TextAlignmentRole: return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    case Qt::ToolTipRole:
      return tr("%1 of %2 to %3, %4 live")
          .arg(numberOfText(bucket.allocations, Noun::Allocation), countText(bucket.minBytes),
               exactBytesText(bucket.maxBytes), countText(bucket.liveBlocks));
    case ShareRole: return static_cast<double>(bucket.allocations) / static_cast<double>(m_most);
    case LiveShareRole: return static_cast<double>(bucket.liveBlocks) / static_cast<double>(m_most);
    default: return {};
  }
}

QVariant SizeHistogramModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  if (role == Qt::TextAlignmentRole) return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
  if (role == Qt::DisplayRole) {
    switch (section) {
      case Sizes: return tr("Size");
      case Allocations: return tr("Allocations");
      case LiveBlocks: return tr("Live");
      default: return {};
    }
  }
  if (role == Qt::ToolTipRole) {
    switch (section) {
      case Sizes: return tr("The size that the program asked for, in powers of two.");
      case Allocations: return tr("How many blocks of such a size were handed out.");
      case LiveBlocks: return tr("How many of them were not freed: the dark part of the bar.");
      default: return {};
    }
  }
  return {};
}

}  // namespace heaptap::gui
