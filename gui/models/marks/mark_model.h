// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractTableModel>

#include "gui/models/marks/mark.h"

namespace heaptap::gui {

/// The marks of one session in their order: each with the heap at that moment, and what has come since the
/// one before. Threads: GUI thread.
class MarkModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  enum Column { After, Name, LiveBytes, Growth, LiveBlocks, Allocations, ColumnCount };

  using QAbstractTableModel::QAbstractTableModel;

  /// Marks are only ever added within a session: those that stay keep their rows, and the selection.
  void setMarks(Marks marks);
  [[nodiscard]] const Marks& marks() const { return m_marks; }
  static bool isNumber(int column) { return column != Name; }

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  [[nodiscard]] QString display(std::size_t row, int column) const;
  [[nodiscard]] QVariant exactValue(std::size_t row, int column) const;

  Marks m_marks;
};

}  // namespace heaptap::gui
