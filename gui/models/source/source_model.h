// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "gui/models/source/source_file.h"

namespace heaptap::gui {

/// The lines of a source file, a row each, with what was allocated there and in all that it calls.
/// Threads: GUI thread.
class SourceModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  enum Column { Live, Allocated, Allocations, Bar, Line, Text, ColumnCount };
  enum Role {
    ShareRole = Qt::UserRole + 1,  ///< Of the costliest line, from 0 to 1.
    CostRole,                      ///< The line has call sites.
    TargetRole,                    ///< It is the line that was looked for.
  };
  /// What bars stand for.
  enum class By : quint8 { LiveBytes, AllocatedBytes, Allocations };

  using QAbstractTableModel::QAbstractTableModel;

  /// Null, and what was not read: no rows.
  void setFile(SourceFilePtr file);
  void setTarget(quint32 line);
  void setBy(By by);
  [[nodiscard]] const SourceFilePtr& file() const { return m_file; }
  /// The sites of a row; null: none.
  [[nodiscard]] const SourceLineSites* sitesOf(int row) const;
  static bool isNumber(int column) { return column <= Allocations || column == Line; }

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  [[nodiscard]] quint64 valueOf(const LineCost& cost) const;
  [[nodiscard]] const LineCost* costOf(int row) const;
  [[nodiscard]] QString display(int row, int column) const;
  [[nodiscard]] QString tip(int row, int column) const;
  void findLargest();

  SourceFilePtr m_file;
  std::vector<LineCost> m_costs;  ///< As the file's.
  quint32 m_target = 0;
  By m_by = By::LiveBytes;
  quint64 m_largest = 0;
};

}  // namespace heaptap::gui
