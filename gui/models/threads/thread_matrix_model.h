// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractTableModel>

#include "gui/models/estimate.h"
#include "gui/models/threads/thread_matrix.h"

namespace heaptap::gui {

/// Who freed what whom allocated: a row for each thread that allocated, a column for each that freed.
/// Threads: GUI thread.
class ThreadMatrixModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  enum class Of { Bytes, Blocks };
  enum Role { ShareRole = Qt::UserRole + 1 };  ///< 0 to 1: of the largest cell.

  using QAbstractTableModel::QAbstractTableModel;

  void setMatrix(ThreadMatrix matrix);
  void setOf(Of of);
  [[nodiscard]] const ThreadMatrix& matrix() const { return m_matrix; }

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  [[nodiscard]] quint64 number(const BlockSum& sum) const {
    return m_of == Of::Bytes ? sum.bytes : sum.blocks;
  }
  [[nodiscard]] Estimate blocksOf(const BlockSum& sum) const;
  [[nodiscard]] Estimate bytesOf(const BlockSum& sum) const;
  [[nodiscard]] QString text(const BlockSum& sum) const;
  /// `≈ 3.00 MiB ± 120 KiB in ≈ 1,234 ± 56 blocks`.
  [[nodiscard]] QString amount(const BlockSum& sum) const;

  ThreadMatrix m_matrix;
  Of m_of = Of::Bytes;
  quint64 m_most = 1;
};

}  // namespace heaptap::gui
