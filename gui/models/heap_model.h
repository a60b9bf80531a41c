// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractTableModel>

#include "gui/models/heap.h"
#include "gui/models/sessions/summary.h"

namespace heaptap::gui {

/// The heaps of a session beside malloc's, a row each.
/// Threads: GUI thread.
class HeapModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  enum Column {
    Name,
    LiveBytes,
    LiveBlocks,
    PeakBytes,
    PeakAt,
    Allocations,
    Frees,
    AllocatedBytes,
    ColumnCount
  };

  using QAbstractTableModel::QAbstractTableModel;

  /// Heaps that stay keep their rows, so that a refresh keeps the selection.
  void setHeaps(Heaps heaps);
  /// How the column of live memory is called.
  void setRemains(Remains remains);
  [[nodiscard]] const Heaps& heaps() const { return m_heaps; }

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  Heaps m_heaps;
  Remains m_remains = Remains::Live;
};

}  // namespace heaptap::gui
