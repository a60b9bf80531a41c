// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractTableModel>

#include "gui/models/blocks/address_history.h"

namespace heaptap::gui {

/// The blocks that an address has had, a row each, the oldest first.
/// Threads: GUI thread.
class LifeModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  enum Column { Born, Lived, Size, Thread, Function, Location, Freed, FreedBy, FreedIn, Heap, ColumnCount };

  using QAbstractTableModel::QAbstractTableModel;

  void setLives(std::vector<BlockLife> lives);
  [[nodiscard]] const BlockLife& at(int row) const { return m_lives[static_cast<std::size_t>(row)]; }
  static bool isNumber(int column) { return column <= Size || column == Freed; }

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  [[nodiscard]] QString display(const BlockLife& life, int column) const;
  [[nodiscard]] QVariant exact(const BlockLife& life, int column) const;

  std::vector<BlockLife> m_lives;
};

}  // namespace heaptap::gui
