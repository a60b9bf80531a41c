// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "gui/models/sql/sql_result.h"

namespace heaptap::gui {

/// The rows of a statement, in its order or sorted by a column.
/// Threads: GUI thread.
class SqlModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  using QAbstractTableModel::QAbstractTableModel;

  void setResult(SqlResult result);
  [[nodiscard]] const SqlResult& result() const { return m_result; }
  /// The rows of the result in the order shown.
  [[nodiscard]] const std::vector<quint32>& order() const { return m_order; }

  /// -1: in the order of the statement.
  void sort(int column, Qt::SortOrder order) override;
  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  [[nodiscard]] const SqlValue& at(const QModelIndex& index) const {
    return m_result
        .rows[m_order[static_cast<std::size_t>(index.row())]][static_cast<std::size_t>(index.column())];
  }

  SqlResult m_result;
  std::vector<quint32> m_order;
  std::vector<bool> m_isNumeric;  ///< By column: its title stands to the right, too.
};

}  // namespace heaptap::gui
