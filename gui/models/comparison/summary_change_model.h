// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractTableModel>

#include "gui/models/comparison/comparison.h"

namespace heaptap::gui {

/// The numbers of both summaries: a column for each, with rows before, after and difference.
/// Threads: GUI thread.
class SummaryChangeModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  enum Row { Before, After, Difference, RowCount };
  enum Role { GrewRole = Qt::UserRole + 1 };  ///< 1: grew, -1: shrank, 0: neither, or noise.

  using QAbstractTableModel::QAbstractTableModel;

  void setComparison(ComparisonPtr comparison);

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  [[nodiscard]] static QString display(const SummaryChange& change, int row);
  [[nodiscard]] static QString tip(const SummaryChange& change, int row);

  ComparisonPtr m_comparison;
};

}  // namespace heaptap::gui
