// SPDX-License-Identifier: Apache-2.0
#include "gui/models/heap_model.h"

#include <algorithm>
#include <utility>

#include "gui/models/quantity_text.h"
#include "gui/models/sessions/session_text.h"
#include "gui/models/table_csv.h"
#include "gui/models/tool_tip.h"

namespace heaptap::gui {
namespace {

QString display(const Heap& heap, int column) {
  switch (column) {
    case HeapModel::Name: return heap.name;
    case HeapModel::LiveBytes: return bytesText(heap.liveBytes);
    case HeapModel::LiveBlocks: return countText(heap.liveBlocks);
    case HeapModel::PeakBytes: return bytesText(heap.peakBytes);
    case HeapModel::PeakAt: return durationText(heap.peakAtNs);
    case HeapModel::Allocations: return countText(heap.allocations);
    case HeapModel::Frees: return countText(heap.frees);
    case HeapModel::AllocatedBytes: return bytesText(heap.allocatedBytes);
    default: return {};
  }
}

QString tip(const Heap& heap, int column) {
  switch (column) {
    case HeapModel::LiveBytes: return exactBytesText(heap.liveBytes);
    case HeapModel::PeakBytes: return exactBytesText(heap.peakBytes);
    case HeapModel::AllocatedBytes: return exactBytesText(heap.allocatedBytes);
    default: return heap.name;
  }
}

QVariant exactValue(const Heap& heap, int column) {
  switch (column) {
    case HeapModel::LiveBytes: return heap.liveBytes;
    case HeapModel::LiveBlocks: return heap.liveBlocks;
    case HeapModel::PeakBytes: return heap.peakBytes;
    case HeapModel::PeakAt: return heap.peakAtNs;
    case HeapModel::Allocations: return heap.allocations;
    case HeapModel::Frees: return heap.frees;
    case HeapModel::AllocatedBytes: return heap.allocatedBytes;
    default: return {};
  }
}

QVariant unitOf(int column) {
  switch (column) {
    case HeapModel::LiveBytes:
    case HeapModel::PeakBytes:
    case HeapModel::AllocatedBytes: return QStringLiteral("bytes");
    case HeapModel::PeakAt: return QStringLiteral("ns");
    default: return {};
  }
}

}  // namespace

void HeapModel::setHeaps(Heaps heaps) {
  if (heaps == m_heaps) return;
  const auto isSame = [](const Heap& a, const Heap& b) { return a.id == b.id && a.name == b.name; };
  auto known = m_heaps.begin();
  for (const Heap& heap : heaps)
    if (known != m_heaps.end() && isSame(*known, heap)) ++known;
  if (m_heaps.empty() || known != m_heaps.end()) {
    beginResetModel();
    m_heaps = std::move(heaps);
    endResetModel();
    return;
  }
  for (int row = 0; row < static_cast<int>(heaps.size()); ++row) {
    const auto at = static_cast<std::size_t>(row);
    if (at < m_heaps.size() && isSame(m_heaps[at], heaps[at])) {
      if (m_heaps[at] == heaps[at]) continue;
      m_heaps[at] = heaps[at];
      emit dataChanged(index(row, 0), index(row, ColumnCount - 1));
    } else {
      beginInsertRows({}, row, row);
      m_heaps.insert(m_heaps.begin() + row, heaps[at]);
      endInsertRows();
    }
  }
}

void HeapModel::setRemains(Remains remains) {
  if (remains == m_remains) return;
  m_remains = remains;
  emit headerDataChanged(Qt::Horizontal, LiveBytes, LiveBytes);
}

int HeapModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_heaps.size());
}

int HeapModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant HeapModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const Heap& heap = m_heaps[static_cast<std::size_t>(index.row())];
  switch (role) {
    case Qt::DisplayRole: return display(heap, index.column());
    case Qt::TextAlignmentRole:
      return QVariant::fromValue((index.column() == Name ? Qt::AlignLeft : Qt::AlignRight) |
                                 Qt::AlignVCenter);
    case Qt::ToolTipRole: return toolTip(tip(heap, index.column()));
    case ExactValueRole: return exactValue(heap, index.column());
    default: return {};
  }
}

QVariant HeapModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  if (role == Qt::TextAlignmentRole)
    return QVariant::fromValue((section == Name ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
  if (role == UnitRole) return unitOf(section);
  if (role == Qt::DisplayRole) {
    switch (section) {
      case Name: return tr("Heap");
      case LiveBytes: return leftText(m_remains);
      case LiveBlocks: return tr("Blocks");
      case PeakBytes: return tr("Peak");
      case PeakAt: return tr("Peak after");
      case Allocations: return tr("Allocations");
      case Frees: return tr("Frees");
      case AllocatedBytes: return tr("In all");
      default: return {};
    }
  }
  if (role == Qt::ToolTipRole) {
    switch (section) {
      case Name: return tr("The process's mappings, or an allocator that the program has named.");
      case LiveBytes: return definition::remains(m_remains);
      case LiveBlocks: return tr("Blocks of this heap that were not freed.");
      case PeakBytes: return definition::peak();
      case PeakAt: return tr("When that was, since the start of the session.");
      case Allocations: return tr("Blocks that this heap handed out.");
      case Frees: return tr("Blocks that were given back to this heap.");
      case AllocatedBytes: return tr("The sum of all sizes that were asked for.");
      default: return {};
    }
  }
  return {};
}

}  // namespace heaptap::gui
