// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractTableModel>

#include "gui/models/blocks/block.h"

namespace heaptap::gui {

/// A page of live blocks, a row each, in the order that they came in.
/// Threads: GUI thread.
class BlockModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  enum Column { Size, Age, Address, Thread, Function, Location, ColumnCount };

  using QAbstractTableModel::QAbstractTableModel;

  void setBlocks(std::vector<Block> blocks);
  [[nodiscard]] const Block& at(int row) const { return m_blocks[static_cast<std::size_t>(row)]; }
  static bool isNumber(int column) { return column <= Address; }

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  [[nodiscard]] QString display(const Block& block, int column) const;

  std::vector<Block> m_blocks;
};

}  // namespace heaptap::gui
