// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "gui/models/sites/site.h"

namespace heaptap::gui {

/// How large the blocks of a site were: a row for each range of sizes.
/// Threads: GUI thread.
class SizeHistogramModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  enum Column { Sizes, Allocations, LiveBlocks, Bar, ColumnCount };
  enum Role {
    ShareRole = Qt::UserRole + 1,  ///< 0 to 1: allocations of the row by those of the largest row.
    LiveShareRole,                 ///< Likewise for the live blocks, by the same measure.
  };

  using QAbstractTableModel::QAbstractTableModel;

  /// `areEstimates`: the numbers come from samples. Ranges that stay keep their rows, and so the selection.
  void setSizes(std::vector<SizeBucket> sizes, bool areEstimates = false);

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  /// Adds rows for ranges that are new. False, and nothing done: one of those that are shown is not there.
  bool insertRanges(const std::vector<SizeBucket>& sizes);
  [[nodiscard]] QString countOf(quint64 blocks) const;

  std::vector<SizeBucket> m_sizes;
  bool m_areEstimates = false;
  quint64 m_most = 1;  ///< Allocations of the largest row.
};

}  // namespace heaptap::gui
