// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "gui/models/address_map/address_map.h"

namespace heaptap::gui {

/// Which call sites keep pages with single small blocks, those that keep most first.
/// Threads: GUI thread.
class KeeperModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  enum Column { Kept, Pages, Used, Function, Location, ColumnCount };

  using QAbstractTableModel::QAbstractTableModel;

  void setKeepers(std::vector<PageKeeper> keepers);
  [[nodiscard]] const PageKeeper& at(int row) const { return m_keepers[static_cast<std::size_t>(row)]; }

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  static bool isNumber(int column) { return column <= Used; }

  std::vector<PageKeeper> m_keepers;
};

}  // namespace heaptap::gui
